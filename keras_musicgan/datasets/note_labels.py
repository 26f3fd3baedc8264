"""Labels of a piece of notes: tempo, metre and key as written; where no key is written, an estimate."""

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
        Dict of `tempo` in beats per minute, with changes of tempo the mean over the piece's time; `metre` as `"4/4"`
        and `key` as `"D minor"` with a tonic of `TONICS`, each the one in force for most beats; and `mode`, `"major"`
        or `"minor"`. Without a written key, key and mode are estimates.

    Example:
        >>> scale = Notes(start=range(8), duration=[1] * 8, pitch=[62, 64, 66, 67, 69, 71, 73, 74])
        >>> piece_labels(scale)
        {'tempo': 120.0, 'metre': '4/4', 'key': 'D major', 'mode': 'major'}
    """
    seconds = notes.seconds
    tempo = notes.length * 60 / seconds if notes.tempo_changes and seconds else notes.tempo
    metre = _most(notes, [(beat, f"{upper}/{lower}") for beat, upper, lower in notes.time_signatures]) or "4/4"
    written = _most(notes, notes.keys)
    key = _with_tonic_of_list(written) if written else estimate_key(notes)
    return {"tempo": tempo, "metre": metre, "key": key, "mode": key.split(" ")[1]}


def _most(notes, values):
    """The value of (beat, value) in force for most beats of the piece, the first of equals; `None` without values."""
    if not values:
        return None
    beats: dict[str, float] = {}
    ends = [beat for beat, _ in values[1:]] + [notes.length]
    for (begin, value), end in zip(values, ends, strict=True):
        beats[value] = beats.get(value, 0.0) + max(min(end, notes.length) - begin, 0.0)
    return max(beats, key=beats.__getitem__)


def _with_tonic_of_list(key):
    """The key under the name that `TONICS` has for its tonic: `"C# minor"` is `"Db minor"`."""
    tonic, mode = key.split(" ")
    pitch_class = "C D EF G A B".index(tonic[0]) + tonic.count("#") - tonic.count("b")
    return f"{TONICS[pitch_class % 12]} {mode}"


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
    centred = durations - durations.mean()
    correlation = _KEY_PROFILES @ (centred / np.linalg.norm(centred))
    return _KEYS[int(correlation.argmax())]


def _unit_profiles():
    """The profile of each key as a vector of mean 0 and length 1: `[keys, 12]`."""
    profiles = np.stack([np.roll(profile, shift) for profile in PROFILES.values() for shift in range(12)])
    profiles = profiles - profiles.mean(axis=1, keepdims=True)
    return profiles / np.linalg.norm(profiles, axis=1, keepdims=True)


_KEYS = tuple(f"{tonic} {mode}" for mode in PROFILES for tonic in TONICS)
_KEY_PROFILES = _unit_profiles()
