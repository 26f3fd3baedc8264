import keras
import numpy as np
import pytest
from keras import ops

from keras_musicgan import backends
from keras_musicgan.networks.layers import StraightThroughOneHot
from tests.support.harness import check_layer


@pytest.mark.backend
def test_one_hot_forward_and_softmax_backward():
    logits = np.random.default_rng(0).normal(size=(3, 2, 5)).astype("float32")
    outputs = check_layer(StraightThroughOneHot(), logits, (3, 2, 5))
    np.testing.assert_array_equal(outputs, np.eye(5)[logits.argmax(axis=2)])
    weights = np.arange(5, dtype="float32")

    class Weighed(keras.Model):
        def call(self, x, training=False):
            return ops.sum(StraightThroughOneHot()(x) * weights, axis=(1, 2))[:, None]

    gradient = ops.convert_to_numpy(backends.input_gradient(Weighed(), ops.convert_to_tensor(logits)))
    softmax = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    expected = softmax * (weights - (softmax * weights).sum(axis=2, keepdims=True))
    np.testing.assert_allclose(gradient, expected, atol=1e-5)


def test_equal_logits_choose_one():
    assert ops.convert_to_numpy(StraightThroughOneHot()(np.zeros((4, 3), "float32"))).sum(axis=1).tolist() == [1] * 4
