import keras
import numpy as np
import pytest
from keras import ops

from keras_musicgan.networks.layers import (
    StraightThrough,
)
from tests.support.harness import check_layer


@pytest.mark.backend
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
