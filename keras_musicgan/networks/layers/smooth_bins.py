"""Dense layers between features and the bins of a spectrum, with weights that are smooth over the bins.

Every bin has weights of its own, so that a network learns at once which bins a pitch fills, where a convolution has to
carry the place through many layers. Weights that know nothing of their neighbours would begin as noise from bin to bin
and stay so for long; the window of a short-time Fourier transform spreads a partial over a few bins anyway.
"""

import keras
import numpy as np
from keras import ops

from keras_musicgan.utils.checks import check_positive_int
from keras_musicgan.utils.registration import serializable


class SmoothBins(keras.layers.Layer):
    """What both layers share: a kernel whose weights are averaged over neighbouring bins before use.

    Args:
        kernel_size: Bins that the average reaches over, a Hann window of unit energy; 1 for none.
        kernel_initializer: Initializer of the kernel before it is averaged.

    Raises:
        ValueError: If `kernel_size` is not a positive integer.
    """

    def __init__(self, kernel_size: int = 5, kernel_initializer="he_normal", **kwargs):
        super().__init__(**kwargs)
        check_positive_int("kernel_size", kernel_size)
        self.kernel_size = kernel_size
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def add_kernel(self, fan_in, fan_out):
        """Makes the weights as those of a dense layer."""
        self.kernel = self.add_weight(name="kernel", shape=(fan_in, fan_out), initializer=self.kernel_initializer)
        self.bias = self.add_weight(name="bias", shape=(fan_out,), initializer="zeros")

    def smooth_kernel(self, shape, axis):
        """The kernel in another shape, averaged over the bins along `axis`."""
        kernel = ops.reshape(ops.convert_to_tensor(self.kernel), shape)
        before, after = self.kernel_size // 2, (self.kernel_size - 1) // 2
        padded = ops.pad(kernel, [(before, after) if one == axis else (0, 0) for one in range(len(shape))])
        weights = np.hanning(self.kernel_size + 2)[1:-1]
        weights = weights / np.sqrt(np.square(weights).sum())
        place = (slice(None),) * axis
        return sum(w * padded[(*place, slice(i, i + shape[axis]))] for i, w in enumerate(weights.tolist()))

    def get_config(self):
        """Configuration to rebuild the layer from."""
        initializer = keras.initializers.serialize(self.kernel_initializer)
        return {**super().get_config(), "kernel_size": self.kernel_size, "kernel_initializer": initializer}

    @classmethod
    def from_config(cls, config):
        """Rebuilds the layer; files of before 0.2 call the kernel size `taps`."""
        config = dict(config)
        if "taps" in config:
            config["kernel_size"] = config.pop("taps")
        return super().from_config(config)


@serializable
class BinsToFeatures(SmoothBins):
    """The spectrum of every frame to features.

    Args:
        units: Features.
        kernel_size: As for `SmoothBins`: the bins that weights are averaged over.
        kernel_initializer: Initializer of the kernel.

    Example:
        >>> import numpy as np
        >>> tuple(BinsToFeatures(8)(np.zeros((2, 16, 64, 1), "float32")).shape)
        (2, 16, 8)
    """

    def __init__(self, units: int, kernel_size: int = 5, **kwargs):
        super().__init__(kernel_size, **kwargs)
        check_positive_int("units", units)
        self.units = units

    def build(self, input_shape):
        """Makes the weights."""
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
        """Configuration to rebuild the layer from."""
        return {**super().get_config(), "units": self.units}


@serializable
class FeaturesToBins(SmoothBins):
    """The features of every frame to its spectrum.

    Args:
        bins: Bins of the spectrum.
        channels: Numbers in each bin.
        kernel_size: As for `SmoothBins`: the bins that weights are averaged over.
        kernel_initializer: Initializer of the kernel.

    Example:
        >>> import numpy as np
        >>> tuple(FeaturesToBins(64)(np.zeros((2, 16, 8), "float32")).shape)
        (2, 16, 64, 1)
    """

    def __init__(self, bins: int, channels: int = 1, kernel_size: int = 5, **kwargs):
        super().__init__(kernel_size, **kwargs)
        check_positive_int("bins", bins)
        check_positive_int("channels", channels)
        self.bins = bins
        self.channels = channels

    def build(self, input_shape):
        """Makes the weights."""
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
        """Configuration to rebuild the layer from."""
        return {**super().get_config(), "bins": self.bins, "channels": self.channels}
