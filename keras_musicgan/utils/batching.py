"""Batches of one size, so that functions that are compiled for each size are compiled once."""

from collections.abc import Callable, Iterator

import numpy as np

from keras_musicgan.utils.checks import check_positive_int


def batches(n: int, batch_size: int = 32) -> Iterator[tuple[np.ndarray, int]]:
    """Indices of `n` items in batches of one size; the last batch is filled up with repetitions of itself.

    Args:
        n: Number of items, at least 1.
        batch_size: Size of a batch, where there are so many items; a positive integer.

    Yields:
        The indices, and how many of them are new.

    Example:
        >>> [(indices.tolist(), n_new) for indices, n_new in batches(5, 3)]
        [([0, 1, 2], 3), ([3, 4, 3], 2)]
    """
    check_positive_int("batch_size", batch_size)
    size = min(batch_size, n)
    for first in range(0, n, size):
        indices = np.arange(first, min(first + size, n))
        yield np.resize(indices, size), len(indices)


def in_batches(function: Callable, inputs: np.ndarray, batch_size: int = 32) -> np.ndarray:
    """The outputs `[n, ...]` of a function for inputs `[n, ...]`, in `batches`."""
    return np.concatenate([function(inputs[rows])[:n_new] for rows, n_new in batches(len(inputs), batch_size)])
