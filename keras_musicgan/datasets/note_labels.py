"""Labels of a piece of notes: tempo and metre as written, key and mode as estimated."""

import numpy as np

from keras_musicgan.music.notes import Notes

TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
# Listeners' ratings of how well each pitch class, counted from the tonic, fits a key.
PROFILES = {
    "major": np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88]),
    "minor": np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17]),
}


def piece_labels(notes: Notes) -> dict[str, float | str]:
    """Labels of a piece, on which a model can be conditioned.

    Args:
        notes: A piece.

    Returns:
        Dict of `tempo` in beats per minute, `metre` at the beginning as `"4/4"`, `key` as `"D minor"` with a tonic of
        `TONICS`, and `mode`, `"major"` or `"minor"`. Key and mode are estimates.

    Example:
        >>> scale = Notes(start=range(8), duration=[1] * 8, pitch=[62, 64, 66, 67, 69, 71, 73, 74])
        >>> piece_labels(scale)
        {'tempo': 120.0, 'metre': '4/4', 'key': 'D major', 'mode': 'major'}
    """
    _, numerator, denominator = notes.time_signatures[0] if notes.time_signatures else (0.0, 4, 4)
    key = estimate_key(notes)
    return {"tempo": notes.tempo, "metre": f"{numerator}/{denominator}", "key": key, "mode": key.split(" ")[1]}


def estimate_key(notes: Notes) -> str:
    """The key whose profile correlates best with the total duration of each pitch class, without drums.

    Args:
        notes: A piece. Without notes the key is `"C major"`.

    Reference: Tracing the dynamic changes in perceived tonal organization in a spatial representation of musical keys
    (Krumhansl and Kessler, 1982); the key-finding algorithm of Krumhansl and Schmuckler.
    """
    drums = np.array([track.is_drum for track in notes.tracks])
    tones = notes.where(~drums[notes.track])
    durations = np.bincount(tones.pitch % 12, weights=tones.duration, minlength=12)
    if not durations.any() or np.ptp(durations) == 0:
        return "C major"
    correlation = {
        f"{tonic} {mode}": np.corrcoef(np.roll(profile, shift), durations)[0, 1]
        for mode, profile in PROFILES.items()
        for shift, tonic in enumerate(TONICS)
    }
    return max(correlation, key=correlation.__getitem__)
