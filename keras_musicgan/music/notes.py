"""Notes: a piece of music as a table, shared by MIDI files, synthesizer and networks."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

PER_NOTE: Any = None  # `Notes` makes a column of it


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
        tempo: Beats per minute.
        tracks: The instruments.
        time_signatures: (beat, numerator, denominator) of each change of metre.
        length: Length of the piece in beats, including the rest after its last note; at least the end of that note.

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
        if not (np.isfinite(self.tempo) and self.tempo > 0):
            raise ValueError(f"`tempo` must be above 0 beats per minute. Received: tempo={self.tempo}")
        end = float((self.start + self.duration).max()) if n else 0.0
        object.__setattr__(self, "length", max(float(self.length or 0.0), end))

    def __len__(self):
        return len(self.pitch)

    @property
    def seconds(self) -> float:
        """Length of the piece in seconds."""
        return self.length * 60.0 / self.tempo

    def where(self, mask: np.ndarray) -> "Notes":
        """The same piece with the notes of a boolean mask `[n]`."""
        columns = ("start", "duration", "pitch", "velocity", "track")
        return replace(self, **{name: getattr(self, name)[mask] for name in columns})

    def of_track(self, index: int) -> "Notes":
        """The same piece with the notes of one track."""
        return self.where(self.track == index)


def _whole(name, column):
    column = np.asarray(column)
    if column.size and not np.array_equal(column, np.rint(column)):
        raise ValueError(f"`{name}` of notes must be whole numbers. Received: {name}={column[column % 1 != 0][0]}")
    return column.astype("int64")


def _check_range(name, column, low, high):
    wrong = column[~((column >= low) & (column <= high) & np.isfinite(column))]
    if len(wrong):
        raise ValueError(f"`{name}` of notes must lie in [{low:g}, {high:g}]. Received: {name}={wrong[0]}")
