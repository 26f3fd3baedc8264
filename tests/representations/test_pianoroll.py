import numpy as np
import pytest
from keras import ops

from keras_musicgan import midi
from keras_musicgan.datasets import compose
from keras_musicgan.music.notes import Notes, Track
from keras_musicgan.representations import PianoRoll
from keras_musicgan.representations.base import UnusablePieceError
from tests.support.harness import check_layer
from tests.support.models import small_gan


@pytest.mark.backend
def test_pianoroll_round_trip_of_synthetic_tunes():
    representation = PianoRoll(bars=8)
    tune = compose(1, seed=2, bars=8)[0]
    clips = representation.from_notes(tune)
    assert clips.shape == (1, 128, 60, 2)
    check_layer(PianoRoll(bars=8), clips, clips.shape)
    (notes,) = representation.to_notes(ops.convert_to_numpy(representation(clips)))
    assert notes.length == 32 and notes.time_signatures == ((0.0, 4, 4),)
    for track in (0, 1):
        mine, theirs = notes.of_track(track), tune.of_track(track)
        order = np.lexsort((theirs.pitch, theirs.start))
        np.testing.assert_allclose(mine.start, theirs.start[order], atol=1e-9)
        np.testing.assert_array_equal(mine.pitch, theirs.pitch[order])
        shortened = theirs.duration[order] - mine.duration
        assert set(np.round(shortened, 6)) <= {0.0, 0.25}  # a repeated note leaves its last step free
        assert notes.tracks[track].program == (73, 0)[track]


def test_repeated_notes_stay_apart():
    notes = Notes([0, 1, 2, 0], [1, 1, 2, 16], [72, 72, 72, 48], track=[0, 0, 0, 1], tracks=(Track(), Track()))
    (back,) = PianoRoll().to_notes(PianoRoll().from_notes(notes))
    assert back.of_track(0).start.tolist() == [0, 1, 2]


def test_pianoroll_moves_far_pitches_by_octaves():
    notes = Notes([0, 0], [16, 16], [127, 1], track=[0, 1], tracks=(Track(), Track()))
    (back,) = PianoRoll(low=36, n_pitches=60).to_notes(PianoRoll().from_notes(notes))
    assert [int(pitch) % 12 for pitch in back.pitch] == [127 % 12, 1]
    assert all(36 <= pitch < 96 for pitch in back.pitch)


def test_pianoroll_of_a_real_tune(nottingham):
    representation = PianoRoll()
    tune = midi.read(nottingham / "reelsu-z23.mid")
    clips = representation.from_notes(tune)
    assert clips.shape[1:] == (64, 60, 2)
    packed = np.packbits(clips.reshape(len(clips), -1), axis=1)
    assert len(np.unique(packed, axis=0)) == len(clips)
    melody = clips[0, :, :, 0]
    assert melody.sum(axis=1).max() == 1 and clips[0, :, :, 1].sum(axis=1).max() == 3


@pytest.mark.backend
@pytest.mark.parametrize(("metre", "bar"), [("3/4", 3), ("2/4", 2), ("6/8", 3), ("9/8", 4.5), ("2/2", 4)])
def test_a_model_of_another_metre(metre, bar):
    upper, lower = map(int, metre.split("/"))
    onsets = np.arange(4 * 2 * bar) / 2
    notes = Notes(
        np.tile(onsets, 2),
        np.full(2 * len(onsets), 0.5),
        np.repeat([72, 48], len(onsets)),
        track=np.repeat([0, 1], len(onsets)),
        tracks=(Track(), Track()),
        time_signatures=((0.0, upper, lower),),
    )
    gan = small_gan("pianoroll", representation={"metre": metre})
    clips = gan.representation.from_notes(notes)
    assert clips.shape == (1, round(4 * bar * 4), 60, 2)
    (back,) = gan.generate_notes(1, seed=0)
    assert back.time_signatures == ((0.0, upper, lower),) and back.length == 4 * bar
    for other in ("4/4", "3/4", "6/8"):
        if other != metre:
            with pytest.raises(UnusablePieceError, match=f"metre is {metre}, not {other}"):
                PianoRoll(metre=other).from_notes(notes)


def test_bars_of_another_metre_are_left_out():
    beats = np.arange(1 + 8 + 3 + 8)
    notes = Notes(
        np.tile(beats, 2),
        np.tile(np.minimum(1.5, len(beats) - beats), 2),  # beyond the end of a stretch
        np.concatenate([60 + beats, np.full(len(beats), 48)]),
        track=np.repeat([0, 1], len(beats)),
        tracks=(Track(), Track()),
        time_signatures=((0.0, 1, 4), (1.0, 4, 4), (9.0, 3, 4), (12.0, 4, 4)),
    )
    clips = PianoRoll(bars=2).from_notes(notes)
    first_pitches = [36 + int(clip[0, :, 0].argmax()) for clip in clips]
    assert first_pitches == [61, 72] and clips[0, -1, 68 - 36, 0] == 1
    assert len(PianoRoll(bars=1, metre="3/4").from_notes(notes)) == 1
    with pytest.raises(UnusablePieceError, match="no 4 bars"):
        PianoRoll().from_notes(notes)
    with pytest.raises(UnusablePieceError, match="metre is 1/4, 4/4, 3/4, not 2/4"):
        PianoRoll(metre="2/4").from_notes(notes)


@pytest.mark.parametrize("written", [(), ((8.0, 4, 4),), ((0.0, 3, 4), (0.0, 4, 4))])
def test_a_piece_begins_in_4_4_unless_it_says_otherwise(written):
    pitches = [72, 74, 76, 77, 48]
    notes = Notes(
        [0, 4, 8, 12, 0],
        [4, 4, 4, 4, 16],
        pitches,
        track=[0, 0, 0, 0, 1],
        tracks=(Track(), Track()),
        time_signatures=written,
    )
    assert PianoRoll(bars=1).from_notes(notes)[:, 0, :, 0].argmax(axis=1).tolist() == [36, 38, 40, 41]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"metre": "3/5"}, "power of two.*'3/5'"),
        ({"metre": 3}, "as '3/4'.*metre=3"),
        ({"metre": "3/4", "beats_per_bar": 4}, "must agree"),
        ({"metre": "7/16", "steps_per_beat": 6}, "1/16.*multiple of 4"),
    ],
)
def test_metres_that_no_roll_has_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        PianoRoll(**options)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"time_signatures": ((0.0, 3, 4),)}, "metre is 3/4"),
        ({"tracks": (Track(is_drum=True), Track(is_drum=True))}, "only drums"),
        ({"tracks": (Track(), Track(is_drum=True))}, "too few for 2"),
        ({}, "no 4 bars"),
    ],
)
def test_unusable_pieces_say_why(two_tracks, change, message):
    from dataclasses import replace

    with pytest.raises(UnusablePieceError, match=message):
        PianoRoll().from_notes(replace(two_tracks, **change))
