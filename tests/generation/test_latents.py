import numpy as np
import pytest

from keras_musicgan.generation.latents import draw, interpolate


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
@pytest.mark.parametrize("truncation", [0.001, 0.3, 2.0])
def test_truncation_bounds_and_keeps_the_shape_of_the_distribution(distribution, truncation):
    latents = draw(2000, 8, distribution, seed=1, truncation=truncation)
    assert np.abs(latents).max() <= truncation
    bound = min(truncation, 1.0) if distribution == "uniform" else truncation
    if distribution == "uniform" or truncation < 0.5:
        expected = bound / np.sqrt(3)  # nearly flat
    else:
        expected = 0.880  # standard deviation of a normal cut off at 2
    assert latents.std() == pytest.approx(expected, rel=0.02)


def test_a_bound_that_nothing_reaches_changes_nothing():
    np.testing.assert_array_equal(draw(5, 3, seed=2), draw(5, 3, seed=2, truncation=100.0))


def test_linear_path_is_a_straight_line_through_all_points():
    points = np.array([[0.0, 0.0], [1.0, 2.0], [1.0, 0.0]])
    path = interpolate(points, 4, "linear")
    assert path.shape == (9, 2) and path.dtype == np.float32
    np.testing.assert_allclose(path[::4], points)
    np.testing.assert_allclose(np.diff(path[:5], axis=0), np.tile([0.25, 0.5], (4, 1)), atol=1e-6)


def test_spherical_path_keeps_the_norm_and_equal_angles():
    points = np.random.default_rng(0).normal(size=(2, 64))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    path = interpolate(points, 10).astype("float64")
    np.testing.assert_allclose(np.linalg.norm(path, axis=1), 1.0, atol=1e-6)
    angles = np.arccos(np.sum(path[1:] * path[:-1], axis=1))
    np.testing.assert_allclose(angles, angles[0], rtol=1e-3)
    np.testing.assert_allclose(path[[0, -1]], points, atol=1e-7)


def test_spherical_path_along_one_ray_is_a_line():
    path = interpolate(np.array([[1.0, 1.0], [3.0, 3.0]]), 2)
    np.testing.assert_allclose(path, [[1, 1], [2, 2], [3, 3]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: interpolate(np.ones((2, 3)), 2), "latents 0 and 1, which are equal"),
        (lambda: interpolate(np.ones((1, 3)), 2), "at least two latents"),
        (lambda: interpolate(np.eye(2), 0), "steps"),
        (lambda: interpolate(np.eye(2), 2, "cubic"), "'spherical', 'linear'"),
        (lambda: interpolate(np.array([[1.0, 0], [-1.0, 0]]), 2), "opposite directions"),
        (lambda: draw(2, 3, truncation=0), "truncation=0"),
        (lambda: draw(2, 3, truncation=float("nan")), "truncation=nan"),
        (lambda: draw(0, 3), "`n`"),
    ],
)
def test_wrong_use_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
