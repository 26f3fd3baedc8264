import numpy as np
import pytest

from keras_musicgan import metrics
from tests.support.embeddings import normal


@pytest.mark.parametrize("shift", [0.0, 0.2])
def test_frechet_infinity_is_the_closed_form_without_bias(shift):
    """Twelve samples of 200: their distances are too large on average, their limits are not."""
    reference = normal(20000, dims=16, seed=1)
    samples = [normal(200, dims=16, seed=seed, mean=shift, deviation=1.1) for seed in range(10, 22)]
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
