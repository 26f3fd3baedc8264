"""Spectra as they are: real and imaginary part."""

import numpy as np
from keras import ops

from keras_musicgan.representations.spectrogram import SpectrogramRepresentation
from keras_musicgan.spectra.phase import magnitude
from keras_musicgan.spectra.stft import host_istft, istft
from keras_musicgan.utils.checks import check_number
from keras_musicgan.utils.registration import serializable

QUIET = 1e-4  # magnitude relative to full scale below which compression is linear: a power has no slope at 0


@serializable
class ComplexSpectrum(SpectrogramRepresentation):
    """Real and imaginary parts, `[batch, frames, bins, 2 * channels]`; nothing is lost.

    First come the real parts of all channels, then their imaginary parts. The largest part in the data that `adapt`
    saw becomes ±1, or a sine of full scale before. The bin of half the sample rate, a real number, stands as
    the imaginary part of the bin of 0 Hz, which has none.

    Args:
        duration: Seconds that a clip must hold at least, as for `Waveform`.
        sample_rate: Rate in Hz.
        channels: 1 for mono, 2 for stereo.
        length: Samples in a clip, instead of `duration`; any number.
        n_fft: Samples in a frame, even.
        hop_length: Samples from one frame to the next; a clip has one frame for each hop that is begun.
        window: `"hann"`, `"hamming"`, `"blackman"` or `"gaussian"`.
        compression: Power in (0, 1] to which magnitudes are raised, phases as they are; 1 changes nothing, and 0.3
            brings a partial 40 dB below another to a quarter of it.

    Raises:
        ValueError: If an option is unknown or out of range.

    Example:
        >>> ComplexSpectrum(channels=2).encoded_shape
        (64, 256, 4)

    Reference: Comparing representations for audio synthesis using generative adversarial networks (Nistal, Lattner and
    Richard, 2020).
    """

    n_components = 2

    def __init__(
        self,
        duration: float = 1.0,
        sample_rate: int = 16000,
        channels: int = 1,
        length: int | None = None,
        n_fft: int = 512,
        hop_length: int = 256,
        window: str = "hann",
        compression: float = 1.0,
        **kwargs,
    ):
        super().__init__(duration, sample_rate, channels, length, n_fft, hop_length, window, **kwargs)
        check_number("compression", compression, above=0)
        if compression > 1:
            raise ValueError(f"`compression` must be at most 1. Received: compression={compression}")
        self.compression = compression
        self.scale = self.add_statistic("scale", 1.0)

    def measure(self, spectra):
        """The largest part after compression."""
        scale = 0.0
        for spectrum in spectra:
            real, imaginary = _packed(spectrum.real, spectrum.imag, np)
            parts = _powered(real, imaginary, self.compression, QUIET, np)
            scale = max(scale, *(float(np.abs(part).max()) for part in parts))
        return {"scale": scale}

    def components(self, real, imaginary):
        """Real and imaginary part."""
        parts = _powered(*_packed(real, imaginary, ops), self.compression, QUIET, ops)
        return [part / self.scale for part in parts]

    def audio(self, components):
        """Audio of real and imaginary part."""
        return istft(*_unpacked(*self._parts(components)), self.framing)

    def magnitudes(self, components):
        """Magnitudes."""
        real, imaginary = _unpacked(*self._parts(components))
        return magnitude(real[..., :-1], imaginary[..., :-1])

    def _parts(self, components):
        """Real and imaginary part as spectra have them."""
        parts = [component * ops.convert_to_tensor(self.scale) for component in components]
        return _powered(*parts, 1.0 / self.compression, QUIET**self.compression, ops)

    def host_audio(self, components):
        """The same on the host."""
        real, imaginary = components
        scale = ops.convert_to_numpy(self.scale)
        spectra = np.empty((*real.shape[:-1], self.framing.n_bins), "complex64")
        inner = spectra[..., :-1]
        np.multiply(real, scale, out=inner.real)
        np.multiply(imaginary, scale, out=inner.imag)
        if self.compression != 1:
            power, quiet = 1.0 / self.compression, QUIET**self.compression
            inner.real, inner.imag = _powered(inner.real, inner.imag, power, quiet, np)
        spectra[..., -1] = spectra.imag[..., 0]
        spectra.imag[..., 0] = 0.0
        return host_istft(spectra, self.framing)

    def get_config(self):
        """Configuration to rebuild the representation from."""
        return {**super().get_config(), "compression": self.compression}


def _powered(real, imaginary, power, quiet, xp):
    """Complex numbers with their magnitude raised to a power, linearly below `quiet`.

    The inverse is the same with the power 1 / power and the threshold quiet ** power.
    """
    if power == 1:
        return real, imaginary
    squared = xp.maximum(xp.square(real) + xp.square(imaginary), quiet**2)
    factor = xp.power(squared, (power - 1.0) / 2.0)
    return real * factor, imaginary * factor


def _packed(real, imaginary, xp):
    """Spectra without their last bin, which is real and goes where the first bin has its imaginary part."""
    imaginary = xp.concatenate([real[..., -1:], imaginary[..., 1:-1]], axis=-1)
    return real[..., :-1], imaginary


def _unpacked(real, imaginary):
    """The inverse of `_packed`, as tensors."""
    last = imaginary[..., :1]
    real = ops.concatenate([real, last], axis=-1)
    return real, ops.concatenate([0.0 * last, imaginary[..., 1:], 0.0 * last], axis=-1)
