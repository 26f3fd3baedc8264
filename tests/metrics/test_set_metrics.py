"""Measures of sets of embeddings, on sets whose answers are known."""

import itertools
import sys

import numpy as np
import pytest

from benchmarks.speed import frechet as frechet_benchmark
from keras_musicgan import metrics
from keras_musicgan.metrics import embedding_distances


def normal(n, dims=4, seed=0, mean=0.0, deviation=1.0):
    return mean + deviation * np.random.default_rng(seed).standard_normal((n, dims))


def distances(a, b):
    """All Euclidean distances, one by one."""
    return np.array([[np.linalg.norm(x - y) for y in b] for x in a])


@pytest.fixture
def small_blocks(monkeypatch):
    """Blocks so small that every set takes several, the last one shorter."""
    monkeypatch.setattr(embedding_distances, "BLOCK_NUMBERS", 170)


# Every measure as a function of generated and reference embeddings.
MEASURES = {
    "frechet_distance": metrics.frechet_distance,
    "kernel_distance": metrics.kernel_distance,
    "kernel_matrices": lambda a, b: metrics.kernel_matrices(a, b).distance(),
    "density": metrics.density,
    "coverage": metrics.coverage,
    "precision": metrics.precision,
    "recall": metrics.recall,
    "ndb": lambda a, b: metrics.ndb(a, b, bins=5).jensen_shannon,
    "find_copies": lambda a, b: metrics.find_copies(a, b, b + 0.01, quantile=0.1).share,
    "authenticity": metrics.authenticity,
}
UNIT_FREE = sorted(set(MEASURES) - {"frechet_distance", "find_copies"})  # whose held-out items lie a fixed step away


