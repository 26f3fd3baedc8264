import keras
import numpy as np
import pytest
from conftest import check_layer
from keras import ops

from keras_musicgan.layers import MinibatchDeviation, StraightThrough

pytestmark = pytest.mark.backend


def test_straight_through_is_binary_forward_and_nothing_backward():
    logits = np.random.default_rng(0).normal(size=(3, 5)).astype("float32")
    outputs = check_layer(StraightThrough(), logits, (3, 5))
    np.testing.assert_array_equal(outputs, logits > 0)

    from keras_musicgan.backends import input_gradient

    class Summed(keras.Model):
        def call(self, x, training=False):
            return ops.sum(3.0 * StraightThrough()(x), axis=1, keepdims=True)

    gradient = ops.convert_to_numpy(input_gradient(Summed(), ops.convert_to_tensor(logits)))
    np.testing.assert_allclose(gradient, np.full((3, 5), 3.0), atol=1e-6)


@pytest.mark.parametrize("batch_size", [8, 4, 3, 1])
def test_minibatch_deviation_of_groups_and_of_odd_batches(batch_size):
    inputs = np.random.default_rng(1).normal(size=(batch_size, 6)).astype("float32")
    outputs = check_layer(MinibatchDeviation(group_size=4), inputs, (batch_size, 7))
    group = 4 if batch_size % 4 == 0 else batch_size
    expected = np.repeat(inputs.reshape(-1, group, 6).std(axis=1).mean(axis=1), group)
    np.testing.assert_allclose(outputs[:, -1], expected, atol=2e-4)
    np.testing.assert_array_equal(outputs[:, :-1], inputs)


def test_minibatch_deviation_shows_a_collapse():
    same = np.ones((8, 6), "float32")
    assert ops.convert_to_numpy(MinibatchDeviation()(same))[:, -1].max() < 1e-3
