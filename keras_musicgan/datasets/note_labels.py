"""What a piece of notes says of itself, and what can be heard in it: tempo, metre, key."""

import numpy as np

from keras_musicgan.music.notes import Notes

TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
# How well each pitch class, counted from the tonic, was judged to fit a key.
PROFILES = {
    "major": np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88]),
    "minor": np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17]),
}


def labels_of_piece(notes: Notes) -> dict[str, float | str]:
    """Labels that a model can be told as conditions.

    Args:
        notes: A piece.

    Returns:
        Dict of `tempo` in beats per minute, `metre` at the beginning as `"4/4"`, `key` as `"D minor"` with a tonic of
        `TONICS`, and `mode`, `"major"` or `"minor"`. The last two are estimates.

    Example:
        >>> scale = Notes(start=range(8), duration=[1] * 8, pitch=[62, 64, 66, 67, 69, 71, 73, 74])
        >>> labels_of_piece(scale)
        {'tempo': 120.0, 'metre': '4/4', 'key': 'D major', 'mode': 'major'}
    """
    _, numerator, denominator = notes.time_signatures[0] if notes.time_signatures else (0.0, 4, 4)
    key = estimated_key(notes)
    return {"tempo": notes.tempo, "metre": f"{numerator}/{denominator}", "key": key, "mode": key.split(" ")[1]}


def estimated_key(notes: Notes) -> str:
    """The key whose profile correlates best with how long each pitch class sounds; drums do not count.

    Args:
        notes: A piece. Where nothing sounds it is `"C major"`.

    Reference: Tracing the dynamic changes in perceived tonal organization in a spatial representation of musical keys
    (Krumhansl and Kessler, 1982); the key-finding algorithm of Krumhansl and Schmuckler.
    """
    drums = np.array([track.is_drum for track in notes.tracks])
    tones = notes.where(~drums[notes.track])
    sounding = np.bincount(tones.pitch % 12, weights=tones.duration, minlength=12)
    if not sounding.any() or np.ptp(sounding) == 0:
        return "C major"
    correlation = {
        f"{tonic} {mode}": np.corrcoef(np.roll(profile, shift), sounding)[0, 1]
        for mode, profile in PROFILES.items()
        for shift, tonic in enumerate(TONICS)
    }
    return max(correlation, key=correlation.get)
