"""Has a generator learned, or does it play back what it was trained on?"""

import math
from dataclasses import dataclass

import numpy as np

from keras_musicgan.metrics.embedding_checks import check_embedding_sets, check_enough
from keras_musicgan.metrics.embedding_distances import nearest
from keras_musicgan.utils.checks import check_number


@dataclass(frozen=True)
class Copies:
    """What `find_copies` found.

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
    """Finds generated items that are nearer to a training item than nearly all held-out items are to one.

    Held-out items show how near new ones of the same kind come by chance. A generator that has learned the distribution
    without remembering items has about `quantile` of copies; one that plays back more has more. An item that equals a
    training item is always a copy.

    Args:
        generated: `[n, dims]`.
        training: `[m, dims]`.
        held_out: `[l, dims]`, real items that are not in `training`, at least 1 / `quantile`.
        quantile: Share of held-out items that may be as near as a copy is, in (0, 0.5].

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
    least = math.ceil(1.0 / quantile - 1e-9)
    remedy = "Hold out more clips, or take a higher `quantile`."
    check_enough("held_out", len(held_out), least, f"one for a quantile of {quantile:g}", remedy)
    threshold = float(np.quantile(nearest(held_out, training)[0], quantile, method="inverted_cdf"))
    distances, indices = nearest(generated, training)
    is_copy = (distances < threshold) | (distances == 0.0)
    return Copies(float(is_copy.mean()), threshold, is_copy, distances, indices)


def copy_share(generated: np.ndarray, training: np.ndarray, held_out: np.ndarray, quantile: float = 0.01) -> float:
    """Share of generated items that are nearer to a training item than nearly all held-out items are to one.

    Args:
        generated: `[n, dims]`.
        training: `[m, dims]`.
        held_out: `[l, dims]`, real items that are not in `training`, at least 1 / `quantile`.
        quantile: Share of held-out items that may be as near as a copy is; a generator without copies has about that.

    Returns:
        A share in [0, 1].

    Raises:
        ValueError: As `find_copies` does.
    """
    return find_copies(generated, training, held_out, quantile).share


def authenticity(generated: np.ndarray, training: np.ndarray) -> float:
    """Share of generated items that are farther from the nearest training item than its own nearest neighbour is.

    Copies, and variations of one training item, are nearer to it than any other training item. It takes no held-out
    items; compare with the value of real items that are not in `training`, which is near 0.5 in few dimensions.

    Args:
        generated: `[n, dims]`.
        training: `[m, dims]`, m at least 2.

    Returns:
        A share in [0, 1]; the lower, the more is remembered.

    Raises:
        ValueError: If an array has another shape, NaN or infinity, the dimensions differ, or `training` has fewer than
            two embeddings.

    Example:
        >>> authenticity([[0.1], [5.0]], [[0.0], [1.0], [2.0]])
        0.5

    Reference: How faithful is your synthetic data? Sample-level metrics for evaluating and auditing generative models
    (Alaa et al., 2022).
    """
    generated, training = check_embedding_sets(generated=generated, training=training)
    check_enough("training", len(training), 2, "for a neighbour", "Take more clips.")
    distances, indices = nearest(generated, training)
    return float((distances > nearest(training)[0][indices]).mean())
