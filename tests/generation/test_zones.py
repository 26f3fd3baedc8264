import numpy as np
import pytest

from keras_musicgan.generation.zones import take

RATE = 16_000


def tone(seconds=1.0, silence=0.2, db_per_second=0.0):
    time = np.arange(round(seconds * RATE)) / RATE
    sound = 0.5 * np.sin(2 * np.pi * 440 * time) * 10 ** (-db_per_second * time / 20)
    return np.concatenate([np.zeros(round(silence * RATE)), sound])[:, None].astype("float32")


def test_a_tone_begins_with_its_onset_and_loops_in_phase():
    recorded = take(tone(), RATE, 69)
    level = np.abs(recorded.samples[:, 0])
    assert level[0] == 0 and level[80:160].max() == pytest.approx(0.5, abs=0.01), "it fades in within 5 ms"
    start, stop = recorded.loop
    assert stop == len(recorded.samples) and recorded.decay_db == 0
    held = np.concatenate([recorded.samples, *[recorded.samples[start:stop]] * 2])[800:, 0]
    assert np.abs(np.diff(held)).max() <= 0.5 * 2 * np.pi * 440 / RATE * 1.02, "no click where the loop begins again"


def test_a_struck_tone_falls_in_its_loop_as_fast_as_in_the_clip():
    assert take(tone(db_per_second=30.0), RATE, 69).decay_db == pytest.approx(30, abs=1)
    assert take(tone(db_per_second=5.0), RATE, 69).decay_db == 0, "it is held"


def test_a_drum_that_begins_with_its_clip_keeps_its_stroke():
    drum = tone(silence=0, db_per_second=60)[5:]
    recorded = take(drum, RATE, None)
    assert recorded.loop is None
    np.testing.assert_array_equal(recorded.samples[:1000], drum[:1000])
    assert recorded.loudness == pytest.approx(np.abs(drum).max())
    assert take(np.zeros((RATE, 1), "float32"), RATE, 69).loudness == 0
