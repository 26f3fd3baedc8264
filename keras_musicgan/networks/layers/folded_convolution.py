"""Strided convolutions as a reshape and a convolution with stride 1.

A convolution with stride s over n samples equals one with stride 1 over n/s frames of s samples each, if the kernel is
padded to whole frames; its transpose likewise. Weights and results are those of Keras's own layers. XLA's strided and
transposed convolutions are several times slower on a CPU.
"""

import keras
from keras import ops

from keras_musicgan.utils.registration import serializable


@serializable
class FoldedConv1D(keras.layers.Conv1D):
    """`keras.layers.Conv1D` with `padding="same"`, for inputs whose length is a multiple of `strides`.

    Args:
        filters: Channels of the output.
        kernel_size: Samples of the kernel.
        strides: Input samples per output sample.
        **kwargs: As for `keras.layers.Conv1D`, without dilation and groups.

    Example:
        >>> import numpy as np
        >>> tuple(FoldedConv1D(8, 25, strides=4)(np.zeros((2, 64, 3), "float32")).shape)
        (2, 16, 8)
    """

    def __init__(self, filters, kernel_size, strides=1, **kwargs):
        super().__init__(filters, kernel_size, strides, **_check_fixed(kwargs))

    def build(self, input_shape):
        """Creates the weights.

        Raises:
            ValueError: If the length is not a multiple of the strides.
        """
        (stride,) = self.strides
        if input_shape[1] is None or input_shape[1] % stride:
            raise ValueError(
                f"The input's length must be a multiple of strides={stride}. Received: input shape {input_shape}"
            )
        super().build(input_shape)

    def call(self, inputs):
        """`[batch, length, channels]` to `[batch, length / strides, filters]`."""
        (kernel_size,), (stride,) = self.kernel_size, self.strides
        length, channels = inputs.shape[1:]
        reach, before, after = _whole_frames(kernel_size, stride)
        kernel = ops.pad(ops.convert_to_tensor(self.kernel), ((before, after), (0, 0), (0, 0)))
        kernel = ops.reshape(kernel, (2 * reach + 1, stride * channels, self.filters))
        frames = ops.reshape(inputs, (-1, length // stride, stride * channels))
        return _finish(self, ops.conv(frames, kernel, padding="same", data_format="channels_last"))


@serializable
class FoldedConv1DTranspose(keras.layers.Conv1DTranspose):
    """`keras.layers.Conv1DTranspose` with `padding="same"`.

    Args:
        filters: Channels of the output.
        kernel_size: Samples of the kernel.
        strides: Output samples per input sample.
        **kwargs: As for `keras.layers.Conv1DTranspose`, without dilation and output padding.

    Example:
        >>> import numpy as np
        >>> tuple(FoldedConv1DTranspose(3, 25, strides=4)(np.zeros((2, 16, 8), "float32")).shape)
        (2, 64, 3)
    """

    def __init__(self, filters, kernel_size, strides=1, **kwargs):
        super().__init__(filters, kernel_size, strides, **_check_fixed(kwargs))

    def call(self, inputs):
        """`[batch, length, channels]` to `[batch, length * strides, filters]`."""
        (kernel_size,), (stride,) = self.kernel_size, self.strides
        length, channels = inputs.shape[1:]
        reach, before, after = _whole_frames(kernel_size, stride)
        kernel = ops.pad(ops.convert_to_tensor(self.kernel), ((before, after), (0, 0), (0, 0)))
        kernel = ops.reshape(kernel, (2 * reach + 1, stride, self.filters, channels))
        kernel = ops.transpose(ops.flip(kernel, axis=0), (0, 3, 1, 2))
        kernel = ops.reshape(kernel, (2 * reach + 1, channels, stride * self.filters))
        frames = ops.conv(inputs, kernel, padding="same", data_format="channels_last")
        return _finish(self, ops.reshape(frames, (-1, length * stride, self.filters)))


def _finish(layer, outputs):
    """Adds the bias and applies the activation."""
    if layer.use_bias:
        outputs = outputs + layer.bias
    return outputs if layer.activation is None else layer.activation(outputs)


def _check_fixed(kwargs):
    """Arguments of the Keras layer; those that a saved configuration repeats must be the ones that folding supports."""
    fixed = {"padding": "same", "data_format": "channels_last", "dilation_rate": 1, "groups": 1, "output_padding": None}
    for name, value in fixed.items():
        given = kwargs.pop(name, value)
        if given not in (value, (value,), [value]):
            raise ValueError(f"A folded convolution needs {name}={value!r}. Received: {name}={given!r}")
    return {**kwargs, "padding": "same", "data_format": "channels_last"}


def _whole_frames(kernel_size, stride):
    """Frames that the kernel spans to either side, and the zeros before and after it that complete them.

    Keras pads `kernel_size - stride` zeros in total, the smaller half on the left.
    """
    left = max(kernel_size - stride, 0) // 2
    reach = max(-(-left // stride), (kernel_size - 1 - left) // stride)
    before = stride * reach - left
    return reach, before, stride * (2 * reach + 1) - before - kernel_size
