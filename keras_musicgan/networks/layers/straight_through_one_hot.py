"""One-hot units with a straight-through gradient."""

import keras
from keras import ops

from keras_musicgan.utils.registration import serializable


@serializable
class StraightThroughOneHot(keras.layers.Layer):
    """1 at the largest of the logits and 0 elsewhere; the gradient is that of the softmax.

    Example:
        >>> import numpy as np
        >>> np.array(StraightThroughOneHot()(np.array([[0.1, 2.0, -1.0]]))).tolist()
        [[0.0, 1.0, 0.0]]

    Reference: Categorical Reparameterization with Gumbel-Softmax (Jang, Gu and Poole, 2017), the straight-through
    estimator without noise; Estimating or Propagating Gradients Through Stochastic Neurons (Bengio, Léonard and
    Courville, 2013).
    """

    def call(self, logits):
        """One-hot values of the shape of `logits`, along its last axis."""
        chosen = ops.cast(ops.one_hot(ops.argmax(logits, axis=-1), logits.shape[-1]), logits.dtype)
        soft = ops.softmax(logits, axis=-1)
        return chosen + (soft - ops.stop_gradient(soft))  # the bracket is exactly 0

    def compute_output_shape(self, input_shape):
        """The shape of the input."""
        return input_shape
