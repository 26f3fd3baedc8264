"""Normalization of a generator's features at each position."""

import keras
from keras import ops

from keras_musicgan.utils.registration import serializable


@serializable
class PixelNorm(keras.layers.Layer):
    """Divides the features at each position by their root mean square.

    Args:
        epsilon: Added to the mean square, so that zeros remain zeros.

    Example:
        >>> import numpy as np
        >>> outputs = PixelNorm()(np.array([[3.0, -3.0, 3.0, 3.0], [0.0, 0.0, 4.0, 0.0]]))
        >>> keras.ops.convert_to_numpy(outputs).tolist()
        [[1.0, -1.0, 1.0, 1.0], [0.0, 0.0, 2.0, 0.0]]

    Reference: Progressive Growing of GANs (Karras et al., 2018), section 4.2.
    """

    def __init__(self, epsilon: float = 1e-8, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def call(self, inputs):
        """`[batch, ..., features]` in and out."""
        values = ops.cast(inputs, "float32")  # the epsilon vanishes in half precision
        scale = ops.rsqrt(ops.mean(ops.square(values), axis=-1, keepdims=True) + self.epsilon)
        return ops.cast(values * scale, inputs.dtype)

    def compute_output_shape(self, input_shape):
        """The shape of the input."""
        return input_shape

    def get_config(self):
        """Arguments of the constructor."""
        return {**super().get_config(), "epsilon": self.epsilon}
