"""What kind of tunes a folder of MIDI holds."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from keras_musicgan.datasets.files import files_below
from keras_musicgan.datasets.survey.spread import spread
from keras_musicgan.music import midi
from keras_musicgan.music.notes import Notes
from keras_musicgan.representations.base import UnusablePieceError
from keras_musicgan.representations.pianoroll import PianoRoll

METRE = "4/4"  # of rolls, if no other is given
BARS = (4, 2, 1)  # of a clip, the first that suits most tunes
MIN_SHARE = 0.5


@dataclass(frozen=True)
class MidiSurvey:
    """What a folder of MIDI holds.

    Attributes:
        metre: The metre of the most bars, as `"3/4"`; of equally frequent ones 4/4, or the first.
        melody_alone: Whether fewer than half of the tunes with bars in this metre have chords in half of them.
        bars: The most of 4, 2 and 1 bars that half of the fitting tunes have in a row.
        n_fitting: Number of tunes with bars in this metre, and with chords unless melodies alone are taken.
        n_files: Number of tunes that were read.
    """

    metre: str
    melody_alone: bool
    bars: int
    n_fitting: int
    n_files: int

    @property
    def options(self) -> dict[str, Any]:
        """Options of a `PianoRoll` for these tunes, as far as they differ from its own."""
        return _options(self.metre, self.melody_alone, self.bars)

    @property
    def evidence(self) -> str:
        """The same in words."""
        texture = "melodies without chords" if self.melody_alone else "melodies with chords"
        return f"{self.n_fitting} of {self.n_files} tunes are in {self.metre}, {texture}"


def survey_midi(folder: str | Path) -> MidiSurvey | None:
    """Reads up to 60 files below a folder, evenly spaced in the order of their names.

    Args:
        folder: The folder.

    Returns:
        The survey; `None` if none of the files can be used.

    Raises:
        NotADirectoryError: If there is no such folder.
        NoUsableDataError: If it holds no MIDI file.
    """
    pieces = [piece for piece in map(_read, spread([*files_below(folder, "MIDI").values()])) if piece is not None]
    melodies = {metre: _count_clips(pieces, metre, melody_alone=True, bars=1) for metre in _metres(pieces)}
    metre = max(melodies, key=lambda each: melodies[each].sum())  # the first of equals
    n_bars = melodies[metre]
    if not n_bars.any():
        return None
    has_chords = (_count_clips(pieces, metre, melody_alone=False, bars=1) >= MIN_SHARE * n_bars) & (n_bars > 0)
    melody_alone = bool(has_chords.sum() < MIN_SHARE * (n_bars > 0).sum())
    n_fitting = int((n_bars > 0).sum() if melody_alone else has_chords.sum())
    for bars in BARS:
        n_usable = (_count_clips(pieces, metre, melody_alone, bars) > 0).sum()
        if n_usable >= MIN_SHARE * n_fitting:
            break
    return MidiSurvey(metre, melody_alone, bars, n_fitting, len(pieces))


def _read(file) -> Notes | None:
    """A piece; `None` for a file that cannot be used."""
    try:
        return midi.read(file)
    except (midi.MidiError, OSError):  # the dataset lists them
        return None


def _metres(pieces):
    """The metres that occur, as `"3/4"`, after that of rolls."""
    return dict.fromkeys(
        [METRE, *(f"{upper}/{lower}" for piece in pieces for _, upper, lower in piece.time_signatures)]
    )


def _options(metre, melody_alone, bars):
    """Options of a `PianoRoll`, as far as they differ from its own."""
    own = PianoRoll()
    options = {} if metre == METRE else {"metre": metre}
    if melody_alone:
        options.update(tracks=list(own.tracks[:1]), programs=list(own.programs[:1]))
    return options if bars == own.bars else {**options, "bars": bars}


def _count_clips(pieces, metre, melody_alone, bars):
    """The number of clips that rolls of these options cut from each piece, `[n]`."""
    try:
        roll = PianoRoll(**_options(metre, melody_alone, bars))
    except ValueError:  # of a metre that is no whole number of steps
        return np.zeros(len(pieces), int)
    return np.array([_count_clips_of(piece, roll) for piece in pieces], int)


def _count_clips_of(piece, roll):
    try:
        return len(roll.from_notes(piece))
    except UnusablePieceError:
        return 0
