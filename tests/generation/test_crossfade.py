import numpy as np
import pytest

from keras_musicgan.generation.crossfade import best_match, crossfade


def test_match_and_crossfade_are_exact_on_known_signals():
    rng = np.random.default_rng(0)
    signal = rng.uniform(-1, 1, (400, 2))
    assert best_match(signal[123:223] * 0.1, signal) == (123, pytest.approx(1.0))
    offset, correlation = best_match(-signal[100:200], signal)
    assert offset != 100 and correlation < 0.5
    assert best_match(np.zeros((10, 1)), np.zeros((20, 1)))[1] == 0.0
    a, b = rng.uniform(-0.5, 0.5, (2, 20_000, 1))
    powers = np.square(crossfade(a, b, 0.0)).reshape(10, -1).mean(axis=1)
    np.testing.assert_allclose(powers, np.square(a).mean(), rtol=0.05)  # equal power for unlike sounds
    np.testing.assert_allclose(crossfade(a, a, 1.0), a, atol=1e-12)  # equal gain for the same sound
    ones = np.ones((50, 1))
    np.testing.assert_allclose(crossfade(ones, ones, 0.0), ones, atol=1e-12)  # never beyond full scale