@pytest.mark.parametrize("name", MEASURES)
def test_order_does_not_matter(name):
    rng = np.random.default_rng(1)
    a, b = normal(130, seed=2, deviation=0.8), normal(120, seed=3)
    shuffled = MEASURES[name](rng.permutation(a), rng.permutation(b))
    assert shuffled == pytest.approx(MEASURES[name](a, b), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", UNIT_FREE)
def test_unit_and_origin_do_not_matter(name):
    a, b = normal(130, seed=2, deviation=0.8), normal(120, seed=3)
    expected = MEASURES[name](a, b)
    for factor, origin in ((1e-6, 0.0), (1e6, 0.0), (1.0, 1e4)):
        assert MEASURES[name](factor * a + origin, factor * b + origin) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("name", [*MEASURES, "frechet_infinity"])
def test_embeddings_that_cannot_be_measured_are_named(name):
    measure = MEASURES.get(name, metrics.frechet_infinity)
    good = normal(100)
    for bad in (good[0], good[:, :0], good[None, None], good[:0]):
        with pytest.raises(ValueError, match=r"must have the shape \[n, dims\].*Received: shape"):
            measure(bad, good)
    with pytest.raises(ValueError, match="with 3 and .* with 4|with 4 and .* with 3"):
        measure(good[:, :3], good)
    with pytest.raises(ValueError, match="must be real numbers. Received: dtype <U"):
        measure(np.full((100, 4), "a"), good)
    for value in (np.nan, -np.inf):
        bad = good.copy()
        bad[7, 2] = value
        for pair in ((bad, good), (good, bad)):
            with pytest.raises(ValueError, match="must be finite numbers"):
                measure(*pair)


@pytest.mark.parametrize(
    ("measure", "least", "words"),
    [
        (metrics.frechet_infinity, 24, "`embeddings_a` must hold at least 24 .*Received: 23.*kernel_distance"),
        (metrics.kernel_distance, 2, "`generated` must hold at least 2 embeddings, for a pair"),
        (metrics.kernel_matrices, 2, "`generated` must hold at least 2 embeddings, for a pair"),
        (metrics.prdc, 6, "`generated` must hold at least 6 embeddings, more than k=5.*lower `k`"),
        (lambda a, b: metrics.ndb(a, b, bins=4), 40, "`generated` must hold at least 40 .*4 bins.*fewer bins"),
    ],
)
def test_too_few_embeddings_are_an_error(measure, least, words):
    enough = normal(100)
    measure(enough[:least], enough)
    with pytest.raises(ValueError, match=words):
        measure(enough[: least - 1], enough)


@pytest.mark.parametrize("name", ["kernel_distance", "density", "ndb", "frechet_infinity"])
def test_a_constant_reference_is_an_error_and_a_constant_generator_is_not(name):
    measure = MEASURES.get(name, metrics.frechet_infinity)
    constant, varied = np.full((100, 4), 0.3), normal(100)
    with pytest.raises(ValueError, match="different embeddings.*Received: (100 equal|1)"):
        measure(varied, constant)
    if name == "density":
        assert metrics.prdc(constant, varied).measures()["recall"] == 0
    else:
        assert measure(constant, varied) > 0.1


# FAD∞


@pytest.mark.parametrize("shift", [0.0, 0.2])
def test_frechet_infinity_is_the_closed_form_without_bias(shift):
    """Thirty samples of 200: their distances are too large on average, their limits are not."""
    reference = normal(20000, dims=16, seed=1)
    samples = [normal(200, dims=16, seed=seed, mean=shift, deviation=1.1) for seed in range(10, 40)]
    expected = 16 * (shift**2 + 0.1**2)
    assert np.mean([metrics.frechet_distance(sample, reference) for sample in samples]) > expected + 0.3
    limits = [metrics.frechet_infinity(sample, reference, repeats=1) for sample in samples]
    assert np.mean(limits) == pytest.approx(expected, abs=0.1)


def test_frechet_infinity_of_both_has_no_bias_of_the_reference():
    pairs = [(normal(240, 8, seed), normal(150, 8, 100 + seed)) for seed in range(12)]
    whole = np.array([metrics.frechet_infinity(*pair) for pair in pairs])
    both = np.array([metrics.frechet_infinity(*pair, extrapolate_b=True) for pair in pairs])
    assert whole.mean() > 0.05 and abs(both.mean()) < 0.03
    assert both.min() < 0 < both.max()


@pytest.mark.parametrize("extrapolate_b", [False, True])
def test_frechet_infinity_is_the_line_through_parts(extrapolate_b):
    """Recomputed from distances of the same parts, with numpy's line."""
    a, b = normal(50, 3, 1), normal(41, 3, 2, mean=1)
    rng = np.random.default_rng(5)
    means = [metrics.frechet_distance(a, b)]
    for n_parts in (2, 3):
        parts = []
        for _ in range(2):
            parts_a = np.array_split(a[rng.permutation(50)], n_parts)
            parts_b = np.array_split(b[rng.permutation(41)], n_parts) if extrapolate_b else [b] * n_parts
            parts += [metrics.frechet_distance(*pair) for pair in zip(parts_a, parts_b, strict=True)]
        means.append(np.mean(parts))
    got = metrics.frechet_infinity(a, b, extrapolate_b, repeats=2, seed=5)
    assert got == pytest.approx(np.polyfit([1, 2, 3], means, 1)[1], rel=1e-9)


def test_frechet_infinity_repeats_itself_and_divides_clips():
    a, b = normal(60, 12, 1).reshape(60, 4, 3), normal(100, 3, 2)
    assert metrics.frechet_infinity(a, b, seed=3) == metrics.frechet_infinity(a, b, seed=3)
    assert metrics.frechet_infinity(a, b, seed=3) != metrics.frechet_infinity(a, b, seed=4)
    # Patches that equal each other are as few clips as there are: their bias goes only if clips are divided.
    reference = normal(20000, 8, 9)
    limits = [metrics.frechet_infinity(np.repeat(normal(120, 8, s)[:, None], 4, 1), reference) for s in range(10)]
    assert abs(np.mean(limits)) < 0.03


def test_frechet_infinity_names_wrong_options():
    good = normal(100)
    with pytest.raises(ValueError, match="repeats=0"):
        metrics.frechet_infinity(good, good, repeats=0)
    with pytest.raises(ValueError, match="`embeddings_b` must hold at least 24"):
        metrics.frechet_infinity(good, good[:23], extrapolate_b=True)
    with pytest.raises(ValueError, match="`embeddings_b` must hold at least 5 embeddings, more than their 4"):
        metrics.frechet_infinity(good, good[:4])


# Kernel distance


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


# Density, coverage, precision, recall


def naive_prdc(generated, reference, k):
    def radii(items):
        return np.sort(distances(items, items), axis=1)[:, k]  # the item itself comes first

    between = distances(generated, reference)
    inside = between < radii(reference)
    return {
        "density": inside.sum() / (k * len(generated)),
        "coverage": inside.any(axis=0).mean(),
        "precision": inside.any(axis=1).mean(),
        "recall": (between < radii(generated)[:, None]).any(axis=0).mean(),
    }


@pytest.mark.parametrize("k", [1, 3, 5])
def test_prdc_is_that_of_all_pairs(small_blocks, k):
    generated, reference = normal(60, 3, 1, 0.5, 0.7), normal(45, 3, 2)
    expected = naive_prdc(generated, reference, k)
    assert metrics.prdc(generated, reference, k).measures() == pytest.approx(expected)
    for name, value in expected.items():
        assert getattr(metrics, name)(generated, reference, k) == pytest.approx(value)


@pytest.mark.parametrize("origin", [0.0, 1e4])
def test_equal_sets_are_perfect(origin):
    embeddings = normal(300, 8) + origin
    measures = metrics.prdc(embeddings, embeddings[::-1]).measures()
    assert measures == {"density": 1.0, "coverage": 1.0, "precision": 1.0, "recall": 1.0}


def test_samples_of_one_distribution_have_the_expected_measures():
    measures = metrics.prdc(normal(1500, 4, 1), normal(1500, 4, 2)).measures()
    assert measures["density"] == pytest.approx(1, abs=0.1)
    assert measures["coverage"] == pytest.approx(1 - 2.0**-5, abs=0.02)


def test_planted_modes_are_measured():
    """The generator has two of four distant modes, and one of its own."""
    modes = np.array([[0, 0], [100, 0], [0, 100], [100, 100], [300, 300]])
    reference = modes[np.arange(400) % 4] + normal(400, 2, 1)
    generated = modes[np.array([0, 1, 4])[np.arange(300) % 3]] + normal(300, 2, 2)
    measures = metrics.prdc(generated, reference).measures()
    assert measures["precision"] == pytest.approx(2 / 3, abs=0.03)
    assert measures["recall"] == pytest.approx(1 / 2, abs=0.03)
    assert 0.4 < measures["coverage"] <= 0.5
    far = metrics.prdc(generated + 1e4, reference).measures()
    assert far == {"density": 0.0, "coverage": 0.0, "precision": 0.0, "recall": 0.0}


def test_weights_count_items_as_often():
    generated, reference = normal(40, 3, 1, 0.5), normal(30, 3, 2)
    found = metrics.prdc(generated, reference)
    ones = found.measures(np.full(40, 3), np.full(30, 0.5))
    assert ones == pytest.approx(found.measures())
    drawn = np.random.default_rng(0).integers(0, 40, 40)
    weighted = found.measures(np.bincount(drawn, minlength=40))
    expected = {
        "density": found.n_balls[drawn].mean() / 5,
        "coverage": (found.n_inside > 0).mean(),
        "precision": (found.n_balls[drawn] > 0).mean(),
        "recall": found.recalled.mean(),
    }
    assert weighted == pytest.approx(expected)
    only = np.eye(30)[int(found.n_inside.argmax())]
    assert found.measures(None, only)["density"] == pytest.approx(found.n_inside.max() * 30 / (40 * 5))
    for weights in (np.ones(39), np.zeros(40), np.full(40, np.nan), -np.ones(40)):
        with pytest.raises(ValueError, match="`weights_generated` must (be 40 finite numbers|have 1 or more above 0)"):
            found.measures(weights)


# NDB


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
    """1,000 bins of samples of one distribution; cells fitted to the reference make the test a little conservative."""
    shares = [
        metrics.ndb(normal(1000, 3, seed), normal(1000, 3, 900 + seed), bins=50, significance=0.1).share
        for seed in range(20)
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


# Copies


def test_planted_copies_are_found_and_nothing_else():
    training, held_out, generated = normal(500, 16, 1), normal(200, 16, 2), normal(300, 16, 3)
    planted = np.random.default_rng(4).choice(300, 40, replace=False)
    sources = np.random.default_rng(5).choice(500, 40)
    near = np.sort(distances(held_out, training).min(axis=1))
    clean = distances(generated, training).min(axis=1) < near[1]
    generated[planted[:20]] = training[sources[:20]]
    generated[planted[20:]] = training[sources[20:]] + 0.01 * normal(20, 16, 6)
    found = metrics.find_copies(generated, training, held_out)
    expected = clean.copy()
    expected[planted] = True
    np.testing.assert_array_equal(found.is_copy, expected)
    np.testing.assert_array_equal(found.nearest[planted], sources)
    assert (found.distances[planted[:20]] == 0).all() and found.threshold == pytest.approx(near[1])
    assert found.share == expected.mean()
    assert clean.mean() < 0.03


def test_share_of_copies_of_a_good_generator_is_the_quantile():
    for quantile in (0.01, 0.1, 0.5):
        shares = [
            metrics.find_copies(normal(400, 6, s), normal(300, 6, 100 + s), normal(400, 6, 200 + s), quantile).share
            for s in range(20)
        ]
        assert np.mean(shares) == pytest.approx(quantile, rel=0.25)


def test_exact_copies_are_found_even_if_held_out_items_are_copies_too():
    training = normal(100)
    found = metrics.find_copies(np.concatenate([training[:3], normal(5, seed=2)]), training, training)
    assert found.threshold == 0 and np.flatnonzero(found.is_copy).tolist() == [0, 1, 2]


def test_authenticity_is_that_of_all_pairs(small_blocks):
    training, generated = normal(60, 3, 1), np.concatenate([normal(30, 3, 2), normal(30, 3, 1)[:30] + 0.01])
    to_training, within = distances(generated, training), distances(training, training) + np.diag([np.inf] * 60)
    nearest = to_training.argmin(axis=1)
    expected = (to_training.min(axis=1) > within.min(axis=1)[nearest]).mean()
    assert metrics.authenticity(generated, training) == pytest.approx(expected)
    assert metrics.authenticity(training, training) == 0
    assert 0.4 < metrics.authenticity(normal(1000, 3, 5), normal(1000, 3, 6)) < 0.6


def test_copies_name_wrong_options():
    good = normal(120)
    with pytest.raises(ValueError, match="`held_out` must hold at least 100 .*quantile of 0.01.*Received: 99.*higher"):
        metrics.find_copies(good, good, good[:99])
    for quantile in (0, 0.6, np.nan):
        with pytest.raises(ValueError, match="`quantile` must be"):
            metrics.find_copies(good, good, good, quantile)
    with pytest.raises(ValueError, match="`training` must hold at least 2"):
        metrics.authenticity(good, good[:1])


# Classes and pitches


def test_inception_score_counts_classes():
    sure = np.eye(10)[np.arange(1000) % 10]
    assert metrics.inception_score(sure) == pytest.approx(10)
    assert metrics.inception_score(sure[np.arange(1000) // 10 % 4]) == pytest.approx(4)
    assert metrics.inception_score(np.full((50, 10), 0.1)) == 1
    assert metrics.inception_score(np.tile(sure[0], (50, 1))) == 1


def test_inception_score_and_entropy_are_those_of_the_definition():
    probabilities = np.random.default_rng(0).dirichlet(np.full(5, 0.3), 200)
    mean = probabilities.mean(axis=0)
    divergences = [sum(p * np.log(p / m) for p, m in zip(row, mean, strict=True) if p) for row in probabilities]
    assert metrics.inception_score(probabilities) == pytest.approx(np.exp(np.mean(divergences)))
    assert metrics.inception_score(probabilities.astype("float32")) == pytest.approx(np.exp(np.mean(divergences)))
    assert metrics.class_entropy(probabilities) == pytest.approx(-(mean * np.log2(mean)).sum())
    assert metrics.inception_score(probabilities[::-1]) == pytest.approx(metrics.inception_score(probabilities))


def test_class_entropy_in_bits():
    assert metrics.class_entropy(np.eye(8)) == 3
    assert metrics.class_entropy(np.full((8, 8), 1 / 8)) == 3
    one = metrics.class_entropy(np.tile(np.eye(8)[2], (20, 1)))
    assert one == 0 and not np.signbit(one)
    assert metrics.class_entropy(np.eye(3)[[0, 0, 1, 2]]) == pytest.approx(1.5)


@pytest.mark.parametrize("measure", [metrics.inception_score, metrics.class_entropy])
def test_bad_probabilities_are_named(measure):
    good = np.eye(4)
    assert measure(good) > 1
    with pytest.raises(ValueError, match="at least 4 clips, one for each class. Received: 3"):
        measure(good[:3])
    for bad in (good[0], good[:, :1], good[:0], good[None]):
        with pytest.raises(ValueError, match=r"shape \[n, classes\].*Received: shape"):
            measure(bad)
    for bad in (5 * good, good - 0.5, np.where(good, np.nan, 0), np.full((4, 4), np.inf)):
        with pytest.raises(ValueError, match="sum to 1.*softmax"):
            measure(bad)


def test_pitch_entropy_in_bits():
    assert metrics.pitch_entropy(np.arange(60, 68)) == 3
    assert metrics.pitch_entropy([60.4, 59.6, 60]) == 0
    assert metrics.pitch_entropy([np.nan, np.nan]) == 0
    assert metrics.pitch_entropy([60, 60, np.nan, np.nan]) == 1
    assert not np.signbit(metrics.pitch_entropy([60, 60]))
    for bad in ([60.0], 60.0, [[60.0, 61.0]]):
        with pytest.raises(ValueError, match=r"`pitch` must have the shape \[n\]"):
            metrics.pitch_entropy(bad)
    with pytest.raises(ValueError, match="infinity"):
        metrics.pitch_entropy([60, np.inf])
    with pytest.warns(DeprecationWarning, match="`pitch_entropy: heard` is called `pitch`"):
        assert metrics.pitch_entropy(heard=[60, 72]) == 1


def test_benchmark_prints_errors_speeds_and_limits(monkeypatch, capsys):
    monkeypatch.setattr(frechet_benchmark, "SIZES", (100, 400))
    monkeypatch.setattr(frechet_benchmark, "REFERENCE", 5000)
    options = ["--dims", "40", "--samples", "120", "--rounds", "1", "--limit-dims", "8", "--draws", "8"]
    monkeypatch.setattr(sys, "argv", ["frechet.py", *options])
    frechet_benchmark.main()
    lines = capsys.readouterr().out.splitlines()
    errors = [float(line.split()[-2]) for line in lines if line.startswith(("frechet_distance", "scipy"))]
    assert len(errors) == 2 and max(errors) < 1e-6
    rows = {line.split()[0]: [float(value) for value in line.split()[1::3]] for line in lines[-2:]}
    assert list(rows) == ["100", "400"]
    for fad, limit, fad_of_both, limit_of_both in rows.values():
        assert abs(limit) < fad / 3 and abs(limit_of_both) < fad_of_both / 3
