"""Features that change smoothly from frame to frame."""

import keras
import numpy as np
from keras import ops

from keras_musicgan.utils.registration import serializable


@serializable
class SmoothFrames(keras.layers.Layer):
    """Weighted means over three frames, which take out what alternates from frame to frame.

    They are a product with a fixed matrix: shifted and added up, frames cost more time than the layers around them.

    Example:
        >>> import numpy as np
        >>> np.array(SmoothFrames()(np.array([[[0.0], [4.0], [0.0], [0.0]]]))).ravel().tolist()
        [1.0, 2.0, 1.0, 0.0]

    Reference: A style-based generator architecture (Karras, Laine and Aila, 2019), which smooths after upsampling.
    """

    def call(self, inputs):
        """`[batch, frames, features]` in and out."""
        frames = inputs.shape[1]
        means = 0.5 * np.eye(frames) + 0.25 * np.eye(frames, k=-1) + 0.25 * np.eye(frames, k=1)
        return ops.matmul(ops.cast(means, inputs.dtype), inputs)

    def compute_output_shape(self, input_shape):
        """The shape of the input."""
        return input_shape
