import numpy as np
import pytest

from keras_musicgan.music.notes import Notes, Track
from keras_musicgan.representations import PianoRoll
from keras_musicgan.representations.base import UnusablePieceError
from keras_musicgan.representations.voices import assign_voices, top_line


def piece(*tracks, drums=()):
    """A piece of tracks of (start, duration, pitch)."""
    rows = [(*note, index) for index, notes in enumerate(tracks) for note in notes]
    start, duration, pitch, track = zip(*rows, strict=True)
    kinds = tuple(Track(is_drum=index in drums) for index in range(len(tracks)))
    return Notes(start, duration, pitch, track=track, tracks=kinds)


LOW, MIDDLE, HIGH = ([(beat, 1, pitch) for beat in range(16)] for pitch in (40, 60, 80))


def test_voices_are_tracks_from_the_highest_down_and_the_last_takes_the_rest():
    notes = piece(LOW, HIGH, MIDDLE)
    assert np.unique(assign_voices(notes, 3).reshape(3, -1), axis=1).T.tolist() == [[2, 0, 1]]
    assert np.unique(assign_voices(notes, 2).reshape(3, -1), axis=1).T.tolist() == [[1, 0, 1]]
    assert set(assign_voices(notes, 1)) == {0}
    assert np.unique(assign_voices(piece(LOW, HIGH, drums=[1]), 1).reshape(2, -1), axis=1).T.tolist() == [[0, -1]]


def test_music_for_one_piano_has_a_melody_and_chords():
    notes = piece([*HIGH, *MIDDLE, *LOW])
    assert assign_voices(notes, 2).tolist() == [0] * 16 + [1] * 32
    (clip,) = PianoRoll(bars=4).from_notes(notes)
    assert (clip[0].argmax(axis=0) + 36).tolist() == [80, 40] and clip[0].sum(axis=0).tolist() == [1, 2]


def test_the_highest_of_two_tracks_is_divided_for_a_third_voice():
    notes = piece(LOW, [*HIGH, *MIDDLE])
    assert assign_voices(notes, 3).tolist() == [2] * 16 + [0] * 16 + [1] * 16


@pytest.mark.parametrize("n_voices", [2, 3])
def test_what_has_too_few_voices_is_refused(n_voices):
    with pytest.raises(UnusablePieceError, match=f"1 melodic track.*too few for {n_voices}"):
        assign_voices(piece(HIGH), n_voices)
    with pytest.raises(UnusablePieceError, match="only drums"):
        assign_voices(piece(HIGH, drums=[0]), n_voices)


def test_a_note_below_one_that_still_sounds_is_not_the_melody():
    held = piece([(0, 4, 80), (1, 1, 60), (2, 1, 62), (4, 1, 78)])
    assert top_line(held).tolist() == [True, False, False, True]


def test_a_melody_that_is_played_legato_stays_one():
    falling = piece([(beat, 1.1, 80 - beat) for beat in range(8)])
    assert top_line(falling).all()


def test_notes_that_are_played_by_hand_begin_together():
    notes = piece([(beat + late, 0.9, pitch) for beat in range(8) for late, pitch in ((0, 48), (0.02, 72 + beat))])
    assert top_line(notes).tolist() == [False, True] * 8
    assert top_line(piece([(beat, 1.3, 60) for beat in range(4)])).all()
