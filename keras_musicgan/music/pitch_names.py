"""Names of pitches."""

import re

NOTE_NAME = re.compile(r"([A-Ga-g])(##|bb|#|♯|s|b|♭)?(-?\d+)")
SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
ACCIDENTALS = {None: 0, "#": 1, "♯": 1, "s": 1, "##": 2, "b": -1, "♭": -1, "bb": -2}


def parse_pitch(text: object) -> float:
    """The MIDI pitch of a number, in or out of range, or of a name such as `C4` (60), `F#3`, `Fs3`, `Bb2`.

    Raises:
        ValueError: If it is neither.

    Example:
        >>> parse_pitch("C4"), parse_pitch("Bb2"), parse_pitch(60)
        (60.0, 46.0, 60.0)
    """
    try:
        return float(text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        note = NOTE_NAME.fullmatch(str(text).strip())
    if not note:
        raise ValueError(
            f"`pitch` must be a MIDI pitch such as 60 or a note name such as F#3. Received: pitch={text!r}"
        )
    letter, accidental, octave = note.groups()
    return float(SEMITONES[letter.lower()] + ACCIDENTALS[accidental] + 12 * (int(octave) + 1))


def pitch_between(value: object, low: int, high: int) -> float:
    """The whole MIDI pitch of a number or a name, from `low` to `high`.

    Raises:
        ValueError: If it is none, or out of range.

    Example:
        >>> pitch_between("Fs4", 60, 83)
        66.0
    """
    number = parse_pitch(value)
    if number % 1 or not low <= number <= high:
        raise ValueError(
            f"`pitch` must be a whole number from {low} to {high}. Received: pitch={value!r}"
            + ("" if str(value) == f"{number:g}" else f", which is {number:g}")
        )
    return number
