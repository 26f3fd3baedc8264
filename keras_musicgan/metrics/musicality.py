"""Symbolic measures of piano rolls and notes: is it music, by MuseGAN's and muspy's definitions.

Rolls are arrays of 0 and 1, `[steps, pitches]` for one track or `[n, steps, pitches, tracks]` for clips.

Reference: MuseGAN (Dong et al., 2018), section 5.2; MusPy (Dong et al., 2020).
"""

import numpy as np

MAJOR_SCALE = np.array([1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1], bool)
MINOR_SCALE = np.array([1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0], bool)
SCALES = np.stack([np.roll(scale, root) for scale in (MAJOR_SCALE, MINOR_SCALE) for root in range(12)])


def onsets(roll: np.ndarray) -> np.ndarray:
    """Where notes begin: bool, of the shape of `roll` `[..., steps, pitches]`, time on the axis before the last."""
    roll = np.asarray(roll, bool)
    begins = roll.copy()
    begins[..., 1:, :] &= ~roll[..., :-1, :]
    return begins


def pitch_class_counts(pitches: np.ndarray) -> np.ndarray:
    """How often each of the twelve pitch classes occurs among MIDI pitches `[n]`: int `[12]`."""
    return np.bincount(np.asarray(pitches, int) % 12, minlength=12)


def in_scale_rate(pitches: np.ndarray) -> float:
    """Share of notes inside the major or minor scale that fits them best, in [0, 1]; NaN without notes.

    MusPy calls it scale consistency (after Mogren, 2016).

    Example:
        >>> in_scale_rate([60, 62, 64, 65, 67, 69, 71, 61])
        0.875
    """
    counts = pitch_class_counts(pitches)
    return float((SCALES @ counts).max() / counts.sum()) if counts.sum() else float("nan")


def polyphony(roll: np.ndarray) -> float:
    """Mean number of notes that sound at a step where any sounds; NaN for an empty roll `[steps, pitches]`."""
    sounding = np.asarray(roll, bool).sum(axis=1)
    return float(sounding[sounding > 0].mean()) if sounding.any() else float("nan")


def empty_bar_rate(roll: np.ndarray, steps_per_bar: int) -> float:
    """Share of bars without any note in a roll `[steps, pitches]` of whole bars, in [0, 1]."""
    return float((~_bars(roll, steps_per_bar).any(axis=(1, 2))).mean())


def notes_per_bar(roll: np.ndarray, steps_per_bar: int) -> float:
    """Mean number of onsets in a bar of a roll `[steps, pitches]` of whole bars."""
    return float(_bars(onsets(roll), steps_per_bar).sum(axis=(1, 2)).mean())


def pitches_per_bar(roll: np.ndarray, steps_per_bar: int) -> float:
    """Mean number of distinct pitches that sound in a bar of a roll `[steps, pitches]` of whole bars."""
    return float(_bars(roll, steps_per_bar).any(axis=1).sum(axis=1).mean())


def pitch_classes_per_bar(roll: np.ndarray, steps_per_bar: int, low: int = 0) -> float:
    """Mean number of pitch classes that sound in a bar (MuseGAN's UPC); `low` is the lowest row's MIDI pitch."""
    used = _bars(roll, steps_per_bar).any(axis=1)
    classes = np.zeros((len(used), 12), bool)
    for row in range(used.shape[1]):
        classes[:, (low + row) % 12] |= used[:, row]
    return float(classes.sum(axis=1).mean())


def qualified_note_rate(roll: np.ndarray, min_steps: int) -> float:
    """Share of notes at least `min_steps` long (MuseGAN's QN); NaN for an empty roll `[steps, pitches]`."""
    padded = np.pad(np.asarray(roll, bool), ((1, 1), (0, 0))).astype("int8")
    edges = np.diff(padded, axis=0).T
    lengths = np.nonzero(edges == -1)[1] - np.nonzero(edges == 1)[1]
    return float((lengths >= min_steps).mean()) if len(lengths) else float("nan")


