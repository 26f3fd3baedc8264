"""The key of a piece of notes, as written or estimated, and the move to another tonic."""

from dataclasses import replace

import numpy as np

from keras_musicgan.music.notes import Notes

TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
# Listeners' ratings of how well each pitch class, counted from the tonic, fits a key.
PROFILES = {
    "major": np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88]),
    "minor": np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17]),
}
SCALE = np.array([0, 2, 4, 5, 7, 9, 11])  # of a major key
RELATIVE = 3  # semitones from the tonic of a minor key up to that of the major key with the same notes
OCTAVE = 12


def estimate_key(notes: Notes) -> str:
    """The key whose profile correlates best with the total duration of each pitch class, without drums.

    Args:
        notes: A piece. Without notes the key is `"C major"`.

    Reference: Tracing the dynamic changes in perceived tonal organization in a spatial representation of musical keys
    (Krumhansl and Kessler, 1982); the key-finding algorithm of Krumhansl and Schmuckler.
    """
    durations = _durations(notes)
    if not durations.any() or np.ptp(durations) == 0:
        return "C major"
    centred = durations - durations.mean()
    correlation = _KEY_PROFILES @ (centred / np.linalg.norm(centred))
    return _KEYS[int(correlation.argmax())]


def respelled(key: str) -> str:
    """A key under the name that `TONICS` has for its tonic: `"C# minor"` is `"Db minor"`."""
    tonic, mode = key.split(" ")
    pitch_class = "C D EF G A B".index(tonic[0]) + tonic.count("#") - tonic.count("b")
    return f"{TONICS[pitch_class % OCTAVE]} {mode}"


def to_tonic(notes: Notes, key: str, tonic: str) -> tuple[Notes, str]:
    """A piece moved to the major key of a tonic, or to its relative minor key, by at most about six semitones.

    Of pieces in one key, a model has a twelfth of the chords to learn. A written key counts unless the estimated one
    has more of the notes: many programs write C major into every file.

    Args:
        notes: A piece. Drums stay as they are.
        key: Its written key, as `"D minor"`.
        tonic: One of `TONICS`.

    Returns:
        The moved piece, without written keys, and its key.

    Example:
        >>> piece, key = to_tonic(Notes([0, 1, 2], [1, 1, 1], [62, 66, 69]), "D major", "C")
        >>> piece.pitch.tolist(), key
        ([60, 64, 67], 'C major')
    """
    durations = _durations(notes)
    key = max((key, estimate_key(notes)), key=lambda each: durations[(SCALE + _major_tonic(each)) % OCTAVE].sum())
    up = (TONICS.index(tonic) - _major_tonic(key)) % OCTAVE
    tones = ~np.array([track.is_drum for track in notes.tracks])[notes.track]
    shifts = (up, up - OCTAVE) if up <= OCTAVE // 2 else (up - OCTAVE, up)
    moved = [np.where(tones, notes.pitch + shift, notes.pitch) for shift in shifts]
    possible = [pitch for pitch in moved if ((pitch >= 0) & (pitch <= 127)).all()]
    mode = key.split(" ")[1]
    new_tonic = TONICS[(TONICS.index(tonic) - (RELATIVE if mode == "minor" else 0)) % OCTAVE]
    return replace(notes, pitch=possible[0], keys=()), f"{new_tonic} {mode}"


def _major_tonic(key):
    """The pitch class of the tonic of a key, or of its relative major."""
    tonic, mode = respelled(key).split(" ")
    return (TONICS.index(tonic) + (RELATIVE if mode == "minor" else 0)) % OCTAVE


def _durations(notes):
    """Total duration of each pitch class, without drums, float64 `[12]`."""
    drums = np.array([track.is_drum for track in notes.tracks])
    tones = notes.where(~drums[notes.track])
    return np.bincount(tones.pitch % OCTAVE, weights=tones.duration, minlength=OCTAVE)


def _unit_profiles():
    """The profile of each key as a vector of mean 0 and length 1: `[keys, 12]`."""
    profiles = np.stack([np.roll(profile, shift) for profile in PROFILES.values() for shift in range(OCTAVE)])
    profiles = profiles - profiles.mean(axis=1, keepdims=True)
    return profiles / np.linalg.norm(profiles, axis=1, keepdims=True)


_KEYS = tuple(f"{tonic} {mode}" for mode in PROFILES for tonic in TONICS)
_KEY_PROFILES = _unit_profiles()
