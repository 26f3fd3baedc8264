import numpy as np
import pytest
import scipy.linalg

from keras_musicgan import metrics


def planted(n, mean, factor, seed=0):
    """Embeddings `[n, dims]` whose mean is exactly `mean` and whose covariance is exactly factor factorᵀ."""
    sample = np.random.default_rng(seed).standard_normal((n, factor.shape[1]))
    q, _ = np.linalg.qr(sample - sample.mean(axis=0))  # columns of mean 0, orthonormal
    return mean + q * np.sqrt(n - 1) @ factor.T


def test_frechet_distance_of_planted_gaussians():
    scale_a, scale_b = np.array([1.0, 2.0, 0.5, 3.0]), np.array([2.0, 2.0, 0.1, 1.0])
    shift = np.array([0.0, 1.0, -2.0, 0.5])
    a = planted(50, np.zeros(4), np.diag(scale_a), seed=1)
    b = planted(80, shift, np.diag(scale_b), seed=2)
    expected = (shift**2).sum() + ((scale_a - scale_b) ** 2).sum()
    assert metrics.frechet_distance(a, b) == pytest.approx(expected, rel=1e-12)
    assert metrics.frechet_distance(b, a) == pytest.approx(expected, rel=1e-12)
    assert metrics.frechet_distance(a, a + 3.0) == pytest.approx(4 * 9.0, rel=1e-12)
    assert metrics.frechet_distance(a, 2.0 * a) == pytest.approx((scale_a**2).sum(), rel=1e-12)


def test_frechet_distance_is_that_of_scipy():
    rng = np.random.default_rng(3)
    a = rng.standard_normal((300, 12)) @ rng.standard_normal((12, 12)) + rng.standard_normal(12)
    b = rng.exponential(size=(200, 12)) @ rng.standard_normal((12, 12))
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = scipy.linalg.sqrtm(cov_a @ cov_b).real
    expected = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(cov_a + cov_b - 2 * root)
    assert metrics.frechet_distance(a, b) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("shape", [(2, 1), (300, 20), (129, 128)])
def test_frechet_distance_of_equal_sets_is_zero(shape):
    embeddings = 100.0 + 30.0 * np.random.default_rng(0).standard_normal(shape)
    reordered = embeddings[::-1]
    assert metrics.frechet_distance(embeddings, embeddings) == pytest.approx(0, abs=1e-9)
    assert metrics.frechet_distance(embeddings, reordered) == pytest.approx(0, abs=1e-9)
    assert metrics.frechet_distance(embeddings.astype("float32"), embeddings.astype("float32")) < 1e-9


def planted_pair(n, dims, exponent, seed=0):
    """Two sets whose covariances A and T A T do not commute, and their distance: the trace of the root is that of T A.

    The eigenvalues of A and T spread over `exponent` powers of ten.
    """
    rng = np.random.default_rng(seed)

    def positive(powers):
        axes, _ = np.linalg.qr(rng.standard_normal((dims, dims)))
        return (axes * 10.0 ** -np.linspace(0, powers, dims)) @ axes.T

    root, transport, shift = positive(exponent / 2), positive(exponent), 0.1 * rng.standard_normal(dims)
    a, b = planted(n, 0.0, root, seed + 1), planted(n, shift, (root @ transport).T, seed + 2)
    traces = (root**2).sum() + ((root @ transport) ** 2).sum() - 2 * (root * (transport @ root)).sum()
    return a, b, (shift**2).sum() + traces


@pytest.mark.parametrize("exponent", [0.5, 2, 4, 8])
@pytest.mark.parametrize("dims", [3, 40, 200])
def test_frechet_distance_in_closed_form_however_singular_the_covariances(dims, exponent):
    a, b, expected = planted_pair(2 * dims + 2, dims, exponent)
    assert metrics.frechet_distance(a, b) == pytest.approx(expected, rel=1e-7)
    assert metrics.frechet_distance(b, a) == pytest.approx(expected, rel=1e-7)
    assert metrics.frechet_distance(3 * a, 3 * b) == pytest.approx(9 * expected, rel=1e-7)
    assert metrics.frechet_distance(a[::-1], b[::-1]) == pytest.approx(expected, rel=1e-7)


def test_frechet_distance_of_small_differences_between_nearly_singular_sets():
    """Differences are measured where the roots of a product of covariances would give only noise."""
    axes, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((64, 64)))
    a = planted(500, np.zeros(64), axes * 10.0 ** -np.linspace(0, 7, 64), seed=5)
    expected = 1e-4**2 * np.trace(np.cov(a, rowvar=False))
    assert metrics.frechet_distance(a, (1 + 1e-4) * a) == pytest.approx(expected, rel=1e-6, abs=0)


def test_frechet_distance_in_a_subspace():
    """Three Gaussian dimensions, turned into a subspace of fifteen, are as far apart as before."""
    rng = np.random.default_rng(4)
    a, b = rng.standard_normal((20, 3)), 2.0 + rng.standard_normal((30, 3)) * [1, 2, 3]
    into, _ = np.linalg.qr(rng.standard_normal((15, 3)))
    assert metrics.frechet_distance(a @ into.T, b @ into.T) == pytest.approx(metrics.frechet_distance(a, b), rel=1e-9)
    collapsed = np.tile(into[:, 0], (16, 1))
    spread = planted(40, into[:, 0] + 2.0, np.eye(15))
    assert metrics.frechet_distance(collapsed, spread) == pytest.approx(15 * 4.0 + 15.0, rel=1e-9)


def test_frechet_distance_of_patches_is_that_of_their_rows():
    a, b = np.random.default_rng(0).standard_normal((2, 30, 4, 6))
    rows = metrics.frechet_distance(a.reshape(-1, 6), b.reshape(-1, 6))
    assert metrics.frechet_distance(a, b) == pytest.approx(rows, rel=1e-12)


def test_frechet_distance_names_what_is_wrong():
    good = np.random.default_rng(0).standard_normal((5, 3))
    for bad in (good[0], good[:, :0], good[None, None]):
        with pytest.raises(ValueError, match=r"`embeddings_b` must have the shape \[n, dims\].*Received: shape"):
            metrics.frechet_distance(good, bad)
    with pytest.raises(ValueError, match=r"`embeddings_b` must hold at least 4 .* Received: 3.*kernel_distance"):
        metrics.frechet_distance(good, good[:3])
    with pytest.raises(ValueError, match="embeddings_a with 3 and embeddings_b with 2"):
        metrics.frechet_distance(good, good[:, :2])
    with pytest.raises(ValueError, match="must be real numbers.*complex"):
        metrics.frechet_distance(good, good * 1j)
    with pytest.raises(ValueError, match="must differ.*equal embeddings"):
        metrics.frechet_distance(np.ones((5, 3)), np.zeros((5, 3)))
    for value in (np.nan, np.inf):
        bad = good.copy()
        bad[2, 1] = value
        with pytest.raises(ValueError, match="`embeddings_a` must be finite"):
            metrics.frechet_distance(bad, good)
