"""Complex spectra: real and imaginary part."""

import numpy as np
from keras import ops

from keras_musicgan.representations.spectrogram import SpectrogramRepresentation
from keras_musicgan.spectra.phase import magnitude
from keras_musicgan.spectra.stft import MatrixTransform, host_istft
from keras_musicgan.utils.checks import check_number
from keras_musicgan.utils.registration import serializable

LINEAR_BELOW = 1e-4  # magnitude relative to full scale below which compression is linear: a power has no slope at 0


@serializable
class ComplexSpectrum(SpectrogramRepresentation):
    """Real and imaginary parts, `[batch, frames, bins, 2 * channels]`; lossless.

    The real parts of all channels come first, then their imaginary parts. The largest part in the data of `adapt`
    becomes ±1; before `adapt`, a sine of full scale does. The bin at half the sample rate is real, and takes the place
    of the imaginary part of the bin at 0 Hz, which is 0.

    Args:
        compression: Power in (0, 1] to which magnitudes are raised, without a change of phase; 1 for none. With 0.3,
            a partial 40 dB below another has a quarter of its magnitude.
        *args, **kwargs: `duration`, `sample_rate`, `channels`, `length`, `n_fft`, `hop_length` and `window`, as for
            `SpectrogramRepresentation`.

    Raises:
        ValueError: If an option is unknown or out of range.

    Example:
        >>> ComplexSpectrum(channels=2).encoded_shape
        (64, 256, 4)

    Reference: Comparing representations for audio synthesis using generative adversarial networks (Nistal, Lattner and
    Richard, 2020).
    """

    n_components = 2

    def __init__(self, *args, compression: float = 1.0, **kwargs):
        super().__init__(*args, **kwargs)
        check_number("compression", compression, above=0)
        if compression > 1:
            raise ValueError(f"`compression` must be at most 1. Received: compression={compression}")
        self.compression = compression
        self.scale = self.add_statistic("scale", 1.0)

    def measure(self, spectra):
        """The largest part after compression."""
        scale = 0.0
        for spectrum in spectra:
            parts = _compress(*_pack(spectrum.real, spectrum.imag, np), self.compression, LINEAR_BELOW, np)
            scale = max(scale, *(float(np.abs(part).max()) for part in parts))
        return {"scale": scale}

    def components(self, real, imaginary):
        """Real and imaginary part."""
        parts = _compress(*_pack(real, imaginary, ops), self.compression, LINEAR_BELOW, ops)
        return [part / self.scale for part in parts]

    def audio(self, components):
        """Audio from real and imaginary part."""
        return MatrixTransform(self.framing).istft(*_unpack(*self._expand(components)))

    def magnitudes(self, components):
        """Magnitudes."""
        real, imaginary = _unpack(*self._expand(components))
        return magnitude(real[..., :-1], imaginary[..., :-1])

    def _expand(self, components):
        """Packed real and imaginary part, without compression."""
        parts = [each * ops.convert_to_tensor(self.scale) for each in components]
        return _compress(*parts, 1.0 / self.compression, LINEAR_BELOW**self.compression, ops)

    def host_audio(self, components):
        """As `audio`, on the host."""
        real, imaginary = components
        scale = ops.convert_to_numpy(self.scale)
        spectra = np.empty((*real.shape[:-1], self.framing.n_bins), "complex64")
        packed = spectra[..., :-1]
        np.multiply(real, scale, out=packed.real)
        np.multiply(imaginary, scale, out=packed.imag)
        if self.compression != 1:
            power, linear_below = 1.0 / self.compression, LINEAR_BELOW**self.compression
            packed.real, packed.imag = _compress(packed.real, packed.imag, power, linear_below, np)
        spectra[..., -1] = spectra.imag[..., 0]
        spectra.imag[..., 0] = 0.0
        return host_istft(spectra, self.framing)

    def get_config(self):
        """Arguments of the constructor."""
        return {**super().get_config(), "compression": self.compression}


def _compress(real, imaginary, power, linear_below, xp):
    """Complex numbers with their magnitude raised to a power, linearly below a threshold.

    The inverse has the power 1 / power and the threshold linear_below ** power.
    """
    if power == 1:
        return real, imaginary
    squared = xp.maximum(xp.square(real) + xp.square(imaginary), linear_below**2)
    factor = xp.power(squared, (power - 1.0) / 2.0)
    return real * factor, imaginary * factor


def _pack(real, imaginary, xp):
    """Spectra without their last bin, which is real and replaces the imaginary part of the first bin."""
    imaginary = xp.concatenate([real[..., -1:], imaginary[..., 1:-1]], axis=-1)
    return real[..., :-1], imaginary


def _unpack(real, imaginary):
    """The inverse of `_pack`, as tensors."""
    last = imaginary[..., :1]
    real = ops.concatenate([real, last], axis=-1)
    return real, ops.concatenate([0.0 * last, imaginary[..., 1:], 0.0 * last], axis=-1)
