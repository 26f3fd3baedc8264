"""Number of statistically different bins: regions of the reference set that are generated too often or too rarely."""

from dataclasses import dataclass

import numpy as np

from keras_musicgan.metrics.embedding_checks import check_embedding_sets, check_enough
from keras_musicgan.utils.checks import check_number, check_positive_int

ITEMS_PER_BIN = 20  # of the smaller set, by default
MIN_ITEMS_PER_BIN = 10  # fewer are too few for a test of proportions
MAX_BINS = 100  # by default, as in the paper


@dataclass(frozen=True)
class DifferentBins:
    """The result of `ndb`.

    Attributes:
        count: Number of bins whose shares of the two sets differ significantly.
        share: `count` over the number of bins, in [0, 1]; at most about the significance for samples of one
            distribution, less because the cells are fitted to the reference set.
        jensen_shannon: Divergence of the two histograms in bits, in [0, 1]: 0 if equal, 1 if no bin is shared; above
            0 for finite samples of one distribution.
        reference_shares: float64 `[bins]`, share of the reference set in each bin, the largest first.
        generated_shares: float64 `[bins]`, share of the generated set in each bin.
    """

    count: int
    share: float
    jensen_shannon: float
    reference_shares: np.ndarray
    generated_shares: np.ndarray


def ndb(
    generated: np.ndarray,
    reference: np.ndarray,
    bins: int | None = None,
    significance: float = 0.05,
    seed: int = 0,
) -> DifferentBins:
    """Number of statistically different bins: cells whose shares of the reference and the generated set differ.

    The bins are the cells of k-means on the reference set: every item falls into the bin of its nearest centre. A
    two-sided test of two proportions with pooled variance compares the shares of both sets in each bin. A generator
    that misses modes leaves bins too empty and others too full.

    Larger sets reveal smaller differences: compare only values of equally many items and bins.

    Args:
        generated: `[n, dims]`, at least 10 for each bin.
        reference: `[m, dims]`, at least 10 for each bin, and at least as many different ones as bins.
        bins: Number of cells, at least 2; `None` for a twentieth of the smaller set, at most 100.
        significance: Probability, in (0, 1), that a bin of equal probability counts as different.
        seed: Of k-means. The order of the items does not matter.

    Returns:
        `DifferentBins`.

    Raises:
        ValueError: If an array has another shape, NaN or infinity or too few embeddings, or the dimensions differ, or
            if there are fewer different reference embeddings than bins.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> modes = np.array([[0, 0], [10, 0], [0, 10], [10, 10]])
        >>> reference = modes[rng.integers(0, 4, 400)] + rng.standard_normal((400, 2))
        >>> collapsed = modes[rng.integers(0, 2, 400)] + rng.standard_normal((400, 2))
        >>> ndb(collapsed, reference, bins=4).count
        4

    Reference: On GANs and GMMs (Richardson and Weiss, 2018).
    """
    generated, reference = check_embedding_sets(generated=generated, reference=reference)
    check_number("significance", significance, above=0, below=1)
    if bins is None:
        bins = max(min(len(generated), len(reference), ITEMS_PER_BIN * MAX_BINS) // ITEMS_PER_BIN, 2)
    check_positive_int("bins", bins)
    if bins < 2:
        raise ValueError(f"`bins` must be at least 2, for shares to differ. Received: bins={bins}")
    reason = f"{MIN_ITEMS_PER_BIN} for each of {bins} bins"
    for name, embeddings in (("generated", generated), ("reference", reference)):
        check_enough(
            name, len(embeddings), MIN_ITEMS_PER_BIN * bins, reason, "Take more clips, or fewer bins down to 2."
        )
    cells = _cells(reference, bins, seed)
    counts = np.stack([np.bincount(cells.predict(items), minlength=bins) for items in (reference, generated)])
    counts = counts[:, np.argsort(-counts[0], kind="stable")]
    totals = counts.sum(axis=1, keepdims=True)
    shares = counts / totals
    count = int((_p_values(counts, totals) < significance).sum())
    return DifferentBins(count, count / bins, _jensen_shannon(*shares), *shares)


def _cells(reference, bins, seed):
    """K-means with `bins` cells, fitted."""
    from sklearn.cluster import KMeans

    values, counts = np.unique(reference, axis=0, return_counts=True)  # sorted, so that the order does not matter
    if len(values) < bins:
        raise ValueError(
            f"`reference` must hold at least {bins} different embeddings, one for each bin. Received: {len(values)}. "
            "Check that the clips differ and that the embedding responds to the difference."
        )
    return KMeans(bins, n_init=4, random_state=seed).fit(values, sample_weight=counts)


def _p_values(counts, totals):
    """Two-sided p-values `[bins]` of two equal proportions, by a normal test with pooled variance."""
    from scipy.special import erfc

    pooled = counts.sum(axis=0) / totals.sum()
    deviations = np.sqrt(pooled * (1.0 - pooled) * (1.0 / totals).sum())
    difference = np.abs(counts[0] / totals[0] - counts[1] / totals[1])
    return erfc(difference / np.maximum(deviations, np.finfo("float64").tiny) / np.sqrt(2.0))


def _jensen_shannon(p, q):
    middle = (p + q) / 2.0
    halves = [
        (part * np.log2(np.where(part > 0, part, 1.0) / np.where(middle > 0, middle, 1.0))).sum() for part in (p, q)
    ]
    return float(min(max(sum(halves) / 2.0, 0.0), 1.0))
