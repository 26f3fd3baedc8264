"""What the probabilities of a classifier say about generated clips."""

import numpy as np


def inception_score(probabilities: np.ndarray) -> float:
    """Inception score: how sure a classifier is of each clip, and how evenly clips spread over the classes.

    It is exp(mean KL divergence of a clip's probabilities from their mean): 1 where the classifier hears the same in
    all clips or is sure of none, the number of classes where it is sure of each and the classes are equally frequent.
    That of a small set is too low.

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
    probabilities = _enough_probabilities(probabilities)
    n_classes = probabilities.shape[1]
    bits = _entropy_bits(probabilities.mean(axis=0)) - _entropy_bits(probabilities).mean()
    return float(np.clip(2.0**bits, 1.0, n_classes))  # rounding may fall outside


def class_entropy(probabilities: np.ndarray) -> float:
    """Entropy in bits of the classes that a classifier hears in a set of clips: how evenly they spread.

    It is that of the mean of the probabilities. For classes that are heard one a clip give rows of 0 and a single 1.

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
    probabilities = _enough_probabilities(probabilities)
    bits = _entropy_bits(probabilities.mean(axis=0))
    return float(np.clip(bits, 0.0, np.log2(probabilities.shape[1]))) + 0.0  # never −0


def class_accuracy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Share of clips whose most probable class is the one that was asked for.

    Args:
        probabilities: `[n, classes]`, rows that sum to 1.
        labels: Index of the class asked for, int `[n]`.

    Returns:
        A share in [0, 1].

    Raises:
        ValueError: If the probabilities have another shape or are none, or the labels are not one class for each clip.

    Example:
        >>> class_accuracy([[0.9, 0.1], [0.2, 0.8]], [0, 0])
        0.5
    """
    probabilities = _probabilities(probabilities)
    labels = np.asarray(labels)
    n, n_classes = probabilities.shape
    if labels.shape != (n,) or labels.dtype.kind not in "iu" or labels.min() < 0 or labels.max() >= n_classes:
        raise ValueError(
            f"`labels` must be {n} integers from 0 to {n_classes - 1}, one for each clip. Received: shape "
            f"{labels.shape}, dtype {labels.dtype}"
            + (f", {labels.min()} to {labels.max()}" if labels.size and labels.dtype.kind in "iu" else "")
        )
    return float((probabilities.argmax(axis=1) == labels).mean())


def _probabilities(probabilities):
    """As float64 whose rows sum to 1."""
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
            "`probabilities` must be at least 0 and sum to 1 for each clip. Received: other rows. A softmax makes "
            "probabilities of logits."
        )
    probabilities = probabilities.astype("float64")
    return probabilities / probabilities.sum(axis=1, keepdims=True)


def _enough_probabilities(probabilities):
    probabilities = _probabilities(probabilities)
    n, n_classes = probabilities.shape
    if n < n_classes:
        raise ValueError(
            f"`probabilities` must be those of at least {n_classes} clips, one for each class. Received: {n}. Take "
            "more clips."
        )
    return probabilities


def _entropy_bits(probabilities):
    return -(probabilities * np.log2(np.where(probabilities > 0, probabilities, 1.0))).sum(axis=-1)
