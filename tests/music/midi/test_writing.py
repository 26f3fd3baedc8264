from dataclasses import replace

import numpy as np
import pytest

from keras_musicgan import midi
from keras_musicgan.music.notes import MAJOR_KEYS, MINOR_KEYS, Notes, Track


def rows(notes):
    """Notes as a sorted list, in ticks."""
    columns = (notes.track, np.rint(notes.start * 480), np.rint(notes.duration * 480), notes.pitch, notes.velocity)
    return sorted(zip(*(column.astype(int).tolist() for column in columns), strict=True))


def random_piece(seed):
    """A piece of several tracks with all kinds of states; every track has a note."""
    rng = np.random.default_rng(seed)
    n_tracks = int(rng.integers(1, 40))
    n = n_tracks + int(rng.integers(0, 100))
    beats = np.unique(rng.integers(1, 9600, rng.integers(0, 5))) / 480
    keys = MAJOR_KEYS + MINOR_KEYS
    return Notes(
        rng.integers(0, 9600, n) / 480,
        rng.integers(1, 1920, n) / 480,
        rng.integers(0, 128, n) if seed % 2 else rng.integers(60, 63, n),
        rng.integers(1, 128, n),
        np.concatenate([np.arange(n_tracks), rng.integers(0, n_tracks, n - n_tracks)]),
        tempo=float(rng.integers(4, 400)),
        tracks=tuple(Track(f"Spur {index} é", int(rng.integers(128))) for index in range(n_tracks)),
        time_signatures=((0.0, int(rng.integers(1, 256)), 2 ** int(rng.integers(0, 7))), (8.0, 3, 4)),
        tempo_changes=tuple((float(beat), float(100 + index)) for index, beat in enumerate(beats)),
        keys=tuple((float(index), keys[int(number)]) for index, number in enumerate(rng.integers(0, 30, 3))),
    )


@pytest.mark.parametrize("seed", range(10))
def test_any_piece_comes_back(seed, tmp_path):
    piece = random_piece(seed)
    midi.write(tmp_path / "piece.mid", piece)
    back = midi.read(tmp_path / "piece.mid")
    assert rows(back) == rows(piece)
    assert back.tracks == piece.tracks
    assert back.time_signatures == piece.time_signatures and back.keys == piece.keys
    np.testing.assert_allclose(back.tempos, piece.tempos, rtol=1e-4)


def test_overlapping_notes_of_one_pitch_keep_their_lengths(tmp_path):
    midi.write(tmp_path / "a.mid", Notes([0, 0.5, 1], [2, 0.5, 0.5], [60, 60, 60]))
    back = midi.read(tmp_path / "a.mid")
    assert rows(back) == [(0, 0, 960, 60, 100), (0, 240, 240, 60, 100), (0, 480, 240, 60, 100)]
    pretty_midi = pytest.importorskip("pretty_midi")
    ends = {
        (note.start, note.end)
        for each in pretty_midi.PrettyMIDI(str(tmp_path / "a.mid")).instruments
        for note in each.notes
    }
    assert ends == {(0, 1), (0.25, 0.5), (0.5, 0.75)}
    drums = Notes([0, 1], [2, 2], [36, 36], tracks=(Track("kit", 0, True),))
    midi.write(tmp_path / "b.mid", drums)
    assert rows(midi.read(tmp_path / "b.mid")) == rows(drums)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tempo": 3.0}, "tempos from 3.576 to 60,000,000.*tempo=3"),
        ({"tempo": 1e8}, "tempos from"),
        ({"tempo_changes": ((1.0, 3.0),)}, "tempos from"),
        ({"time_signatures": ((0.0, 256, 4),)}, "1 to 255.*256/4"),
        ({"time_signatures": ((0.0, 3, 6),)}, "power of two.*3/6"),
        ({"start": [0, 600_000]}, "559,240 beats"),
        ({"start": [0, 1e16]}, "holds beats up to"),
        ({"tracks": (Track("\ud800"),)}, "Unicode text"),
        ({"start": [0] * 16, "duration": [1] * 16, "pitch": [60] * 16}, "15 notes of one pitch"),
        ({"start": [0, 1], "duration": [3, 1], "tracks": (Track("kit", 0, True),)}, "one drum.*kit"),
        ({"tracks": tuple(Track() for _ in range(1921))}, "1,920 channels"),
    ],
)
def test_what_midi_cannot_hold_is_refused(change, message, tmp_path):
    notes = {"start": [0, 1], "duration": [1, 1], "pitch": [60, 60]} | change
    with pytest.raises(ValueError, match=message):
        midi.write(tmp_path / "a.mid", Notes(**notes))
    assert not list(tmp_path.iterdir())


def test_the_slowest_tempo_is_written(two_tracks, tmp_path):
    midi.write(tmp_path / "a.mid", replace(two_tracks, tempo=60e6 / (2**24 - 1)))
    assert midi.read(tmp_path / "a.mid").tempo == pytest.approx(3.5763, abs=1e-4)
