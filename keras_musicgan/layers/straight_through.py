"""Binary units that a gradient passes through."""

import keras
from keras import ops

from keras_musicgan.losses import PACKAGE


@keras.saving.register_keras_serializable(package=PACKAGE)
class StraightThrough(keras.layers.Layer):
    """0 or 1 by the sign of a logit; the gradient is that of the sigmoid.

    The discriminator then sees notes that are on or off, as in real rolls, and cannot tell the two apart by
    values in between.

    Example:
        >>> import numpy as np
        >>> StraightThrough()(np.array([[-2.0, 0.5]])).tolist()
        [[0.0, 1.0]]

    Reference: Convolutional Generative Adversarial Networks with Binary Neurons for Polyphonic Music
    Generation (Dong and Yang, 2018), deterministic binary neurons with the sigmoid-adjusted estimator.
    """

    def call(self, logits):
        """Binary values of the shape of `logits`."""
        soft = ops.sigmoid(logits)
        hard = ops.cast(logits > 0, soft.dtype)
        return soft + ops.stop_gradient(hard - soft)

    def compute_output_shape(self, input_shape):
        """The shape of the input."""
        return input_shape
