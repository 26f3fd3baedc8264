"""Binary units with a straight-through gradient."""

import keras
from keras import ops

from keras_musicgan.utils.registration import serializable


@serializable
class StraightThrough(keras.layers.Layer):
    """0 or 1 by the sign of a logit; the gradient is that of the identity.

    Generated notes are then on or off, as in real rolls, and no values in between give them away to the discriminator.
    The gradient of a sigmoid would nearly vanish at cells that are clearly off.

    Example:
        >>> import numpy as np
        >>> outputs = StraightThrough()(np.array([[-2.0, 0.5]]))
        >>> keras.ops.convert_to_numpy(outputs).tolist()
        [[0.0, 1.0]]

    Reference: Estimating or Propagating Gradients Through Stochastic Neurons (Bengio, Léonard and Courville,
    2013); for piano rolls Convolutional Generative Adversarial Networks with Binary Neurons for Polyphonic Music
    Generation (Dong and Yang, 2018).
    """

    def call(self, logits):
        """Binary values of the shape of `logits`."""
        binary = ops.cast(logits > 0, logits.dtype)
        return binary + (logits - ops.stop_gradient(logits))  # the bracket is exactly 0

    def compute_output_shape(self, input_shape):
        """The shape of the input."""
        return input_shape
