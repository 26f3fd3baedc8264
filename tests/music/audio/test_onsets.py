"""The onset of a sound behind silence, noise and breath, against sounds whose onset is known."""

import numpy as np
import pytest

from keras_musicgan import audio
from keras_musicgan.datasets import make_drums, make_notes

RATE = 16_000
TOLERANCE_MS = 6


def struck(rate, frequency=300.0, seconds=0.5, decay=0.08, attack=0.002):
    time = np.arange(round(seconds * rate)) / rate
    return np.minimum(time / attack, 1) * np.exp(-time / decay) * np.sin(2 * np.pi * frequency * time)


def preceded(sound, rate, seconds, noise_db, seed=0):
    noise = np.random.default_rng(seed).normal(size=len(sound) + round(seconds * rate))
    noise *= np.abs(sound).max() * 10 ** (noise_db / 20) / 3
    noise[-len(sound) :] += sound
    return noise[:, None].astype("float32")


@pytest.mark.parametrize("rate", [8000, 16_000, 44_100])
@pytest.mark.parametrize("noise_db", [-90, -45, -30])
@pytest.mark.parametrize("seconds", [0.0, 0.15, 0.7])
def test_a_struck_sound_begins_after_silence_and_noise(rate, noise_db, seconds):
    found = audio.find_onset(preceded(struck(rate), rate, seconds, noise_db), rate) / rate
    assert 1000 * abs(found - seconds) < TOLERANCE_MS


def test_the_quiet_beginning_of_a_slow_attack_is_kept():
    rising = struck(RATE, seconds=1.0, decay=10.0, attack=0.25)
    found = audio.find_onset(preceded(rising, RATE, 0.3, -60), RATE) / RATE
    level = np.abs(rising).max() * 10 ** (-20 / 20)
    assert 0.3 <= found <= 0.3 + np.argmax(np.abs(rising) > level) / RATE + 0.01


def test_a_soft_first_stroke_is_the_onset_of_a_sound_whose_second_is_louder():
    first, second = 0.5 * struck(RATE), struck(RATE)
    both = np.concatenate([first[: RATE // 5], second])
    assert audio.find_onset(preceded(both, RATE, 0.1, -60), RATE) / RATE == pytest.approx(0.1, abs=0.006)


@pytest.mark.parametrize("make", [make_drums, make_notes])
def test_composed_sounds_begin_where_they_were_put(make):
    sounds = make(12, sample_rate=RATE, seed=1)[0]
    alone = np.array([audio.find_onset(sound, RATE) for sound in sounds])
    late = np.array([audio.find_onset(preceded(sound[:, 0], RATE, 0.2, -50), RATE) for sound in sounds])
    assert 1000 * np.abs(late - alone - 0.2 * RATE).max() / RATE < TOLERANCE_MS


def test_silence_and_single_samples_begin_at_once():
    assert audio.find_onset(np.zeros((500, 2), "float32"), RATE) == 0
    assert audio.find_onset(np.ones((1, 1), "float32"), RATE) == 0
