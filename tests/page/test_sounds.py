import base64
import io

import numpy as np
import pytest
import soundfile

from keras_musicgan.generation.attack import attack_sample
from keras_musicgan.generation.sustain import sustained_sound
from keras_musicgan.page.sounds import sound_data
from keras_musicgan.synth import MIX_LEVEL, frequency
from tests.support.sine_instrument import SineInstrument

RATE = 16000
A4 = 440.0


def clip_of(pitch=69, **options):
    return SineInstrument(**options).generate(pitch=pitch, seed=4)[0]


def decoded(sound):
    samples, rate = soundfile.read(io.BytesIO(base64.b64decode(sound["flac"])), always_2d=True)
    return samples.astype("float32"), rate


def test_a_clip_comes_back_to_16_bits():
    clip = clip_of(channels=2, end=0.8)
    sound = sound_data(clip, RATE, A4)
    samples, rate = decoded(sound)
    assert rate == RATE and sound["length"] == len(clip)
    np.testing.assert_allclose(samples[: len(clip)], clip, atol=1.5 / 32768)


@pytest.mark.parametrize("kind", [{"end": 0.7}, {"decay": 1e-2}, {"vibrato": 0.3}, {"onset": 0.13, "end": 0.8}])
def test_the_loop_is_that_of_the_sustained_sound(kind):
    clip = clip_of(**kind)
    expected = sustained_sound(clip, RATE, A4)
    sound = sound_data(clip, RATE, A4)
    loop, (samples, _) = sound["loop"], decoded(sound)
    steady = samples[loop["first"] : loop["end"], 0]
    joint = samples[sound["length"] :, 0]
    distance = len(steady) - np.arange(len(steady))
    cycle = np.concatenate([joint, (steady * np.exp(loop["growth"] * distance))[len(joint) :]])
    assert len(joint) == loop["n_joint"]
    np.testing.assert_allclose(cycle, expected.cycle[:, 0], atol=3 / 32768)
    assert loop["decay"] == expected.decay
    begin = samples[expected.lead : loop["end"]]
    np.testing.assert_allclose(begin, expected.begin, atol=1.5 / 32768)
    assert sound["gain"] * expected.loudness == pytest.approx(MIX_LEVEL * 0.5**0.5, rel=1e-3)


def test_a_sound_begins_shortly_before_its_attack_and_music_at_its_beginning():
    late = clip_of(onset=0.2, attack=0.1)
    sound = sound_data(late, RATE, A4)
    assert attack_sample(late, RATE) - sound["start"] == 0.01 * RATE
    swelling = clip_of(attack=1.0)
    assert sound_data(swelling, RATE)["start"] < 0.05 * RATE


def test_a_pad_ends_by_itself_and_peaks_at_one_level():
    clip = clip_of(decay=1e-3) * 0.2
    sound = sound_data(clip, RATE)
    assert sound["loop"] is None
    assert np.abs(clip).max() * sound["gain"] == pytest.approx(2 * MIX_LEVEL, rel=1e-3)


@pytest.mark.parametrize("f0_hz", [None, A4])
def test_silence_stays_silent(f0_hz):
    sound = sound_data(np.zeros((1000, 1), "float32"), RATE, f0_hz)
    assert sound["gain"] == 1.0 and sound["loop"] is None and sound["start"] == 0
    assert not decoded(sound)[0].any()


def test_rates_and_channels_that_no_browser_takes_are_changed():
    clip = np.repeat(clip_of(sample_rate=4000, seconds=0.5), 4, axis=1)
    samples, rate = decoded(sound_data(clip, 4000, float(frequency(69))))
    assert rate == 8000 and samples.shape[1] == 2 and len(samples) >= 4000
