import json

import numpy as np
import pytest

from keras_musicgan.metrics import compare_notes, describe_notes
from keras_musicgan.metrics.note_measures import UNITS
from keras_musicgan.music.notes import Notes, Track


def test_measures_of_a_known_piece(two_tracks):
    found = describe_notes(two_tracks)
    assert found["notes"] == 9
    assert found["note_density"] == pytest.approx(9 / (8 * 60 / 100))
    assert found["note_length"] == pytest.approx((1 + 0.5 + 0.5 + 1 + 1 + 3 * 8 + 4) / 9)
    assert found["inter_onset_interval"] == pytest.approx(4 / 5)  # onsets at 0, 1, 1.5, 2, 3 and 4
    assert found["mean_pitch"] == pytest.approx((72 + 74 + 76 + 77 + 77 + 48 + 52 + 55 + 72) / 9)
    assert found["pitch_range"] == 29
    assert found["mean_interval"] == pytest.approx((2 + 2 + 1 + 0 + 5) / 5)
    shares = np.array([3, 1, 2, 2, 1]) / 9  # C, D, E, F, G
    assert found["pitch_class_entropy"] == pytest.approx(-(shares * np.log2(shares)).sum())
    assert found["scale_consistency"] == 1.0
    assert found["polyphony"] == pytest.approx((4 + 24 + 4) / 8)


def test_the_chromatic_scale_and_an_octave():
    chromatic = Notes(np.arange(12), np.ones(12), np.arange(60, 72))
    found = describe_notes(chromatic)
    assert found["pitch_class_entropy"] == pytest.approx(np.log2(12)) and found["scale_consistency"] == 7 / 12
    assert describe_notes(Notes([0, 1], [1, 1], [60, 72]))["pitch_class_entropy"] == 0


def test_overlap_of_pitch_classes(two_tracks):
    higher = Notes(two_tracks.start, two_tracks.duration, two_tracks.pitch + 12)
    assert compare_notes(two_tracks, higher)["pitch_class_overlap"] == pytest.approx(1)
    black, white = (Notes([0, 1], [1, 1], pitches) for pitches in ([61, 63], [60, 62]))
    assert compare_notes(black, white)["pitch_class_overlap"] == 0
    assert set(UNITS) == {*describe_notes(black), "pitch_class_overlap"}


def test_drums_have_a_rhythm_and_no_pitch():
    kit = Notes([0, 1, 3], [0.5, 0.5, 0.5], [36, 38, 36], tracks=(Track("kit", 0, is_drum=True),))
    found = compare_notes(kit, Notes([], [], []))
    assert found["a"]["inter_onset_interval"] == 1.5 and found["a"]["scale_consistency"] is None
    assert found["pitch_class_overlap"] is None and found["b"]["note_density"] is None
    json.dumps(found, allow_nan=False)
