import numpy as np
import pytest

from keras_musicgan.metrics import partial_sharpness
from tests.support.tones import RATE, clips, noise, power, tone


@pytest.mark.parametrize("pitch", [60, 69.3, 83])
def test_sharpness_of_white_noise_is_the_ratio_of_the_bands(pitch):
    fundamental = 440 * 2 ** ((pitch - 69) / 12)
    hertz = np.linspace(20, 5000, 200_000)
    distance = np.abs(hertz / fundamental - np.maximum(np.round(hertz / fundamental), 1))
    expected = 10 * np.log10(np.sum(distance <= 0.12) / np.sum(distance > 0.2))
    np.testing.assert_allclose(partial_sharpness(noise(16, 2.0), RATE, pitch).mean(), expected, atol=0.2)


@pytest.mark.parametrize("snr_db", [0, 10, 20, 30])
def test_sharpness_of_a_tone_in_noise_follows_the_signal_to_noise_ratio(snr_db):
    note, hiss = clips(tone(69)), noise(1, seed=1)
    hiss *= np.sqrt(power(note) / power(hiss)) * 10 ** (-snr_db / 20)
    hertz = np.arange(20, 5000, 0.1)
    distance = np.abs(hertz / 440 - np.maximum(np.round(hertz / 440), 1))
    # The noise spreads evenly up to 8 kHz; the tone's eight partials all lie near.
    near, away = np.sum(distance <= 0.12) / 80_000, np.sum(distance > 0.2) / 80_000
    expected = 10 * np.log10((10 ** (snr_db / 10) + near) / away)
    np.testing.assert_allclose(partial_sharpness(note + hiss, RATE, 69), expected, atol=0.8)


@pytest.mark.parametrize("rate", [8000, 16000, 44100])
def test_steady_tones_are_sharp_and_smeared_ones_are_not(rate):
    walk = np.cumsum(np.random.default_rng(0).normal(0, 0.02, rate))  # phase noise, as of a bad spectrogram inversion
    wide = 0.5 * np.sin(2 * np.pi * 5 * np.arange(rate) / rate)
    sharp, vibrato = clips(tone(69, rate=rate)), clips(tone(69, rate=rate, bend=wide))
    smeared = clips(
        np.sum([np.sin(k * (2 * np.pi * 440 * np.arange(rate) / rate + walk)) / k for k in (1, 2, 3)], 0) / 5
    )
    values = [partial_sharpness(sound, rate, 69)[0] for sound in (sharp, vibrato, smeared)]
    assert values[0] > 60
    assert values[1] < values[0] - 20 and values[2] < values[0] - 20


def test_sharpness_falls_for_the_wrong_pitch_only():
    sound = clips(tone(60))
    assert partial_sharpness(sound, RATE, 60)[0] > 60 > 10 > partial_sharpness(sound, RATE, 64)[0]


def test_sharpness_is_not_diluted_by_the_silence_around_a_note():
    sound = np.zeros(2 * RATE)
    sound[:RATE] = tone(66)
    padded = partial_sharpness(clips(sound), RATE, 66)[0]
    quiet_hiss = clips(sound) + 1e-3 * noise(seconds=2.0)  # 60 dB below: audible only where nothing sounds
    assert padded > 50
    assert abs(partial_sharpness(quiet_hiss, RATE, 66)[0] - padded) < 12


def test_sharpness_is_nan_without_a_sound_or_a_pitch():
    sounds = clips(np.zeros(RATE), tone(60), tone(60))
    assert np.isnan(partial_sharpness(sounds, RATE, [60, np.nan, 60])).tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("measure", "wrong", "says"),
    [
        (partial_sharpness, {"pitch": [60, 61]}, r"shape \(2,\)"),
        (partial_sharpness, {"pitch": 20}, "MIDI number 20"),
        (partial_sharpness, {"pitch": 120}, "MIDI number 120"),
        (partial_sharpness, {"clips": np.zeros((1, 4000, 1)), "pitch": 60}, "4096 samples at least"),
        (partial_sharpness, {"clips": np.full((1, RATE, 1), np.inf), "pitch": 60}, "infinity"),
    ],
)
def test_bad_input_is_named(measure, wrong, says):
    given = {"clips": np.zeros((1, RATE, 1)), "sample_rate": RATE, **wrong}
    with pytest.raises(ValueError, match=says):
        measure(**given)
