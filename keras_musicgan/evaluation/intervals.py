"""Confidence intervals by half-samples.

Every resample draws half of the pieces of both sets, each at most once. The spread of a mean over such halves is that
of the mean over all pieces, and no piece is its own nearest neighbour or paired with itself, as in a bootstrap with
repetition, which would bias distances and neighbourhoods. Measures that depend on the number of pieces, as Fréchet
distances do, are larger in all halves; only deviations from the mean over the halves are therefore used.

Reference: Bootstrap methods: another look at the jackknife (Efron, 1979); Subsampling (Politis, Romano and Wolf, 1999).
"""

from collections.abc import Callable, Iterator

import numpy as np

CONFIDENCE = 0.95


def half_samples(
    n_candidates: int, n_references: int, resamples: int, seed: int = 0
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Sorted indices of half the pieces of each of two sets; those of one do not depend on the size of the other.

    Raises:
        ValueError: If a set has fewer than 4 pieces.

    Example:
        >>> [(len(half), len(other)) for half, other in half_samples(10, 7, 2)]
        [(5, 3), (5, 3)]
    """
    for name, n in (("candidates", n_candidates), ("references", n_references)):
        if n < 4:
            raise ValueError(f"Half of the {name} must be at least 2 pieces, for an interval. Received: {n} in all")
    for number in range(resamples):
        yield _half(n_candidates, (seed, number, 0)), _half(n_references, (seed, number, 1))


def deviations(
    measure: Callable[[np.ndarray, np.ndarray], float],
    n_candidates: int,
    n_references: int,
    resamples: int = 200,
    seed: int = 0,
) -> np.ndarray:
    """Deviations of a measure of half-samples from its mean over them, float64 `[resamples]`.

    Args:
        measure: Function of the indices of the drawn candidates and references.
        n_candidates: Number of candidates.
        n_references: Number of references.
        resamples: Number of half-samples.
        seed: Seed. With the same seed and references, two sets of candidates are measured against the same halves.

    Example:
        >>> values = np.random.default_rng(0).normal(0, 1, 400)
        >>> spread = deviations(lambda some, _: values[some].mean(), 400, 400).std()
        >>> bool(abs(spread / (values.std() / 20) - 1) < 0.1)  # the standard error of the mean
        True
    """
    halves = half_samples(n_candidates, n_references, resamples, seed)
    values = np.array([measure(some, others) for some, others in halves], "float64")
    return values - values.mean()


def interval(value: float, spread: np.ndarray, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The interval that deviations `[resamples]` span with this confidence around a value, which lies in it.

    Example:
        >>> interval(5.0, np.linspace(-1, 1, 201))
        (4.05, 5.95)
    """
    low, high = np.quantile(spread, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(value + min(low, 0.0)), float(value + max(high, 0.0))


def _half(n, seed):
    return np.sort(np.random.default_rng(seed).permutation(n)[: n // 2])
