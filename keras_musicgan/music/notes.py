"""Notes: a piece of music as a table, shared by MIDI files, synthesizer and networks."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from keras_musicgan.utils.notebook import to_html

PER_NOTE: Any = None  # `Notes` makes a column of it
LONGEST_SECONDS = 4 * 3600  # of a piece that is read or rendered
# In the order of their key signatures, from seven flats to seven sharps.
MAJOR_KEYS = tuple(f"{tonic} major" for tonic in "Cb Gb Db Ab Eb Bb F C G D A E B F# C#".split())
MINOR_KEYS = tuple(f"{tonic} minor" for tonic in "Ab Eb Bb F C G D A E B F# C# G# D# A#".split())


class PlayWarning(UserWarning):
    """A part of a piece is not played as written."""


@dataclass(frozen=True)
class Track:
    """One instrument of a piece.

    Attributes:
        name: Name of the instrument.
        program: General MIDI program, 0 to 127 (0 is the piano).
        is_drum: Whether pitches stand for drums instead of tones.
    """

    name: str = ""
    program: int = 0
    is_drum: bool = False

    def __post_init__(self):
        if not 0 <= self.program <= 127:
            raise ValueError(f"`program` of a track must lie in [0, 127]. Received: program={self.program}")


@dataclass(frozen=True, eq=False)
class Notes:
    """A piece as columns of equal length, one row per note.

    Attributes:
        start: Onsets in beats (quarter notes) from the beginning, float64 `[n]`.
        duration: Lengths in beats, above 0, float64 `[n]`.
        pitch: MIDI pitches, 0 to 127, int `[n]`.
        velocity: MIDI velocities, 1 to 127, int `[n]`; 100 by default.
        track: Index into `tracks`, int `[n]`; 0 by default.
        tempo: Beats per minute at the beginning.
        tracks: The instruments.
        time_signatures: (beat, numerator, denominator) of each change of metre, in the order of beats; of several at a
            beat the last holds.
        length: Length of the piece in beats, including the rest after its last note; at least the end of that note.
        tempo_changes: (beat, beats per minute) of each later tempo, in the order of beats above 0.
        keys: (beat, key) of each written key, as `(0.0, "D minor")`, spelled as in `MAJOR_KEYS` and `MINOR_KEYS`.
        unplayed: Number of a MIDI file's events that notes cannot hold, such as `{"pitch bends": 3}`.

    Raises:
        ValueError: If columns differ in length or a value is out of its range.

    Example:
        >>> scale = Notes(start=[0, 1, 2], duration=[1, 1, 1], pitch=[60, 62, 64], tempo=120)
        >>> len(scale), scale.seconds
        (3, 1.5)
    """

    start: np.ndarray
    duration: np.ndarray
    pitch: np.ndarray
    velocity: np.ndarray = PER_NOTE
    track: np.ndarray = PER_NOTE
    tempo: float = 120.0
    tracks: tuple[Track, ...] = (Track(),)
    time_signatures: tuple[tuple[float, int, int], ...] = ((0.0, 4, 4),)
    length: float = 0.0
    tempo_changes: tuple[tuple[float, float], ...] = ()
    keys: tuple[tuple[float, str], ...] = ()
    unplayed: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self):
        n = len(self.pitch)
        columns = {
            "start": np.asarray(self.start, "float64"),
            "duration": np.asarray(self.duration, "float64"),
            "pitch": _whole("pitch", self.pitch),
            "velocity": np.full(n, 100) if self.velocity is None else _whole("velocity", self.velocity),
            "track": np.zeros(n, "int64") if self.track is None else _whole("track", self.track),
        }
        for name, column in columns.items():
            if column.shape != (n,):
                raise ValueError(f"All columns of `Notes` must have shape ({n},). Received: {name} {column.shape}")
            object.__setattr__(self, name, column)
        _check_range("start", self.start, 0, np.inf)
        _check_range("duration", self.duration, np.nextafter(0, 1), np.inf)
        _check_range("pitch", self.pitch, 0, 127)
        _check_range("velocity", self.velocity, 1, 127)
        _check_range("track", self.track, 0, len(self.tracks) - 1)
        for _, tempo in self.tempos:
            if not (np.isfinite(tempo) and tempo > 0):
                raise ValueError(f"`tempo` must be above 0 beats per minute. Received: tempo={tempo}")
        beats = [beat for beat, _ in self.tempos]
        if not (np.isfinite(beats).all() and (np.diff(beats) > 0).all()):
            raise ValueError(
                "`tempo_changes` must be (beat, beats per minute) in the order of beats above 0. Received: "
                f"tempo_changes={self.tempo_changes}"
            )
        for beat, numerator, denominator in self.time_signatures:
            if not (0 <= beat < np.inf and numerator >= 1 and denominator >= 1):
                raise ValueError(
                    "`time_signatures` must be (beat, numerator, denominator), beats at least 0 and the others at "
                    f"least 1. Received: {(beat, numerator, denominator)}"
                )
        if not (np.diff([beat for beat, _, _ in self.time_signatures]) >= 0).all():
            raise ValueError(
                f"`time_signatures` must be in the order of beats. Received: time_signatures={self.time_signatures}"
            )
        for beat, key in self.keys:
            if not 0 <= beat < np.inf or key not in MAJOR_KEYS + MINOR_KEYS:
                raise ValueError(f"`keys` must be (beat, key) with a key such as 'D minor'. Received: {(beat, key)}")
        end = float((self.start + self.duration).max()) if n else 0.0
        object.__setattr__(self, "length", max(float(self.length or 0.0), end))

    def __len__(self):
        return len(self.pitch)

    def _repr_html_(self):
        return to_html(self)  # by `music.display`, which needs the synthesizer, which needs notes

    @property
    def seconds(self) -> float:
        """Length of the piece in seconds."""
        return float(self.to_seconds(self.length))

    @property
    def tempos(self) -> tuple[tuple[float, float], ...]:
        """(beat, beats per minute) of each tempo, the first at beat 0."""
        return ((0.0, self.tempo), *self.tempo_changes)

    def to_seconds(self, beats: np.ndarray | float) -> np.ndarray:
        """Seconds from the beginning at which beats fall, by the tempos in force.

        Example:
            >>> notes = Notes([0], [8], [60], tempo=60, tempo_changes=((4, 120),))
            >>> notes.to_seconds([4, 8]).tolist(), notes.seconds
            ([4.0, 6.0], 6.0)
        """
        beats = np.asarray(beats, "float64")
        begins, tempos = np.array(self.tempos).T
        seconds_per_beat = 60.0 / tempos
        elapsed = np.concatenate([[0.0], np.cumsum(np.diff(begins) * seconds_per_beat[:-1])])
        part = np.searchsorted(begins, beats, "right") - 1
        return elapsed[part] + (beats - begins[part]) * seconds_per_beat[part]

    @property
    def seconds_of_notes(self) -> tuple[np.ndarray, np.ndarray]:
        """Onsets and durations of all notes in seconds, two float64 `[n]`."""
        if not self.tempo_changes:
            return self.start * (60.0 / self.tempo), self.duration * (60.0 / self.tempo)
        start = self.to_seconds(self.start)
        return start, self.to_seconds(self.start + self.duration) - start

    def where(self, mask: np.ndarray) -> "Notes":
        """The same piece with the notes of a boolean mask `[n]`."""
        columns = ("start", "duration", "pitch", "velocity", "track")
        return replace(self, **{name: getattr(self, name)[mask] for name in columns})

    def of_track(self, index: int) -> "Notes":
        """The same piece with the notes of one track."""
        return self.where(self.track == index)

    def track_name(self, index: int) -> str:
        """The name of a track, or its number from 0, as "track 1", if it has none."""
        return self.tracks[index].name or f"track {index}"


def _whole(name, column):
    column = np.asarray(column)
    if column.size and not np.array_equal(column, np.rint(column)):
        raise ValueError(f"`{name}` of notes must be whole numbers. Received: {name}={column[column % 1 != 0][0]}")
    return column.astype("int64")


def _check_range(name, column, low, high):
    wrong = column[~((column >= low) & (column <= high) & np.isfinite(column))]
    if len(wrong):
        raise ValueError(f"`{name}` of notes must lie in [{low:g}, {high:g}]. Received: {name}={wrong[0]}")
