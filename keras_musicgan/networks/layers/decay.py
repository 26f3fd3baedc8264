"""Levels that fall evenly, as those of a struck or plucked sound do."""

import keras
import numpy as np
from keras import ops

from keras_musicgan.utils.registration import serializable


@serializable
class Decay(keras.layers.Layer):
    """Subtracts from each bin of a spectrogram what grows evenly from its first frame on: an exponential decay, in dB.

    Called with spectra `[batch, frames, bins, features]` and with what is subtracted by the end,
    `[batch, 1, bins, features]`.

    Example:
        >>> import numpy as np
        >>> spectra, rates = np.zeros((1, 4, 1, 1), "float32"), np.ones((1, 1, 1, 1), "float32")
        >>> np.array(Decay()(spectra, rates)).ravel().tolist()
        [0.0, -0.25, -0.5, -0.75]
    """

    def call(self, spectra, rates):
        """Spectra that decay."""
        frames, bins, features = spectra.shape[1:]
        time = ops.cast(np.arange(frames).reshape(frames, 1) / frames, spectra.dtype)
        # A product of matrices, since XLA would work out every level again for each of the gradients that add them up.
        decays = ops.matmul(time, ops.reshape(rates, (-1, 1, bins * features)))
        return spectra - ops.reshape(decays, (-1, frames, bins, features))

    def compute_output_shape(self, spectra_shape, rates_shape):
        """The shape of the spectra."""
        return spectra_shape
