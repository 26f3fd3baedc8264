import numpy as np
import pytest

from keras_musicgan import metrics
from tests.support.embeddings import normal


def modes_of(counts, seed):
    """`counts` items of distant modes."""
    centres = 100.0 * np.arange(len(counts))[:, None] * np.ones(2)
    return np.repeat(centres, counts, axis=0) + normal(sum(counts), 2, seed)


def test_ndb_finds_the_planted_modes():
    reference = modes_of([400, 300, 200, 100], 1)
    generated = modes_of([400, 300, 100, 200], 2)
    found = metrics.ndb(generated, reference, bins=4)
    assert (found.count, found.share) == (2, 0.5)
    np.testing.assert_allclose(found.reference_shares, [0.4, 0.3, 0.2, 0.1])
    np.testing.assert_allclose(found.generated_shares, [0.4, 0.3, 0.1, 0.2])
    p, q = found.reference_shares, found.generated_shares
    mean = (p + q) / 2
    expected = ((p * np.log2(p / mean)).sum() + (q * np.log2(q / mean)).sum()) / 2
    assert found.jensen_shannon == pytest.approx(expected)


def test_ndb_of_one_mode_and_of_equal_sets():
    reference = modes_of([100] * 4, 1)
    equal = metrics.ndb(reference, reference, bins=4)
    assert (equal.count, equal.jensen_shannon) == (0, 0.0)
    collapsed = metrics.ndb(np.tile(reference[0], (200, 1)), reference, bins=4)
    assert collapsed.count == 4
    p, q = np.full(4, 0.25), np.array([1.0, 0, 0, 0])
    mean = (p + q) / 2
    expected = (p * np.log2(p / mean)).sum() / 2 + np.log2(1 / mean[0]) / 2
    assert collapsed.jensen_shannon == pytest.approx(expected)


def test_ndb_counts_no_more_often_than_its_significance_says_by_chance():
    """400 bins of samples of one distribution; cells fitted to the reference make the test a little conservative."""
    shares = [
        metrics.ndb(normal(1000, 3, seed), normal(1000, 3, 900 + seed), bins=50, significance=0.1).share
        for seed in range(8)
    ]
    assert 0.04 < np.mean(shares) < 0.12


@pytest.mark.parametrize("counts", [(30, 60), (50, 60), (50, 50)])
def test_ndb_tests_two_proportions_as_a_chi_squared_test_does(counts):
    from scipy.stats import chi2_contingency

    expected = chi2_contingency([[count, 500 - count] for count in counts], correction=False).pvalue
    reference, generated = (modes_of([500 - count, count], seed) for seed, count in enumerate(counts))
    for significance in (expected * 1.001, expected * 0.999):
        if significance < 1:
            found = metrics.ndb(generated, reference, bins=2, significance=significance)
            assert found.count == (2 if significance > expected else 0)


def test_ndb_takes_a_twentieth_of_the_smaller_set_as_bins():
    assert len(metrics.ndb(normal(400), normal(300)).reference_shares) == 15
    assert len(metrics.ndb(normal(2100), normal(2500)).reference_shares) == 100
    with pytest.raises(ValueError, match="`reference` must hold at least 20 .*Received: 19"):
        metrics.ndb(normal(100), normal(19))
    for bins in (1, 0, 2.5):
        with pytest.raises(ValueError, match="`bins` must be.*Received: bins="):
            metrics.ndb(normal(100), normal(100), bins=bins)
    for significance in (0, 1):
        with pytest.raises(ValueError, match="`significance` must be"):
            metrics.ndb(normal(100), normal(100), significance=significance)
