"""Memorization: generated items that are copies or variations of training items."""

import math
from dataclasses import dataclass

import numpy as np

from keras_musicgan.metrics.embedding_checks import check_embedding_sets, check_enough
from keras_musicgan.metrics.embedding_distances import nearest
from keras_musicgan.utils.checks import check_number


@dataclass(frozen=True)
class Copies:
    """The result of `find_copies`.

    Attributes:
        share: Share of generated items that are copies, in [0, 1].
        threshold: Distance below which an item is a copy, in the unit of the embeddings.
        is_copy: bool `[n]`.
        distances: float64 `[n]`, distance of each generated item to the nearest training item.
        nearest: int `[n]`, index of that training item.
    """

    share: float
    threshold: float
    is_copy: np.ndarray
    distances: np.ndarray
    nearest: np.ndarray


def find_copies(generated: np.ndarray, training: np.ndarray, held_out: np.ndarray, quantile: float = 0.01) -> Copies:
    """Finds generated items that are nearer to a training item than nearly all held-out items are.

    Held-out items show how near new items of the same kind come by chance. A generator that has learned the
    distribution without memorizing items has a share of copies of about `quantile`; a larger share is memorized. An
    item that equals a training item is always a copy.

    Args:
        generated: `[n, dims]`.
        training: `[m, dims]`.
        held_out: `[l, dims]`, real items that are not in `training`, at least 1 / `quantile`.
        quantile: Share of held-out items that lie within the threshold, in (0, 0.5].

    Returns:
        `Copies`.

    Raises:
        ValueError: If an array has another shape, NaN or infinity, the dimensions differ, or `held_out` has too few
            embeddings for the quantile.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> training, held_out, generated = (rng.standard_normal((100, 8)) for _ in range(3))
        >>> generated[[3, 50]] = training[[7, 9]]
        >>> copies = find_copies(generated, training, held_out)
        >>> np.flatnonzero(copies.distances == 0).tolist(), copies.nearest[[3, 50]].tolist(), copies.share
        ([3, 50], [7, 9], 0.04)
    """
    check_number("quantile", quantile, above=0)
    if quantile > 0.5:
        raise ValueError(f"`quantile` must be at most 0.5, a small share. Received: quantile={quantile!r}")
    generated, training, held_out = check_embedding_sets(generated=generated, training=training, held_out=held_out)
    minimum = math.ceil(1.0 / quantile - 1e-9)
    remedy = "Hold out more clips, or take a higher `quantile`."
    check_enough("held_out", len(held_out), minimum, f"one for a quantile of {quantile:g}", remedy)
    threshold = float(np.quantile(nearest(held_out, training)[0], quantile, method="inverted_cdf"))
    distances, indices = nearest(generated, training)
    is_copy = (distances < threshold) | (distances == 0.0)
    return Copies(float(is_copy.mean()), threshold, is_copy, distances, indices)


def authenticity(generated: np.ndarray, training: np.ndarray) -> float:
    """Share of generated items that are authentic: farther from the nearest training item than that is from its own.

    Copies and variations of a training item are nearer to it than any other training item. No held-out items are
    needed; compare with the value of real items that are not in `training`, about 0.5 in few dimensions.

    Args:
        generated: `[n, dims]`.
        training: `[m, dims]`, m at least 2.

    Returns:
        A share in [0, 1]; the lower, the more is memorized.

    Raises:
        ValueError: If an array has another shape, NaN or infinity, the dimensions differ, or `training` has fewer than
            two embeddings.

    Example:
        >>> authenticity([[0.1], [5.0]], [[0.0], [1.0], [2.0]])
        0.5

    Reference: How faithful is your synthetic data? Sample-level metrics for evaluating and auditing generative models
    (Alaa et al., 2022).
    """
    return float(is_authentic(generated, training).mean())


def is_authentic(generated: np.ndarray, training: np.ndarray) -> np.ndarray:
    """Which generated items are authentic, as for `authenticity`: bool `[n]`."""
    generated, training = check_embedding_sets(generated=generated, training=training)
    check_enough("training", len(training), 2, "for a neighbour", "Take more clips.")
    distances, indices = nearest(generated, training)
    return distances > nearest(training)[0][indices]
