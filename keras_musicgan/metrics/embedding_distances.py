"""Distances between all embeddings of two sets, in blocks of bounded memory."""

from collections.abc import Iterator

import numpy as np

BLOCK_NUMBERS = 2**22  # in a block at most: 32 MiB
HISTOGRAM_BINS = 4096
ROUNDING = 1e-14  # relative error of the sums whose difference is a squared distance


def rows_at_a_time(n_columns: int) -> int:
    """Rows of `n_columns` numbers that fit into a block, at least 1."""
    return max(BLOCK_NUMBERS // n_columns, 1)


def squared_distance_blocks(a: np.ndarray, b: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """Squared Euclidean distances of float64 `[n, dims]` to `[m, dims]`, a block of rows at a time.

    They come from products, whose error is about 1e-15 of the items' squared distance from the mean; distances within
    that error are 0.

    Yields:
        The index of the first row, and `[rows, m]`.
    """
    centre = b.mean(axis=0)  # far from the origin the products would cancel each other
    a, b = a - centre, b - centre
    squares_a, squares_b = (np.einsum("nd,nd->n", part, part) for part in (a, b))
    step = rows_at_a_time(len(b))
    for first in range(0, len(a), step):
        sums = squares_a[first : first + step, None] + squares_b
        block = sums - 2.0 * (a[first : first + step] @ b.T)
        block[block < ROUNDING * sums] = 0.0
        yield first, block


def without_self(first: int, block: np.ndarray) -> np.ndarray:
    """A block of distances within a set, each item infinitely far from itself; changed in place."""
    rows = np.arange(len(block))
    block[rows, first + rows] = np.inf
    return block


def nearest(a: np.ndarray, b: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Distance and index of the nearest of `b` `[m, dims]` to each of `a` `[n, dims]`; without `b`, of the rest of `a`.

    The distance of a copy is exactly 0.
    """
    blocks = squared_distance_blocks(a, a if b is None else b)
    if b is None:
        blocks = ((first, without_self(first, block)) for first, block in blocks)
    indices = np.concatenate([block.argmin(axis=1) for _, block in blocks])
    return np.linalg.norm(a - (a if b is None else b)[indices], axis=1), indices


def median_distance(embeddings: np.ndarray) -> float:
    """Median Euclidean distance of two embeddings of float64 `[n, dims]`, not all equal, in bounded memory."""
    counted = len(embeddings) * (len(embeddings) - 1)  # every pair twice, which does not move the median
    ranks = np.array([counted // 2 - 1, counted // 2])

    def blocks():
        for first, block in squared_distance_blocks(embeddings, embeddings):
            yield without_self(first, block)

    # A histogram locates the median; only distances in its bins are then held at once.
    furthest = np.linalg.norm(embeddings - embeddings.mean(axis=0), axis=1).max()
    top = (2.1 * furthest) ** 2
    below = np.cumsum(sum(np.histogram(block, HISTOGRAM_BINS, (0.0, top))[0] for block in blocks()))
    first_bin, last_bin = np.searchsorted(below, ranks, side="right")
    edges = np.linspace(0.0, top, HISTOGRAM_BINS + 1)
    low, high = edges[first_bin], edges[last_bin + 1]
    near = np.sort(np.concatenate([block[(block >= low) & (block < high)] for block in blocks()]))
    n_before = below[first_bin - 1] if first_bin else 0
    return float(np.sqrt(near[ranks - n_before]).mean())
