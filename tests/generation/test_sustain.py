import librosa
import numpy as np
import pytest

from keras_musicgan import synth
from keras_musicgan.generation.sustain import one_shot, sounding_part, sustained_sound
from tests.support.sine_instrument import SineInstrument

RATE = 16000


SINE = np.array([1.0, 0.0, 0.0, 0.0], "float32")  # latents of a pure tone


def cents_off(samples, pitch):
    f0_hz = np.nanmedian(librosa.yin(samples, fmin=80, fmax=2000, sr=RATE, frame_length=2048))
    return 1200 * np.log2(f0_hz / synth.frequency(pitch))


def roughness(samples):
    """Steepest change of slope from one sample to the next: a click is one many times above the tone's own."""
    return np.abs(np.diff(samples, 2)).max()


@pytest.mark.parametrize("pitch", [60, 63, 71])
@pytest.mark.parametrize("kind", [{}, {"end": 0.7}, {"vibrato": 0.3, "end": 0.8}, {"onset": 0.13, "end": 0.8}])
def test_a_note_longer_than_its_clip_is_sustained_without_a_click(kind, pitch):
    clip = SineInstrument(**kind).generate(pitch=pitch, seed=4)[0]
    whole = slice(round(0.2 * RATE), round(0.65 * RATE))
    sound = sustained_sound(clip, RATE, float(synth.frequency(pitch))).held(6 * RATE)[RATE // 10 :, 0]
    assert roughness(sound) < 1.05 * roughness(clip[whole, 0])
    levels = librosa.feature.rms(y=sound, frame_length=2048, hop_length=512, center=False)[0]
    assert 20 * np.log10(levels.max() / levels.min()) < 1.0
    assert cents_off(sound[-RATE:], pitch) == pytest.approx(0, abs=5)


def test_the_measure_of_clicks_detects_a_loop_without_a_crossfade():
    clip = SineInstrument(end=0.7).generate(pitch=63, seed=4)[0]
    part = clip[2000:9000, 0]
    assert roughness(np.tile(part, 3)) > 3 * roughness(part)


@pytest.mark.parametrize(("clip_falls", "note_falls"), [(40, 40), (21, 21), (14, 7), (7, 0)])
def test_struck_sounds_die_away_as_fast_as_their_clip_and_held_ones_do_not(clip_falls, note_falls):
    gan = SineInstrument(decay=10 ** (-clip_falls / 20), end=0.8)
    (clip,) = gan.generate(pitch=64, latents=SINE[None])
    sound = sustained_sound(clip, RATE, float(synth.frequency(64))).held(2 * RATE)
    levels = librosa.feature.rms(y=sound[:, 0], frame_length=1600, hop_length=1600, center=False)[0]
    slopes = 10 * np.diff(20 * np.log10(levels))  # dB a second
    assert (np.abs(slopes[:5] + clip_falls) < 1).all() and (np.abs(slopes[9:] + note_falls) < 1).all()


def test_noise_is_sustained_at_its_level_and_short_sounds_end_by_themselves():
    clip = SineInstrument(noise=True).generate(seed=2)[0]
    levels = librosa.feature.rms(y=sustained_sound(clip, RATE, 440.0).held(4 * RATE)[:, 0], frame_length=1600)[0][2:-2]
    assert 20 * np.log10(levels.max() / levels.min()) < 3.0
    tick = np.zeros((RATE, 1), "float32")
    tick[:300, 0] = np.random.default_rng(0).uniform(-1, 1, 300)
    sound = sustained_sound(tick, RATE, 440.0).held(2 * RATE)
    assert sound[:200].any() and not sound[400:].any()
    assert sustained_sound(np.zeros((RATE, 1)), RATE, 440.0).loudness == 0


@pytest.mark.parametrize("length", [1, 2, 30, 500, 3000])
def test_clips_of_any_length_can_be_held(length):
    clip = 0.5 * np.sin(2 * np.pi * 440 * (np.arange(length) + 0.5) / RATE)[:, None]
    sound = sustained_sound(clip, RATE, 440.0).held(2000)
    assert sound.shape == (2000, 1) and np.abs(sound).max() <= 1 and sound[: max(length // 2, 1)].any()


def test_a_note_begins_shortly_before_its_onset():
    (clip,) = SineInstrument(onset=0.1, attack=0.3).generate(pitch=69, seed=1)
    sound = sustained_sound(clip, RATE, 440.0)
    begin = round(0.25 * RATE) - sound.onset  # half of the level is reached 250 ms after the beginning of the clip
    assert sound.onset == round(0.03 * RATE)
    np.testing.assert_allclose(sound.held(1000), clip[begin : begin + 1000], atol=0.03)
    assert sustained_sound(SineInstrument().generate(pitch=69, seed=1)[0], RATE, 440.0).onset == 0


def test_the_loop_is_taken_from_behind_the_onset():
    clip = SineInstrument(onset=0.5, decay=0.1).generate(pitch=69, seed=1)[0]
    clip = clip + 0.02 * SineInstrument().generate(pitch=63, seed=1)[0]  # softer and steadier than the note
    sound = sustained_sound(clip, RATE, 440.0).held(3 * RATE)[:, 0]
    assert cents_off(sound[: RATE // 4], 69) == pytest.approx(0, abs=5)
    assert cents_off(sound[-RATE:], 69) == pytest.approx(0, abs=5)


def test_a_drum_sounds_once_and_in_full():
    (clip,) = SineInstrument(onset=0.1, decay=1e-3, end=0.8).generate(pitch=69, seed=1)
    drum = one_shot(clip, RATE)
    first, last = sounding_part(clip, RATE)
    assert abs(first / RATE - 0.1) <= 0.005 and drum.onset <= 0.005 * RATE
    np.testing.assert_allclose(drum.held(RATE)[: last - first - 80], clip[first : last - 80])
    assert not drum.held(RATE)[last - first - 1 :].any() and drum.loudness == pytest.approx(np.abs(clip).max())
    assert one_shot(np.zeros((RATE, 2)), RATE).loudness == 0


def test_sounding_part_leaves_silence_out():
    clip = SineInstrument(onset=0.2, end=0.6).generate(pitch=60, seed=1)[0]
    first, last = sounding_part(clip, RATE)
    assert first / RATE == pytest.approx(0.2, abs=0.006) and last / RATE == pytest.approx(0.65, abs=0.01)


@pytest.mark.parametrize("kind", [{"end": 0.7}, {"decay": 1e-2, "onset": 0.1}, {"vibrato": 0.3}])
def test_a_cycle_is_its_joint_and_the_steady_part_of_the_clip(kind):
    clip = SineInstrument(**kind).generate(pitch=69, seed=4)[0]
    sound = sustained_sound(clip, RATE, 440.0)
    end, length = sound.lead + len(sound.begin), len(sound.cycle)
    np.testing.assert_array_equal(sound.begin, clip[sound.lead : end])
    steady = clip[end - length : end] * np.exp(sound.growth * np.arange(length, 0, -1))[:, None]
    assert 0 < sound.n_joint < length
    np.testing.assert_allclose(sound.cycle[sound.n_joint :], steady[sound.n_joint :], atol=1e-6)
