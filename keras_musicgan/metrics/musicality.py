"""Measures of piano rolls and notes, as MuseGAN and MusPy define them.

Rolls are arrays of 0 and 1, `[steps, pitches]` for one track or `[n, steps, pitches, tracks]` for clips.

Reference: MuseGAN (Dong et al., 2018), section 5.2; MusPy (Dong et al., 2020).
"""

import itertools

import numpy as np

MAJOR_SCALE = np.array([1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1], bool)
MINOR_SCALE = np.array([1, 0, 1, 1, 0, 1, 0, 1, 1, 0, 1, 0], bool)
SCALES = np.stack([np.roll(scale, root) for scale in (MAJOR_SCALE, MINOR_SCALE) for root in range(12)])
# Tonal space: circles of fifths, minor thirds and major thirds, with their radii.
CIRCLES = ((7 * np.pi / 6, 1.0), (3 * np.pi / 2, 1.0), (2 * np.pi / 3, 0.5))
TONAL_SPACE = np.stack([r * part(np.arange(12) * angle) for angle, r in CIRCLES for part in (np.sin, np.cos)])


def onsets(roll: np.ndarray) -> np.ndarray:
    """Where notes begin: bool, of the shape of `roll` `[..., steps, pitches]`."""
    roll = np.asarray(roll, bool)
    begins = roll.copy()
    begins[..., 1:, :] &= ~roll[..., :-1, :]
    return begins


def pitch_class_counts(pitches: np.ndarray) -> np.ndarray:
    """Count of each pitch class among MIDI pitches `[n]`: int `[12]`."""
    return np.bincount(np.asarray(pitches, int) % 12, minlength=12)


def in_scale_rate(pitches: np.ndarray) -> float:
    """Share of notes in the major or minor scale that fits them best, in [0, 1]; NaN without notes.

    MusPy calls it scale consistency (after Mogren, 2016).

    Example:
        >>> in_scale_rate([60, 62, 64, 65, 67, 69, 71, 61])
        0.875
    """
    counts = pitch_class_counts(pitches)
    return float((SCALES @ counts).max() / counts.sum()) if counts.sum() else float("nan")


def polyphony(roll: np.ndarray) -> float:
    """Mean number of notes per step, over the steps with a note; NaN for an empty roll `[steps, pitches]`."""
    sounding = np.asarray(roll, bool).sum(axis=1)
    return float(sounding[sounding > 0].mean()) if sounding.any() else float("nan")


def empty_bar_rate(roll: np.ndarray, steps_per_bar: int) -> float:
    """Share of bars without a note in a roll `[steps, pitches]` of whole bars (MuseGAN's EB), in [0, 1]."""
    return float((~_bars(roll, steps_per_bar).any(axis=(1, 2))).mean())


def notes_per_bar(roll: np.ndarray, steps_per_bar: int) -> float:
    """Mean number of onsets per bar of a roll `[steps, pitches]` of whole bars."""
    return float(_bars(onsets(roll), steps_per_bar).sum(axis=(1, 2)).mean())


def pitches_per_bar(roll: np.ndarray, steps_per_bar: int) -> float:
    """Mean number of distinct pitches per bar of a roll `[steps, pitches]` of whole bars."""
    return float(_bars(roll, steps_per_bar).any(axis=1).sum(axis=1).mean())


def pitch_classes_per_bar(roll: np.ndarray, steps_per_bar: int) -> float:
    """Mean number of distinct pitch classes per bar of a roll `[steps, pitches]` of whole bars (MuseGAN's UPC)."""
    return float((_chroma(roll, steps_per_bar) > 0).sum(axis=1).mean())


def qualified_note_rate(roll: np.ndarray, min_steps: int) -> float:
    """Share of notes at least `min_steps` long (MuseGAN's QN); NaN for an empty roll `[steps, pitches]`."""
    padded = np.pad(np.asarray(roll, bool), ((1, 1), (0, 0))).astype("int8")
    edges = np.diff(padded, axis=0).T
    lengths = np.nonzero(edges == -1)[1] - np.nonzero(edges == 1)[1]
    return float((lengths >= min_steps).mean()) if len(lengths) else float("nan")


def tonal_distance(chroma_a: np.ndarray, chroma_b: np.ndarray) -> float:
    """Distance of two chroma vectors `[12]` in tonal space (MuseGAN's TD); 0 for the same harmony.

    Raises:
        ValueError: If a chroma is not 12 numbers with a positive sum.

    Reference: Detecting harmonic change in musical audio (Harte, Sandler and Gasser, 2006).
    """
    for chroma in (chroma_a, chroma_b):
        if np.shape(chroma) != (12,) or not np.sum(chroma) > 0:
            raise ValueError(
                f"A chroma must be 12 numbers with a positive sum. Received: {np.asarray(chroma).tolist()}"
            )
    return float(np.linalg.norm(_tonal_centroids(chroma_a) - _tonal_centroids(chroma_b)))


