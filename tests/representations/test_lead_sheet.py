import numpy as np
import pytest
from keras import ops

from keras_musicgan.datasets import compose
from keras_musicgan.music import midi
from keras_musicgan.music.notes import Notes, Track
from keras_musicgan.representations import LeadSheet, PianoRoll
from tests.support.harness import check_layer

HOLD, REST = 60, 61


def encoded(representation, clips):
    return ops.convert_to_numpy(representation(clips))


def events_of(melody, **options):
    """The events of a melody over one long chord: pitches from the lowest row, HOLD and REST."""
    start, duration, pitch = np.array(melody, float).T
    notes = Notes(
        [*start, 0.0], [*duration, 16.0], [*(pitch + 36).astype(int), 36], track=[*[0] * len(start), 1],
        tracks=(Track(), Track()),
    )  # fmt: skip
    representation = LeadSheet(steps_per_beat=1, **options)
    (clip,) = encoded(representation, representation.from_notes(notes))
    assert clip[:, 62:].sum() == 16 and (clip[:, :62].sum(axis=1) == 1).all()
    return clip[:, :62].argmax(axis=1).tolist()


@pytest.mark.backend
def test_built_in_tunes_come_back_from_their_events():
    representation = LeadSheet(bars=8)
    tune = compose(1, seed=2, bars=8)[0]
    clips = representation.from_notes(tune)
    outputs = check_layer(LeadSheet(bars=8), clips, (1, 128, 122))
    assert set(np.unique(outputs)) == {0, 1} and (outputs[..., :62].sum(axis=2) == 1).all()
    np.testing.assert_array_equal(representation.to_rolls(outputs), clips)
    (notes,) = representation.to_notes(outputs)
    mine, theirs = notes.of_track(0), tune.of_track(0)
    np.testing.assert_allclose(mine.start, theirs.start)
    np.testing.assert_allclose(mine.duration, theirs.duration)  # also of repeated notes
    np.testing.assert_array_equal(mine.pitch, theirs.pitch)
    (of_roll,) = PianoRoll(bars=8).to_notes(clips)
    np.testing.assert_array_equal(notes.of_track(1).start, of_roll.of_track(1).start)
    assert notes.tracks == of_roll.tracks and notes.length == 32


def test_repeated_and_long_notes_differ():
    repeated = events_of([(0, 2, 40), (2, 2, 40), (8, 4, 40)])
    assert repeated == [40, HOLD, 40, HOLD, *[REST] * 4, 40, HOLD, HOLD, HOLD, *[REST] * 4]
    assert events_of([(0, 4, 40), (8, 4, 40)])[:4] == [40, HOLD, HOLD, HOLD]


def test_of_several_notes_one_remains():
    assert events_of([(0, 4, 40), (0, 4, 44)])[:5] == [44, HOLD, HOLD, HOLD, REST]
    assert events_of([(0, 8, 40), (2, 2, 38)])[:5] == [40, HOLD, 38, HOLD, REST]


def test_a_hold_without_a_note_is_silent():
    clip = np.zeros((1, 64, 122), "float32")
    clip[0, :, HOLD] = 1
    clip[0, 8, HOLD], clip[0, 8, REST] = 0, 1
    representation = LeadSheet()
    assert not representation.to_rolls(clip).any() and not len(representation.to_notes(clip)[0])


def test_a_step_of_doubt_does_not_break_a_note_of_a_chord():
    clip = np.zeros((1, 64, 122), "float32")
    clip[0, :, REST] = 1
    clip[0, :8, 62] = [0.3, 0.9, 0.4, 0.6, 0.3, 0.1, 0.4, 0.4]  # begins above a half, ends below a fifth
    representation = LeadSheet()
    assert np.flatnonzero(representation.to_rolls(clip)[0, :, 0, 1]).tolist() == [1, 2, 3, 4]
    (notes,) = representation.to_notes(clip)
    assert len(notes) == 1


@pytest.mark.parametrize("tracks", [1, 3])
def test_any_number_of_tracks(tracks):
    representation = LeadSheet(bars=1, tracks=("a", "b", "c")[:tracks], programs=(0, 1, 2)[:tracks])
    notes = Notes(
        np.zeros(tracks),
        np.full(tracks, 4.0),
        [80, 60, 50][:tracks],
        track=np.arange(tracks),
        tracks=(Track(),) * tracks,
    )
    outputs = encoded(representation, representation.from_notes(notes))
    assert outputs.shape == (1, 16, 60 * tracks + 2)
    (back,) = representation.to_notes(outputs)
    assert back.pitch.tolist() == notes.pitch.tolist() and back.track.tolist() == list(range(tracks))


def test_lead_sheets_of_a_real_tune(nottingham):
    representation = LeadSheet()
    clips = representation.from_notes(midi.read(nottingham / "reelsu-z23.mid"))
    np.testing.assert_array_equal(representation.to_rolls(encoded(representation, clips)), clips)
    moved = representation.transpose(clips, np.full(len(clips), 2))
    before, after = encoded(representation, clips), encoded(representation, moved)
    np.testing.assert_array_equal(before[:, :, :58], after[:, :, 2:60])
