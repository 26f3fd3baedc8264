"""Inception score and class entropy, from a classifier's probabilities."""

import numpy as np


def inception_score(probabilities: np.ndarray) -> float:
    """Inception score: how confidently clips are classified, and how evenly they spread over the classes.

    It is exp(mean KL divergence of a clip's probabilities from their mean): 1 where all clips have the same
    probabilities, the number of classes where each clip has one certain class and classes are equally frequent. Small
    sets score too low.

    Args:
        probabilities: `[n, classes]`, rows that sum to 1, n at least the number of classes.

    Returns:
        A score in [1, classes].

    Raises:
        ValueError: If the array has another shape, rows that are no probabilities, or fewer clips than classes.

    Example:
        >>> round(inception_score([[1, 0], [0, 1]]), 3), round(inception_score([[0.5, 0.5], [0.5, 0.5]]), 3)
        (2.0, 1.0)

    Reference: Improved techniques for training GANs (Salimans et al., 2016).
    """
    probabilities = _checked(probabilities)
    n_classes = probabilities.shape[1]
    bits = _entropy_bits(probabilities.mean(axis=0)) - _entropy_bits(probabilities).mean()
    return float(np.clip(2.0**bits, 1.0, n_classes))  # rounding may fall outside


def class_entropy(probabilities: np.ndarray) -> float:
    """Entropy in bits of the mean of a classifier's probabilities: how evenly clips spread over the classes.

    For labels, give one-hot rows.

    Args:
        probabilities: `[n, classes]`, rows that sum to 1, n at least the number of classes.

    Returns:
        Bits in [0, log₂ classes]: 0 where all clips are of one class.

    Raises:
        ValueError: As `inception_score` does.

    Example:
        >>> class_entropy([[1, 0], [0, 1]]), class_entropy([[1, 0], [1, 0]])
        (1.0, 0.0)
    """
    probabilities = _checked(probabilities)
    bits = _entropy_bits(probabilities.mean(axis=0))
    return float(np.clip(bits, 0.0, np.log2(probabilities.shape[1]))) + 0.0  # never −0


def _checked(probabilities):
    """The probabilities as float64 whose rows sum to 1."""
    probabilities = np.asarray(probabilities)
    if probabilities.ndim != 2 or not len(probabilities) or probabilities.shape[1] < 2:
        raise ValueError(
            "`probabilities` must have the shape [n, classes] with at least two classes. Received: "
            f"shape {probabilities.shape}"
        )
    if probabilities.dtype.kind not in "fiu" or not (
        (probabilities >= 0).all() and np.allclose(probabilities.sum(axis=1, dtype="float64"), 1.0, atol=1e-2)
    ):
        raise ValueError(
            "`probabilities` must be at least 0 and sum to 1 for each clip. Received: other rows. A softmax turns "
            "logits into probabilities."
        )
    n, n_classes = probabilities.shape
    if n < n_classes:
        raise ValueError(
            f"`probabilities` must have at least {n_classes} clips, one for each class. Received: {n}. Take more clips."
        )
    probabilities = probabilities.astype("float64")
    return probabilities / probabilities.sum(axis=1, keepdims=True)


def _entropy_bits(probabilities):
    return -(probabilities * np.log2(np.where(probabilities > 0, probabilities, 1.0))).sum(axis=-1)
