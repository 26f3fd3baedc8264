import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.evaluation.intervals import deviations, half_samples, interval


def test_half_samples_spread_as_the_mean_over_all_does():
    values = np.random.default_rng(0).exponential(size=500)
    spread = deviations(lambda some, _: values[some].mean(), 500, 4, resamples=1000)
    assert spread.std() == pytest.approx(values.std() / np.sqrt(500), rel=0.1)
    low, high = interval(values.mean(), spread)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / np.sqrt(500), rel=0.1)


def test_intervals_hold_the_truth_about_as_often_as_they_should():
    """The Fréchet distance of two Gaussians in two dimensions, one apart, is 1: in about 95 of 100 intervals."""
    held = 0
    for trial in range(100):
        rng = np.random.default_rng(trial)
        a, b = rng.normal(size=(300, 2)), rng.normal((1, 0), 1, (300, 2))
        spread = deviations(lambda i, j, a=a, b=b: km.metrics.frechet_distance(a[i], b[j]), 300, 300, 60)
        low, high = interval(km.metrics.frechet_infinity(a, b, extrapolate_b=True), spread)
        held += low <= 1 <= high
    assert 85 <= held <= 100


def test_halves_of_the_references_do_not_depend_on_the_candidates():
    ours, theirs = ([other for _, other in half_samples(n, 20, 5, seed=3)] for n in (10, 30))
    np.testing.assert_array_equal(ours, theirs)
    assert all(len(set(half)) == 10 for half in ours)


def test_an_interval_needs_four_pieces():
    with pytest.raises(ValueError, match="at least 2 pieces.*Received: 3"):
        list(half_samples(3, 20, 5))
