"""The short-time Fourier transform and its inverse, as tensors and on the host.

Spectra are relative to full scale: a sine of amplitude 1 at the centre frequency of a bin has the magnitude 1 there.
Phases refer to the centre of a frame.

On a CPU the fast transform is two to four times faster than the product with a matrix of cosines and sines, for 512 as
for 2,048 samples. But most formats of exported models lack it, so what is part of an exported model is a matrix
product, by `MatrixTransform`.
"""

import functools

import numpy as np
from keras import ops

from keras_musicgan.spectra.framing import Framing, frames, host_frames, host_overlap_add, overlap_add


def stft(clips, framing: Framing):
    """Spectra of clips by the fast transform, differentiable.

    Args:
        clips: float32 tensor `[n, length]`.
        framing: Length, frames and window.

    Returns:
        Real and imaginary part, each a float32 tensor `[n, n_frames, n_bins]`.
    """
    return ops.rfft(ops.multiply(frames(clips, framing), analysis_window(framing)))


class MatrixTransform:
    """The transform and its inverse by matrix products, which all formats of exported models support.

    The matrices are computed from their indices wherever the transform is used: as constants they would make an
    exported model larger than its network does, and once more for every product with them. A converter that computes
    them beforehand writes two, since they are used whole.

    Args:
        framing: Length, frames and window.
    """

    def __init__(self, framing: Framing):
        steps = ops.arange(framing.n_bins, dtype="int32")
        turns = ops.mod(ops.expand_dims(steps, 1) * steps, framing.n_fft)
        angles = ops.cast(turns, "float32") * (2 * np.pi / framing.n_fft)
        self.framing = framing
        self.cosines = ops.cos(angles)
        self.sines = ops.sin(angles)
        self.analysis_window = ops.convert_to_tensor(analysis_window(framing))
        self.synthesis_window = ops.convert_to_tensor(synthesis_window(framing))
        self.inverse_sumsquare = ops.convert_to_tensor(inverse_sumsquare(framing))
        self.bin_shares = ops.convert_to_tensor(_bin_shares(framing))

    def stft(self, clips):
        """As the function `stft`."""
        half = self.framing.n_fft // 2
        windowed = frames(clips, self.framing) * self.analysis_window
        first, second = windowed[..., :half], windowed[..., half:]
        # The even and the odd part of a frame around its first sample.
        mirrored = ops.flip(second[..., 1:], axis=-1)
        even = ops.concatenate([first[..., :1], first[..., 1:] + mirrored, second[..., :1]], axis=-1)
        odd = ops.pad(first[..., 1:] - mirrored, ((0, 0), (0, 0), (1, 1)))
        return ops.matmul(even, self.cosines), -ops.matmul(odd, self.sines)

    def istft(self, real, imaginary):
        """Clips whose spectra are nearest to given ones in least squares, differentiable.

        Args:
            real: float32 tensor `[n, n_frames, bins]`; bins above those given count as 0.
            imaginary: The same.

        Returns:
            float32 tensor `[n, length]`.
        """
        above = ((0, 0), (0, 0), (0, self.framing.n_bins - real.shape[-1]))
        even = ops.matmul(ops.pad(real, above) * self.bin_shares, self.cosines)
        odd = -ops.matmul(ops.pad(imaginary, above) * self.bin_shares, self.sines)
        second = ops.flip((even - odd)[..., 1:-1], axis=-1)
        windowed = ops.concatenate([even + odd, second], axis=-1) * self.synthesis_window
        return overlap_add(windowed, self.framing) * self.inverse_sumsquare


def host_stft(clips: np.ndarray, framing: Framing) -> np.ndarray:
    """As `stft`, on the host: complex64 `[n, n_frames, n_bins]` of float32 clips."""
    import scipy.fft

    return scipy.fft.rfft(host_frames(clips, framing, analysis_window(framing)), overwrite_x=True)


def host_istft(spectra: np.ndarray, framing: Framing) -> np.ndarray:
    """As `MatrixTransform.istft`, on the host: float32 `[n, length]` of complex64 spectra `[n, n_frames, bins]`."""
    import scipy.fft

    windowed = scipy.fft.irfft(spectra, framing.n_fft)
    windowed *= synthesis_window(framing)
    clips = host_overlap_add(windowed, framing)
    clips *= inverse_sumsquare(framing)
    return clips


def _constant(function):
    """Caches the result of a function of a framing, as a read-only float32 array."""

    @functools.lru_cache(maxsize=32)
    @functools.wraps(function)
    def kept(framing):
        values = np.asarray(function(framing), "float32")
        values.flags.writeable = False
        return values

    return kept


@_constant
def analysis_window(framing: Framing) -> np.ndarray:
    """The window that scales spectra to full scale, `[n_fft]`, second half first."""
    return 2.0 / framing.rolled_window.sum() * framing.rolled_window


@_constant
def synthesis_window(framing: Framing) -> np.ndarray:
    """The window of the inverse, `[n_fft]`, second half first."""
    return framing.rolled_window.sum() / 2.0 * framing.rolled_window


@_constant
def inverse_sumsquare(framing: Framing) -> np.ndarray:
    """Factors for the sum of a clip's windowed frames, `[length]`."""
    return 1.0 / framing.window_sumsquare


@_constant
def _bin_shares(framing):
    """Share of each bin in a sample of a frame, `[n_bins]`; the first and the last have no mirror image."""
    shares = np.full(framing.n_bins, 2.0 / framing.n_fft)
    shares[[0, -1]] /= 2.0
    return shares