def tonal_distance(chroma_a: np.ndarray, chroma_b: np.ndarray) -> float:
    """Distance of two chroma vectors `[12]` in tonal space (MuseGAN's TD); 0 for the same harmony.

    Reference: Detecting harmonic change in musical audio (Harte, Sandler and Gasser, 2006).
    """
    return float(np.linalg.norm(_tonal_centroid(chroma_a) - _tonal_centroid(chroma_b)))


def _tonal_centroid(chroma):
    chroma = np.asarray(chroma, "float64")
    if chroma.shape != (12,) or chroma.sum() <= 0:
        raise ValueError(f"A chroma must be 12 numbers with a positive sum. Received: {chroma.tolist()}")
    pitch_class = np.arange(12)
    circles = (
        (7 * np.pi / 6, 1.0),
        (3 * np.pi / 2, 1.0),
        (2 * np.pi / 3, 0.5),
    )  # fifths, minor and major thirds
    rows = [radius * part(pitch_class * angle) for angle, radius in circles for part in (np.sin, np.cos)]
    return np.stack(rows) @ (chroma / chroma.sum())


def _bars(roll, steps_per_bar):
    roll = np.asarray(roll)
    if len(roll) % steps_per_bar:
        raise ValueError(f"A roll must hold whole bars of {steps_per_bar} steps. Received: {len(roll)} steps")
    return roll.reshape(-1, steps_per_bar, roll.shape[1])


def musicality(rolls: np.ndarray, steps_per_bar: int, chord_track: int = -1) -> dict[str, float]:
    """The measures of a set of clips in one table.

    Args:
        rolls: Clips `[n, steps, pitches, tracks]` of 0 and 1.
        steps_per_bar: Steps in a bar.
        chord_track: Index of the track whose polyphony is measured.

    Returns:
        Dict from name to mean over clips: `in_scale_rate`, `notes_per_bar`, `pitches_per_bar`,
        `chord_polyphony`, `empty_bar_rate` (bars in which a track is silent, over all tracks), and the share
        `duplicate_rate` of clips that equal one before them. The first and the fourth are NaN where no clip has notes.

    Raises:
        ValueError: If the array is not four-dimensional or holds no clip.
    """
    rolls = np.asarray(rolls, bool)
    if rolls.ndim != 4 or not len(rolls):
        raise ValueError(
            f"Clips must have the shape [n, steps, pitches, tracks], n at least 1. Received: shape {rolls.shape}"
        )
    tracks = [rolls[..., index] for index in range(rolls.shape[-1])]
    both = [np.concatenate([clip[..., index] for index in range(clip.shape[-1])], axis=1) for clip in rolls]
    rows = np.tile(np.arange(rolls.shape[2]), rolls.shape[3])
    distinct = len(np.unique(np.packbits(rolls.reshape(len(rolls), -1), axis=1), axis=0))
    return {
        "in_scale_rate": _mean_of_known([in_scale_rate(rows[np.nonzero(onsets(clip))[1]]) for clip in both]),
        "notes_per_bar": float(np.mean([notes_per_bar(clip, steps_per_bar) for clip in both])),
        "pitches_per_bar": float(np.mean([pitches_per_bar(clip, steps_per_bar) for clip in both])),
        "chord_polyphony": _mean_of_known([polyphony(clip) for clip in tracks[chord_track]]),
        "empty_bar_rate": float(np.mean([empty_bar_rate(clip, steps_per_bar) for part in tracks for clip in part])),
        "duplicate_rate": 1.0 - distinct / len(rolls),
    }


def copy_rate(rolls: np.ndarray, training_rolls: np.ndarray) -> float:
    """Share of clips that equal a training clip, in [0, 1]; both `[n, steps, pitches, tracks]`."""
    known = {np.packbits(np.asarray(roll, bool)).tobytes() for roll in training_rolls}
    return float(np.mean([np.packbits(np.asarray(roll, bool)).tobytes() in known for roll in rolls]))


def _mean_of_known(values):
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")
