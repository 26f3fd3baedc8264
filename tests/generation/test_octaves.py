import numpy as np
import pytest

from keras_musicgan.generation.octaves import in_range
from keras_musicgan.music.notes import Notes, Track


def line(*pitches, track=None):
    n, tracks = len(pitches), (Track("melody"), Track("bass"))
    return Notes(np.arange(n), np.ones(n), pitches, track=track, tracks=tracks)


def test_a_melody_keeps_its_contour():
    melody = [59, 62, 66, 64, 71, 67, 59]
    moved, words = in_range(line(*melody), 60, 83)
    assert np.diff(moved.pitch).tolist() == np.diff(melody).tolist()
    assert (moved.pitch - melody).tolist() == [12] * 7, "though only two of its notes are below the range"
    assert words == ["7 of 7 notes moved by octaves into the range 60 to 83: melody +1"]


def test_each_track_moves_on_its_own():
    notes = line(40, 90, 43, 92, 47, 88, track=[0, 1, 0, 1, 0, 1])
    moved, words = in_range(notes, 60, 71 + 12)
    assert moved.pitch.tolist() == [64, 78, 67, 80, 71, 76]
    assert words == ["6 of 6 notes moved by octaves into the range 60 to 83: melody +2, bass -1"]


def test_single_notes_move_only_where_a_track_spans_more_than_the_range():
    moved, words = in_range(line(60, 62, 64, 65, 84, 47, 59), 60, 72)
    assert moved.pitch.tolist() == [60, 62, 64, 65, 72, 71, 71]
    assert words == ["3 of 7 notes moved by octaves into the range 60 to 72: single notes 2 up and 1 down"]


def test_the_octave_with_the_fewest_notes_outside_is_taken_and_the_nearest_of_several():
    assert in_range(line(50, 52, 54, 70), 48, 60)[0].pitch.tolist() == [50, 52, 54, 58]
    assert in_range(line(60, 64), 36, 84)[1] == []
    assert in_range(line(48, 72), 60, 71)[0].pitch.tolist() == [60, 60], "an octave up or down is as good"


def test_transposition_comes_first_and_may_leave_the_range_of_midi():
    assert in_range(line(60, 64), 48, 84, 5)[0].pitch.tolist() == [65, 69]
    moved, words = in_range(line(120, 124), 48, 84, 12)
    assert moved.pitch.tolist() == [72, 76]
    assert words == ["2 of 2 notes moved by octaves into the range 48 to 84: melody -5"]


def test_a_transposition_that_would_keep_tracks_whole_is_named():
    tune = line(68, 75, 81)
    moved, words = in_range(tune, 60, 79)
    assert moved.pitch.tolist() == [68, 75, 69]
    assert words == [
        "1 of 3 notes moved by octaves into the range 60 to 79: single notes 0 up and 1 down (none with transpose -2)"
    ]
    moved, words = in_range(tune, 60, 79, -2)
    assert moved.pitch.tolist() == [66, 73, 79] and words == []
    _, words = in_range(tune, 60, 79, 1)
    assert words[0].endswith("(none with transpose -2)"), "counted from the written pitches"


@pytest.mark.parametrize(("pitches", "listed"), [((69,), "pitch 69"), ((69, 71), "pitches 69, 71")])
def test_pitches_that_are_in_the_range_in_no_octave_are_named(pitches, listed):
    with pytest.raises(ValueError, match=f"a range of 60 to 66 and {listed}. Transpose"):
        in_range(line(*pitches), 60, 66)
