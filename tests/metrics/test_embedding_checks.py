"""All measures of sets of embeddings: what must not matter, and what is refused."""

import numpy as np
import pytest

from keras_musicgan import metrics
from tests.support.embeddings import normal

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
