"""The short-time Fourier transform and its inverse, as tensors and on the host.

Spectra are relative to full scale: a sine of amplitude 1 at the centre frequency of a bin has the magnitude 1 there.
Phases refer to the centre of a frame.

On a CPU the fast transform is two to four times faster than the product with a matrix of cosines and sines, for 512 as
for 2,048 samples. But most formats of exported models lack it, so the inverse, which is part of an exported model, is a
matrix product; `matrix_stft` is its counterpart.
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


def matrix_stft(clips, framing: Framing):
    """As `stft`, by matrix products, which all formats of exported models support."""
    half = framing.n_fft // 2
    unwindowed = frames(clips, framing)
    first, second = unwindowed[..., :half], unwindowed[..., half:]
    # The even and the odd part of a frame around its first sample.
    mirrored = ops.flip(second[..., 1:], axis=-1)
    even = ops.concatenate([first[..., :1], first[..., 1:] + mirrored, second[..., :1]], axis=-1)
    odd = first[..., 1:] - mirrored
    return ops.matmul(even, _cosines(framing)), ops.matmul(odd, _sines(framing))


def istft(real, imaginary, framing: Framing):
    """Clips whose spectra are nearest to given ones in least squares, by matrix products, differentiable.

    Args:
        real: float32 tensor `[n, n_frames, bins]`; bins above those given count as 0.
        imaginary: The same.
        framing: Length, frames and window.

    Returns:
        float32 tensor `[n, length]`.
    """
    half = framing.n_fft // 2
    bins = real.shape[-1]
    even = ops.matmul(real, _inverse_cosines(framing)[:bins])
    odd = ops.matmul(imaginary, _inverse_sines(framing)[:bins])
    second = ops.flip((even - odd)[..., 1:half], axis=-1)
    clips = overlap_add(ops.concatenate([even + odd, second], axis=-1), framing)
    return ops.multiply(clips, inverse_sumsquare(framing))


def host_stft(clips: np.ndarray, framing: Framing) -> np.ndarray:
    """As `stft`, on the host: complex64 `[n, n_frames, n_bins]` of float32 clips."""
    import scipy.fft

    return scipy.fft.rfft(host_frames(clips, framing, analysis_window(framing)), overwrite_x=True)


def host_istft(spectra: np.ndarray, framing: Framing) -> np.ndarray:
    """As `istft`, on the host: float32 `[n, length]` of complex64 spectra `[n, n_frames, bins]`."""
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
def _cosines(framing):
    """Matrix for the even part of frames, `[n_fft / 2 + 1, n_bins]`."""
    return analysis_window(framing)[: framing.n_bins, None] * np.cos(_angles(framing))


@_constant
def _sines(framing):
    """Matrix for the odd part of frames, `[n_fft / 2 - 1, n_bins]`."""
    return -analysis_window(framing)[1 : framing.n_bins - 1, None] * np.sin(_angles(framing)[1:-1])


@_constant
def _inverse_cosines(framing):
    """Matrix from real parts to the first half of frames and the next sample, `[n_bins, n_fft / 2 + 1]`."""
    mirrored = np.full((framing.n_bins, 1), 2.0)
    mirrored[[0, -1]] = 1.0  # the only bins without a mirror image
    return mirrored / framing.n_fft * np.cos(_angles(framing)) * synthesis_window(framing)[: framing.n_bins]


@_constant
def _inverse_sines(framing):
    """As `_inverse_cosines`, from imaginary parts."""
    return -2.0 / framing.n_fft * np.sin(_angles(framing)) * synthesis_window(framing)[: framing.n_bins]


def _angles(framing):
    steps = np.arange(framing.n_bins)
    return 2 * np.pi / framing.n_fft * (np.outer(steps, steps) % framing.n_fft)
