import itertools

import numpy as np
import pytest

from keras_musicgan import metrics
from tests.support.embeddings import distances, normal


def naive_kernel_distance(a, b, kernel):
    """Over clips `[n, patches, dims]`, pair by pair."""

    def mean_kernel(x, y):
        return np.mean([kernel(p, q) for p, q in itertools.product(x, y)])

    within = [np.mean([mean_kernel(x, y) for x, y in itertools.permutations(part, 2)]) for part in (a, b)]
    return sum(within) - 2 * np.mean([mean_kernel(x, y) for x, y in itertools.product(a, b)])


@pytest.mark.parametrize(("patches_a", "patches_b"), [(1, 1), (3, 2)])
@pytest.mark.parametrize("kernel", ["gaussian", "polynomial"])
def test_kernel_distance_is_that_of_all_pairs(small_blocks, kernel, patches_a, patches_b):
    a = normal(9 * patches_a, 5, 1, mean=0.4).reshape(9, patches_a, 5)
    b = normal(12 * patches_b, 5, 2).reshape(12, patches_b, 5)
    rows = b.reshape(-1, 5)
    width = np.median(distances(rows, rows)[np.triu_indices(len(rows), k=1)])
    kernels = {
        "gaussian": lambda x, y: np.exp(-((x - y) ** 2).sum() / (2 * width**2)),
        "polynomial": lambda x, y: (x @ y / 5 + 1) ** 3,
    }
    expected = naive_kernel_distance(a, b, kernels[kernel])
    sets = (a[:, 0], b[:, 0]) if patches_a == 1 else (a, b)
    assert metrics.kernel_distance(*sets, kernel) == pytest.approx(expected, rel=1e-9)
    assert metrics.kernel_matrices(*sets, kernel).distance() == pytest.approx(expected, rel=1e-9)


def test_kernel_distance_of_shifted_gaussians_in_closed_form():
    """The mean kernel of two normal variables of variance 1 each is known; so is that of their shifted copies."""
    dims, width, shift = 3, 1.7, 0.8
    a, b = normal(1500, dims, 1, mean=shift), normal(1500, dims, 2)
    same = (width**2 / (width**2 + 2)) ** (dims / 2)
    expected = 2 * same * (1 - np.exp(-dims * shift**2 / (2 * (width**2 + 2))))
    assert metrics.kernel_distance(a, b, bandwidth=width) == pytest.approx(expected, rel=0.1)


def test_kernel_distance_has_no_bias_for_few_clips():
    values = np.array(
        [metrics.kernel_distance(normal(5, 8, s), normal(6, 8, 1000 + s), bandwidth=4) for s in range(400)]
    )
    assert values.min() < 0 and abs(values.mean()) < 3 * values.std() / np.sqrt(len(values))


def test_kernel_distance_grows_with_the_share_of_one_mode():
    reference, generated = normal(300, 6, 1), normal(300, 6, 2)
    values = []
    for n_equal in (0, 75, 150, 300):
        collapsed = generated.copy()
        collapsed[:n_equal] = generated[0]
        values.append(metrics.kernel_distance(collapsed, reference))
    assert abs(values[0]) < 0.01 and (np.diff(values) > 0.01).all()


def test_resampled_kernel_distance_is_that_of_the_drawn_clips_without_pairs_of_copies():
    a, b = normal(8, 3, 1), normal(10, 3, 2, mean=1)
    matrices = metrics.kernel_matrices(a, b, bandwidth=2.0)
    drawn_a, drawn_b = np.array([0, 0, 0, 3, 5, 5]), np.array([9, 1, 1, 2])

    def mean_within(items, drawn):
        pairs = [(i, j) for i, j in itertools.product(drawn, drawn) if i != j]
        return np.mean([np.exp(-((items[i] - items[j]) ** 2).sum() / 8) for i, j in pairs])

    between = np.mean([np.exp(-((a[i] - b[j]) ** 2).sum() / 8) for i, j in itertools.product(drawn_a, drawn_b)])
    expected = mean_within(a, drawn_a) + mean_within(b, drawn_b) - 2 * between
    got = matrices.distance(np.bincount(drawn_a, minlength=8), np.bincount(drawn_b, minlength=10))
    assert got == pytest.approx(expected, rel=1e-9)


def test_bootstrap_of_the_kernel_distance_is_centred_and_as_wide_as_new_samples():
    def resamples(matrices, rng):
        counts = [rng.multinomial(n, np.full(n, 1 / n), 200) for n in (150, 150)]
        return np.array([matrices.distance(*pair) for pair in zip(*counts, strict=True)])

    new = [metrics.kernel_distance(normal(150, 4, s, 0.3), normal(150, 4, 500 + s), bandwidth=3) for s in range(60)]
    matrices = metrics.kernel_matrices(normal(150, 4, 1, 0.3), normal(150, 4, 501), bandwidth=3)
    drawn = resamples(matrices, np.random.default_rng(0))
    assert drawn.mean() == pytest.approx(matrices.distance(), abs=3 * drawn.std() / np.sqrt(200))
    assert 0.7 < drawn.std() / np.std(new) < 1.4


def test_kernel_bandwidth_is_the_median_distance(small_blocks):
    for n in (2, 3, 4, 17, 40):
        rows = normal(n, 3, n)
        expected = np.median(distances(rows, rows)[np.triu_indices(n, k=1)])
        assert metrics.kernel_bandwidth(rows) == pytest.approx(expected, rel=1e-12)
    steps = np.repeat(np.arange(6.0), 5)[:, None]  # ties
    expected = np.median(distances(steps, steps)[np.triu_indices(30, k=1)])
    assert metrics.kernel_bandwidth(steps) == pytest.approx(expected)
    patches = normal(24, 3, 1)
    assert metrics.kernel_bandwidth(patches.reshape(6, 4, 3)) == metrics.kernel_bandwidth(patches)


def test_kernel_distance_names_wrong_options():
    good = normal(20)
    with pytest.raises(ValueError, match="Did you mean 'gaussian'.*kernel='gausian'"):
        metrics.kernel_distance(good, good, "gausian")
    for bandwidth in (0, -1.0, np.nan):
        with pytest.raises(ValueError, match="`bandwidth` must be a number above 0"):
            metrics.kernel_distance(good, good, bandwidth=bandwidth)
    with pytest.raises(ValueError, match="no bandwidth. Received: bandwidth=2"):
        metrics.kernel_distance(good, good, "polynomial", bandwidth=2)
    mostly_equal = np.concatenate([np.full((18, 4), 5.3), good[:2]])
    with pytest.raises(ValueError, match="median distance of 0"):
        metrics.kernel_distance(good, mostly_equal)
    matrices = metrics.kernel_matrices(good, good[:9])
    for weights, words in ((np.ones(19), "20 finite"), (-np.ones(20), "-1 to -1"), (np.eye(20)[0], "2 or more above")):
        with pytest.raises(ValueError, match=f"`weights_generated` must.*{words}"):
            matrices.distance(weights)
    with pytest.raises(ValueError, match="`weights_reference` must be 9 finite"):
        matrices.distance(None, np.full(9, np.nan))
