import numpy as np

from keras_musicgan.representations.outline import outlines

MELODY = np.array([[-1, 5, -1, 7], [3, -1, -1, -1], [-1, -1, -1, -1]])


def test_a_pitch_lasts_until_the_next_and_stands_before_the_first():
    found = outlines(MELODY, np.zeros((3, 4, 24, 1)))
    pitches = np.array([5, 5, 5, 7, 3, 3, 3, 3])
    assert found.shape == (3, 16) and found.dtype == np.float32
    np.testing.assert_allclose(found[:2, :4].ravel(), (pitches - pitches.mean()) / pitches.std(), rtol=1e-6)
    assert not found[2, :4].any()


def test_chords_count_by_pitch_class_in_all_octaves_and_tracks():
    chords = np.zeros((3, 4, 30, 2))
    chords[0, :2, 1, 0] = chords[0, :, 25, 1] = 1.0  # an octave is a pitch class too
    classes = outlines(MELODY, chords)[:, 4:]
    assert classes[0, 1] > 1.0 > 0.0 > classes[1, 1] == classes[2, 1]
    assert not np.delete(classes, 1, axis=1).any()


def test_without_any_note_there_is_no_outline():
    assert not outlines(np.full((2, 4), -1), np.zeros((2, 4, 12, 1))).any()
