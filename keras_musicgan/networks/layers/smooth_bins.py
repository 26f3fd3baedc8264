"""Dense layers between features and the bins of a spectrum, with weights that are smooth over the bins.

Each bin has its own weights, so that a network learns directly which bins a pitch fills, while a convolution has to
propagate positions through many layers. Independent weights would begin as noise from bin to bin and stay noisy for
long; the window of a short-time Fourier transform spreads a partial over a few bins anyway. The spectrum of a noise is
smooth over many bins: with a wide average beside the narrow one, weights move together more easily than one by one.
"""

from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

from keras_musicgan.utils.checks import check_positive_int
from keras_musicgan.utils.registration import serializable


class SmoothBins(keras.layers.Layer):
    """Base of both layers: a kernel whose weights are averaged over neighbouring bins before use.

    Args:
        kernel_size: Bins of the average, weighted by a Hann window of unit energy; 1 for none. Several sizes for the
            sum of such windows, of unit energy again.
        kernel_initializer: Initializer of the kernel before it is averaged.

    Raises:
        ValueError: If a kernel size is not a positive integer, or there is none.
    """

    def __init__(self, kernel_size: int | Sequence[int] = 5, kernel_initializer="he_normal", **kwargs):
        super().__init__(**kwargs)
        sizes = kernel_sizes(kernel_size)
        self.kernel_size = sizes if len(sizes) > 1 else sizes[0]
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def add_kernel(self, fan_in, fan_out):
        """Creates the weights of a dense layer."""
        self.kernel = self.add_weight(name="kernel", shape=(fan_in, fan_out), initializer=self.kernel_initializer)
        self.bias = self.add_weight(name="bias", shape=(fan_out,), initializer="zeros")

    @property
    def window(self) -> np.ndarray:
        """The weights of the average, float64 `[largest kernel size]`."""
        sizes = kernel_sizes(self.kernel_size)
        largest = max(sizes)
        weights = np.zeros(largest)
        for size in sizes:
            first = largest // 2 - size // 2
            weights[first : first + size] += _unit_energy(np.hanning(size + 2)[1:-1])
        return _unit_energy(weights)

    def smooth_kernel(self, shape, axis):
        """The kernel in another shape, averaged over the bins along `axis`."""
        kernel = ops.reshape(ops.convert_to_tensor(self.kernel), shape)
        window = self.window.tolist()
        before, after = len(window) // 2, (len(window) - 1) // 2
        padded = ops.pad(kernel, [(before, after) if each == axis else (0, 0) for each in range(len(shape))])
        place = (slice(None),) * axis
        return sum(w * padded[(*place, slice(i, i + shape[axis]))] for i, w in enumerate(window))

    def get_config(self):
        """Arguments of the constructor."""
        initializer = keras.initializers.serialize(self.kernel_initializer)
        return {**super().get_config(), "kernel_size": self.kernel_size, "kernel_initializer": initializer}

    @classmethod
    def from_config(cls, config):
        """A layer from its configuration; before 0.2, the kernel size was called `taps`."""
        config = dict(config)
        if "taps" in config:
            config["kernel_size"] = config.pop("taps")
        return super().from_config(config)


def kernel_sizes(kernel_size: int | Sequence[int]) -> tuple[int, ...]:
    """The sizes that one number or several stand for.

    Raises:
        ValueError: If one is not a positive integer, or there is none.
    """
    sizes = tuple(kernel_size) if isinstance(kernel_size, Sequence) else (kernel_size,)
    for size in sizes or (kernel_size,):
        check_positive_int("kernel_size", size)
    return sizes


def _unit_energy(weights):
    return weights / np.sqrt(np.square(weights).sum())


@serializable
class BinsToFeatures(SmoothBins):
    """A dense layer from the spectrum of each frame to features.

    Args:
        units: Number of features.
        kernel_size: Bins over which weights are averaged, as for `SmoothBins`.
        kernel_initializer: Initializer of the kernel.

    Example:
        >>> import numpy as np
        >>> tuple(BinsToFeatures(8)(np.zeros((2, 16, 64, 1), "float32")).shape)
        (2, 16, 8)
    """

    def __init__(self, units: int, kernel_size: int | Sequence[int] = 5, **kwargs):
        super().__init__(kernel_size, **kwargs)
        check_positive_int("units", units)
        self.units = units

    def build(self, input_shape):
        """Creates the weights."""
        self.bins, self.channels = input_shape[2:]
        self.add_kernel(self.bins * self.channels, self.units)

    def call(self, inputs):
        """`[batch, frames, bins, channels]` to `[batch, frames, units]`."""
        kernel = self.smooth_kernel((self.bins, self.channels, self.units), axis=0)
        spectra = ops.reshape(inputs, (-1, inputs.shape[1], self.bins * self.channels))
        return ops.matmul(spectra, ops.reshape(kernel, (-1, self.units))) + self.bias

    def compute_output_shape(self, input_shape):
        """Frames and units."""
        return (*input_shape[:2], self.units)

    def get_config(self):
        """Arguments of the constructor."""
        return {**super().get_config(), "units": self.units}


@serializable
class FeaturesToBins(SmoothBins):
    """A dense layer from the features of each frame to its spectrum.

    Args:
        bins: Number of bins.
        channels: Numbers per bin.
        kernel_size: Bins over which weights are averaged, as for `SmoothBins`.
        kernel_initializer: Initializer of the kernel.

    Example:
        >>> import numpy as np
        >>> tuple(FeaturesToBins(64)(np.zeros((2, 16, 8), "float32")).shape)
        (2, 16, 64, 1)
    """

    def __init__(self, bins: int, channels: int = 1, kernel_size: int | Sequence[int] = 5, **kwargs):
        super().__init__(kernel_size, **kwargs)
        check_positive_int("bins", bins)
        check_positive_int("channels", channels)
        self.bins = bins
        self.channels = channels

    def build(self, input_shape):
        """Creates the weights."""
        self.add_kernel(input_shape[-1], self.bins * self.channels)

    def call(self, inputs):
        """`[batch, frames, features]` to `[batch, frames, bins, channels]`."""
        kernel = self.smooth_kernel((inputs.shape[-1], self.bins, self.channels), axis=1)
        spectra = ops.matmul(inputs, ops.reshape(kernel, (inputs.shape[-1], -1))) + self.bias
        return ops.reshape(spectra, (-1, inputs.shape[1], self.bins, self.channels))

    def compute_output_shape(self, input_shape):
        """Frames, bins and channels."""
        return (*input_shape[:2], self.bins, self.channels)

    def get_config(self):
        """Arguments of the constructor."""
        return {**super().get_config(), "bins": self.bins, "channels": self.channels}
