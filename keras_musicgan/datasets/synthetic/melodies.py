"""Synthetic tunes from a seed: in key, in metre, with cadences, without a download."""

import keras
import numpy as np

from keras_musicgan.datasets.clips import Clips
from keras_musicgan.datasets.from_notes import dataset_from_pieces
from keras_musicgan.datasets.spec import DataSpec, check_notes
from keras_musicgan.music.notes import Notes, Track
from keras_musicgan.utils.checks import check_memory, check_positive_int, check_seed

MAJOR = np.array([0, 2, 4, 5, 7, 9, 11])
MINOR = np.array([0, 2, 3, 5, 7, 8, 10])
# Chord degrees a bar of an eight-bar tune: half cadence (V) in bar 4, full cadence (V I) at the end.
PROGRESSIONS = np.array(
    [
        [0, 3, 0, 4, 0, 3, 4, 0],
        [0, 5, 3, 4, 0, 5, 4, 0],
        [0, 4, 5, 4, 3, 0, 4, 0],
        [0, 0, 3, 4, 5, 3, 4, 0],
        [0, 3, 5, 4, 0, 1, 4, 0],
    ]
)
RHYTHMS = [  # note lengths in beats, four together
    [1, 1, 1, 1],
    [1, 1, 0.5, 0.5, 1],
    [0.5, 0.5, 1, 1, 1],
    [1, 0.5, 0.5, 0.5, 0.5, 1],
    [0.5, 0.5, 0.5, 0.5, 1, 1],
    [1.5, 0.5, 1, 1],
    [0.5] * 8,
]
CADENCE_RHYTHM = [1, 1, 2]


def compose(n: int, seed: int = 0, bars: int = 32) -> list[Notes]:
    """Composes tunes in four-four time with a melody and chords.

    Each tune has a key and eight-bar periods of two phrases with the same rhythm, a half cadence in the middle and a
    full cadence at the end; strong beats have chord tones, weak beats step through the scale. Every second period
    repeats the one before.

    Args:
        n: Number of tunes.
        seed: Seed; tune `k` of a seed does not depend on `n`.
        bars: Length of a tune, rounded up to whole periods of eight bars.

    Returns:
        List of `n` `Notes`.

    Raises:
        ValueError: If a number is not positive.

    Example:
        >>> tune = compose(1, seed=3, bars=8)[0]
        >>> tune.length, [track.name for track in tune.tracks]
        (32.0, ['melody', 'chords'])
    """
    check_positive_int("n", n)
    check_positive_int("bars", bars)
    check_seed("seed", seed)
    check_memory(f"{n} tunes of {bars} bars", 100.0 * n * bars, "Compose fewer.")
    return [_tune(np.random.default_rng((seed, index)), -(-bars // 8)) for index in range(n)]


def melodies(
    n: int,
    model: keras.Model | DataSpec,
    seed: int = 0,
    held_out: float = 0.1,
    transpose: int = 0,
    batch_size: int | None = None,
    tonic: str | None = None,
) -> Clips:
    """Synthetic tunes as a dataset for a model.

    Args:
        n: Number of tunes.
        model: `MusicGAN` of the notes domain, or a `DataSpec`.
        seed: Seed of the tunes, the split, the order and the transposition.
        held_out: Share of the tunes, in [0, 1), kept away from training.
        transpose: Largest random transposition in semitones.
        batch_size: Clips in a batch; that of the model's recipe if not given.
        tonic: Tonic of the major key, such as `"C"`, to which all pieces are moved, or to its relative minor; `"none"`
            for the keys in which they are. If not given, that of the model's recipe, unless the pieces are transposed
            or the model is conditioned on `key`.

    Returns:
        `Clips` to give to `fit`.
    """
    check_notes(model)
    pieces = {f"tune {index:05d}": tune for index, tune in enumerate(compose(n, seed))}
    return dataset_from_pieces(
        pieces,
        model,
        held_out=held_out,
        transpose=transpose,
        tonic=tonic,
        batch_size=batch_size,
        seed=seed,
        skipped={},
        source=f"{n} synthetic tunes",
    )


def _tune(rng, n_periods):
    scale = MAJOR if rng.random() < 0.7 else MINOR
    key = int(rng.integers(-5, 7))
    rows = []
    for period in range(n_periods):
        if period % 2 == 0:
            written = _period(rng, scale)
        rows += [(start + 32.0 * period, *rest) for start, *rest in written]
    start, duration, pitch, velocity, track = (np.array(column) for column in zip(*rows, strict=True))
    return Notes(
        start,
        duration,
        pitch.astype(int) + key,
        velocity.astype(int),
        track.astype(int),
        tempo=float(rng.integers(96, 133)),
        tracks=(Track("melody", 73), Track("chords", 0)),
    )


def _period(rng, scale):
    """Eight bars as rows of (start, duration, pitch, velocity, track), in the key of C."""
    progression = PROGRESSIONS[rng.integers(len(PROGRESSIONS))]
    phrase = [RHYTHMS[index] for index in rng.integers(len(RHYTHMS), size=3)]
    rhythms = [*phrase, CADENCE_RHYTHM] * 2
    rows = []
    degree = int(rng.integers(0, 5))  # steps of the scale above middle C
    for bar, (root, rhythm) in enumerate(zip(progression, rhythms, strict=True)):
        chord = {(root + third) % 7 for third in (0, 2, 4)}
        beat = 0.0
        for position, length in enumerate(rhythm):
            ends_phrase = bar % 4 == 3 and position == len(rhythm) - 1
            degree = _next_degree(rng, degree, chord, root, strong=beat % 2 == 0, ends_phrase=ends_phrase)
            velocity = 100 if beat == 0 else 84
            rows.append((4.0 * bar + beat, length, 72 + _pitch(scale, degree), velocity, 0))
            beat += length
        for third in (0, 2, 4):
            rows.append((4.0 * bar, 4.0, 48 + _pitch(scale, root + third) % 12, 64, 1))
    return rows


def _next_degree(rng, degree, chord, root, strong, ends_phrase):
    """A small step from the last degree: to a chord tone on a strong beat, to the chord's root at a phrase's end."""
    candidates = np.arange(max(degree - 4, -3), min(degree + 4, 9) + 1)
    if ends_phrase:
        candidates = candidates[candidates % 7 == root % 7]
        if not len(candidates):
            return root % 7
    elif strong:
        candidates = candidates[[int(candidate) % 7 in chord for candidate in candidates]]
    distance = np.abs(candidates - degree)
    weight = np.exp(-0.9 * distance) * np.where(distance == 0, 0.35, 1.0)
    return int(rng.choice(candidates, p=weight / weight.sum()))


def _pitch(scale, degree):
    """A degree's distance from the tonic in semitones, in any octave."""
    return int(scale[degree % 7] + 12 * (degree // 7))