def musicality(rolls: np.ndarray, steps_per_bar: int, chord_track: int = -1) -> dict[str, float]:
    """All measures of a set of clips.

    Args:
        rolls: Clips `[n, steps, pitches, tracks]` of 0 and 1.
        steps_per_bar: Steps in a bar.
        chord_track: Index of the track whose polyphony is measured.

    Returns:
        Dict from name to mean over clips, NaN where no clip has a value:

        - `in_scale_rate`, `notes_per_bar`, `pitches_per_bar` and `pitch_classes_per_bar` of all tracks together;
        - `qualified_note_rate`, for notes of a 32nd of a bar, as in MuseGAN, but at least two steps;
        - `chord_polyphony`, of the chord track;
        - `tonal_distance` of two tracks, over pairs of tracks and the bars in which both sound;
        - `empty_bar_rate`, over bars and tracks;
        - `duplicate_rate`, the share of clips that equal an earlier one.

    Raises:
        ValueError: If the array is not four-dimensional or holds no clip, or bars are not whole.
    """
    rolls = np.asarray(rolls, bool)
    if rolls.ndim != 4 or not len(rolls):
        raise ValueError(
            f"Clips must have the shape [n, steps, pitches, tracks], n at least 1. Received: shape {rolls.shape}"
        )
    n_pitches, n_tracks = rolls.shape[2:]
    tracks = np.moveaxis(rolls, 3, 0)
    mixes = [np.concatenate(list(clip), axis=1) for clip in np.moveaxis(rolls, 3, 1)]
    unions = np.logical_or.reduce(rolls, axis=3)
    rows = np.tile(np.arange(n_pitches), n_tracks)
    distinct = len(np.unique(np.packbits(rolls.reshape(len(rolls), -1), axis=1), axis=0))
    long = max(steps_per_bar // 32, 2)
    return {
        "in_scale_rate": _mean_of_known([in_scale_rate(rows[np.nonzero(onsets(mix))[1]]) for mix in mixes]),
        "notes_per_bar": float(np.mean([notes_per_bar(mix, steps_per_bar) for mix in mixes])),
        "pitches_per_bar": float(np.mean([pitches_per_bar(mix, steps_per_bar) for mix in mixes])),
        "pitch_classes_per_bar": float(np.mean([pitch_classes_per_bar(roll, steps_per_bar) for roll in unions])),
        "qualified_note_rate": _mean_of_known([qualified_note_rate(mix, long) for mix in mixes]),
        "chord_polyphony": _mean_of_known([polyphony(clip) for clip in tracks[chord_track]]),
        "tonal_distance": _mean_of_known([_distance_of_tracks(clip, steps_per_bar) for clip in rolls]),
        "empty_bar_rate": float(np.mean([empty_bar_rate(clip, steps_per_bar) for part in tracks for clip in part])),
        "duplicate_rate": 1.0 - distinct / len(rolls),
    }


def copy_rate(rolls: np.ndarray, training_rolls: np.ndarray) -> float:
    """Share of clips that equal a training clip, in [0, 1]; both `[n, steps, pitches, tracks]`."""
    known = {np.packbits(np.asarray(roll, bool)).tobytes() for roll in training_rolls}
    return float(np.mean([np.packbits(np.asarray(roll, bool)).tobytes() in known for roll in rolls]))


def _bars(roll, steps_per_bar):
    """A roll as `[bars, steps_per_bar, pitches]`."""
    roll = np.asarray(roll)
    if len(roll) % steps_per_bar:
        raise ValueError(f"A roll must hold whole bars of {steps_per_bar} steps. Received: {len(roll)} steps")
    return roll.reshape(-1, steps_per_bar, roll.shape[1])


def _chroma(roll, steps_per_bar):
    """Steps of each pitch class in each bar, `[bars, 12]`, counted from the lowest pitch of the roll."""
    steps = _bars(roll, steps_per_bar).sum(axis=1)
    octaves = np.pad(steps, ((0, 0), (0, -steps.shape[1] % 12)))
    return octaves.reshape(len(steps), -1, 12).sum(axis=1)


def _tonal_centroids(chroma):
    """Points in tonal space `[..., 6]`; NaN for a chroma of zeros."""
    total = np.sum(chroma, axis=-1, keepdims=True)
    return np.divide(chroma, total, out=np.full(np.shape(chroma), np.nan), where=total > 0) @ TONAL_SPACE.T


def _distance_of_tracks(clip, steps_per_bar):
    """Mean tonal distance of two tracks in a bar of `[steps, pitches, tracks]`; NaN if no two sound in one bar."""
    centroids = [_tonal_centroids(_chroma(roll, steps_per_bar)) for roll in np.moveaxis(clip, 2, 0)]
    distances = [np.linalg.norm(one - other, axis=1) for one, other in itertools.combinations(centroids, 2)]
    return _mean_of_known(np.concatenate([*distances, []]))


def _mean_of_known(values):
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else float("nan")
