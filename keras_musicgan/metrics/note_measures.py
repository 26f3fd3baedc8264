"""Measures of one piece of notes, and of two side by side.

Reference: On the evaluation of generative models in music (Yang and Lerch, 2020); MusPy (Dong et al., 2020).
"""

import numpy as np

from keras_musicgan.metrics.musicality import in_scale_rate, pitch_class_counts
from keras_musicgan.music.notes import Notes

UNITS = {
    "notes": "",
    "note_density": "notes/s",
    "note_length": "beats",
    "inter_onset_interval": "beats",
    "mean_pitch": "MIDI",
    "pitch_range": "semitones",
    "mean_interval": "semitones",
    "pitch_class_entropy": "bits",
    "scale_consistency": "share of notes",
    "polyphony": "notes",
    "pitch_class_overlap": "share",
}


def describe_notes(notes: Notes) -> dict[str, float | None]:
    """Measures of one piece; drums count for `notes`, `note_density` and the rhythm, not for pitches.

    Args:
        notes: A piece.

    Returns:
        Dict from name to number, `None` where nothing is to be measured; `UNITS` has the units:

        - `notes`, their number, and `note_density`, their number per second;
        - `note_length`, the mean duration, and `inter_onset_interval`, the mean time between successive onsets;
        - `mean_pitch`, `pitch_range` between the lowest and the highest note;
        - `mean_interval`, the mean size of the steps between the highest notes of successive onsets;
        - `pitch_class_entropy`, from 0 for one pitch class to 3.58 for twelve alike;
        - `scale_consistency`, the share of notes in the major or minor scale that fits best;
        - `polyphony`, the mean number of notes while any sounds.

    Example:
        >>> found = describe_notes(Notes(start=[0, 1, 2], duration=[1, 1, 2], pitch=[60, 64, 67], tempo=60))
        >>> found["note_density"], found["mean_interval"], found["scale_consistency"]
        (0.75, 3.5, 1.0)
    """
    tones = without_drums(notes)
    steps = np.diff(melody(tones))
    waits = np.diff(np.unique(notes.start))
    sounding_beats = count_sounding_beats(tones)
    return {
        "notes": len(notes),
        "note_density": len(notes) / notes.seconds if notes.seconds else None,
        "note_length": _mean(notes.duration),
        "inter_onset_interval": _mean(waits),
        "mean_pitch": _mean(tones.pitch),
        "pitch_range": float(np.ptp(tones.pitch)) if len(tones) else None,
        "mean_interval": _mean(np.abs(steps)),
        "pitch_class_entropy": _entropy(pitch_class_counts(tones.pitch)) if len(tones) else None,
        "scale_consistency": in_scale_rate(tones.pitch) if len(tones) else None,
        "polyphony": float(tones.duration.sum() / sounding_beats) if sounding_beats else None,
    }


def compare_notes(a: Notes, b: Notes) -> dict:
    """Measures of two pieces side by side.

    Returns:
        Dict of `a` and `b`, the results of `describe_notes`, and `pitch_class_overlap`, the area that the histograms of
        pitch classes share, from 0 for none to 1 for equal ones; `None` if a piece has no pitches.

    Example:
        >>> c_major = Notes(start=[0, 1, 2], duration=[1, 1, 1], pitch=[60, 64, 67])
        >>> a_minor = Notes(start=[0, 1, 2], duration=[1, 1, 1], pitch=[57, 60, 64])
        >>> round(compare_notes(c_major, a_minor)["pitch_class_overlap"], 3)
        0.667
    """
    counts = [pitch_class_counts(without_drums(each).pitch) for each in (a, b)]
    known = all(count.any() for count in counts)
    overlap = float(np.minimum(*(count / count.sum() for count in counts)).sum()) if known else None
    return {"a": describe_notes(a), "b": describe_notes(b), "pitch_class_overlap": overlap}


def without_drums(notes: Notes) -> Notes:
    """The same piece with the notes that stand for tones."""
    is_drum = np.array([track.is_drum for track in notes.tracks], bool)
    return notes.where(~is_drum[notes.track])


def melody(notes: Notes) -> np.ndarray:
    """The highest pitch of each onset, int `[onsets]`."""
    order = np.lexsort((-notes.pitch, notes.start))
    _, first = np.unique(notes.start[order], return_index=True)
    return notes.pitch[order][first]


def count_sounding_beats(notes: Notes) -> float:
    """Number of beats in which any note sounds."""
    if not len(notes):
        return 0.0
    order = np.argsort(notes.start)
    start = notes.start[order]
    last_end = np.maximum.accumulate(start + notes.duration[order])
    rests = np.maximum(start[1:] - last_end[:-1], 0.0)
    return float(last_end[-1] - start[0] - rests.sum())


def _mean(values):
    return float(np.mean(values)) if len(values) else None


def _entropy(counts):
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log2(shares)).sum() + 0.0)
