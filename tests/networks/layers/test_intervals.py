import keras
import numpy as np
import pytest
from keras import ops

from keras_musicgan import backends
from keras_musicgan.networks.layers import Intervals


def pairs(pitches, references, fits):
    """The sum over all pairs of pitches whose difference fits, one pair at a time."""
    n = pitches.shape[-1]
    return sum(pitches[..., p] * references[..., q] for p in range(n) for q in range(n) if fits(p - q))


@pytest.mark.backend
@pytest.mark.parametrize("n_pitches", [12, 25])
def test_intervals_of_all_pairs(n_pitches):
    rng = np.random.default_rng(0)
    pitches, references = rng.random((2, 3, n_pitches), "float32"), rng.random((2, 1, n_pitches), "float32")
    found = ops.convert_to_numpy(Intervals(7)([pitches, references]))
    expected = [pairs(pitches, references, lambda difference, k=k: difference == k) for k in range(-7, 8)]
    np.testing.assert_allclose(found, np.stack(expected, axis=-1), atol=1e-4)
    found = ops.convert_to_numpy(Intervals()([pitches, references]))
    expected = [pairs(pitches, references, lambda difference, k=k: difference % 12 == k) for k in range(12)]
    np.testing.assert_allclose(found, np.stack(expected, axis=-1), atol=1e-4)


def test_intervals_are_saved_and_keep_their_shapes():
    class Pair(keras.layers.Layer):
        pass

    pitches = np.eye(24, dtype="float32")[None]
    for reach, n_intervals in ((None, 12), (5, 11)):
        layer = Intervals(reach)
        outputs = layer([pitches, pitches[:, :1]])
        assert outputs.shape == layer.compute_output_shape([pitches.shape, pitches.shape]) == (1, 24, n_intervals)
        assert Intervals.from_config(layer.get_config()).reach == reach


@pytest.mark.backend
def test_the_gradient_tells_the_interval_of_every_pitch():
    weights = np.arange(15, dtype="float32") ** 2

    class Weighed(keras.Model):
        def call(self, x, training=False):
            references = ops.cast(ops.one_hot(ops.full((1, 1), 10), 21), "float32")
            return ops.sum(Intervals(7)([x, references]) * weights, axis=(1, 2))[:, None]

    gradient = backends.input_gradient(Weighed(), ops.zeros((1, 1, 21)))
    expected = np.concatenate([np.zeros(3), weights, np.zeros(3)])
    np.testing.assert_allclose(ops.convert_to_numpy(gradient)[0, 0], expected, atol=1e-3)


def test_a_reach_must_be_positive():
    with pytest.raises(ValueError, match="`reach` must be a positive integer"):
        Intervals(0)
