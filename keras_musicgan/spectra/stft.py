"""The short-time Fourier transform and its inverse, as tensors and on the host.

Spectra are relative to full scale: a sine of amplitude 1 in the middle of a bin has the magnitude 1 there. Phases are
those at the centre of a frame, so that all bins that a partial fills have the same one; counted from the first sample
of a frame, as elsewhere, they would jump by half a turn from bin to bin.

On a CPU the fast transform is two to four times faster than the product with a matrix of cosines and sines, at 512
samples as at 2,048. But most file formats that models are exported to lack it, so the inverse, which an exported model
holds, is a matrix product; `matrix_stft` is its counterpart.
"""

import functools

import numpy as np
from keras import ops

from keras_musicgan.spectra.framing import Framing, frames, host_frames, host_overlap_add, overlap_add


def stft(clips, framing: Framing):
    """Spectra of clips, differentiable, by the fast transform.

    Args:
        clips: float32 tensor `[n, length]`.
        framing: Length, frames and window.

    Returns:
        Real and imaginary part, each a float32 tensor `[n, n_frames, n_bins]`.
    """
    real, imaginary = ops.rfft(ops.multiply(frames(clips, framing), _analysis_window(framing)))
    signs = _signs(framing).astype("float32")
    return ops.multiply(real, signs), ops.multiply(imaginary, signs)


def matrix_stft(clips, framing: Framing):
    """As `stft`, by matrix products, which every format of exported models has."""
    half = framing.n_fft // 2
    cut = frames(clips, framing)
    first, second = cut[..., :half], cut[..., half:]
    # A frame as its part that is even around the middle and its odd one: the sum starts at 0, with its mirror at half.
    mirrored = ops.flip(second[..., 1:], axis=-1)
    even = ops.concatenate([first[..., :1], first[..., 1:] + mirrored, second[..., :1]], axis=-1)
    odd = first[..., 1:] - mirrored
    cosines, sines = _analysis_bases(framing)
    return ops.matmul(even, cosines), ops.matmul(odd, sines)


def istft(real, imaginary, framing: Framing):
    """The clips whose spectra are nearest to given ones in least squares, differentiable, by matrix products.

    Args:
        real: float32 tensor `[n, n_frames, bins]`; bins above those given count as 0.
        imaginary: The same.
        framing: Length, frames and window.

    Returns:
        float32 tensor `[n, length]`.
    """
    half = framing.n_fft // 2
    bins = real.shape[-1]
    cosines, sines = _synthesis_bases(framing)
    even = ops.matmul(real, cosines[:bins])
    odd = ops.matmul(imaginary, sines[:bins])
    second = ops.flip((even - odd)[..., 1:half], axis=-1)
    clips = overlap_add(ops.concatenate([even + odd, second], axis=-1), framing)
    return ops.multiply(clips, _inverse_cover(framing))


def host_stft(clips: np.ndarray, framing: Framing) -> np.ndarray:
    """As `stft`, on the host: complex64 `[n, n_frames, n_bins]` of float32 clips."""
    import scipy.fft

    half = framing.n_fft // 2
    window, _ = centred_windows(framing)
    views = host_frames(clips, framing)
    cut = np.empty(views.shape, "float32")
    np.multiply(views[..., half:], window[:half], out=cut[..., :half])
    np.multiply(views[..., :half], window[half:], out=cut[..., half:])
    return scipy.fft.rfft(cut, overwrite_x=True)


def host_istft(spectra: np.ndarray, framing: Framing) -> np.ndarray:
    """As `istft`, on the host: float32 `[n, length]` of complex64 spectra `[n, n_frames, bins]`."""
    import scipy.fft

    half = framing.n_fft // 2
    _, window = centred_windows(framing)
    cut = scipy.fft.irfft(spectra, framing.n_fft)
    turned = np.empty_like(cut)
    np.multiply(cut[..., half:], window[half:], out=turned[..., :half])
    np.multiply(cut[..., :half], window[:half], out=turned[..., half:])
    clips = host_overlap_add(turned, framing)
    clips *= _inverse_cover(framing)
    return clips


@functools.lru_cache(maxsize=32)
def centred_windows(framing: Framing) -> tuple[np.ndarray, np.ndarray]:
    """The windows of analysis and synthesis for frames that begin at their centre, as their phases do.

    After its end such a frame goes on with its first half. float32 `[n_fft]`, twice.
    """
    half = framing.n_fft // 2
    return np.roll(_analysis_window(framing), half), np.roll(_synthesis_window(framing), half)


def _signs(framing):
    """1 and −1 in turn: what moves the phases of bins from a frame's first sample to its centre, and back."""
    return 1.0 - 2.0 * (np.arange(framing.n_bins) % 2)


def _constant(function):
    """Keeps what a function of a framing gives; float32 and read-only."""

    @functools.lru_cache(maxsize=32)
    @functools.wraps(function)
    def kept(framing):
        values = function(framing)
        for value in values if isinstance(values, tuple) else (values,):
            value.flags.writeable = False
        return values

    return kept


@_constant
def _analysis_window(framing):
    samples = framing.samples
    return (2.0 / samples.sum() * samples).astype("float32")


@_constant
def _synthesis_window(framing):
    samples = framing.samples
    return (samples.sum() / 2.0 * samples).astype("float32")


@_constant
def _inverse_cover(framing):
    return (1.0 / framing.cover).astype("float32")


@_constant
def _analysis_bases(framing):
    """Cosines `[n_fft / 2 + 1, n_bins]` and sines `[n_fft / 2 - 1, n_bins]` with the window."""
    half = framing.n_fft // 2
    samples = framing.samples
    samples *= 2.0 / samples.sum()
    angles = 2 * np.pi / framing.n_fft * np.outer(np.arange(half + 1), np.arange(framing.n_bins))
    cosines = samples[: half + 1, None] * np.cos(angles) * _signs(framing)
    sines = -samples[1:half, None] * np.sin(angles[1:half]) * _signs(framing)
    return cosines.astype("float32"), sines.astype("float32")


@_constant
def _synthesis_bases(framing):
    """Cosines and sines `[n_bins, n_fft / 2 + 1]` of the first half of a frame with the window."""
    half = framing.n_fft // 2
    samples = framing.samples
    samples *= samples.sum() / 2.0
    angles = 2 * np.pi / framing.n_fft * np.outer(np.arange(framing.n_bins), np.arange(half + 1))
    weights = 2.0 / framing.n_fft * _signs(framing)[:, None]
    weights[[0, -1]] /= 2.0  # the only bins without a mirror image
    cosines = weights * np.cos(angles) * samples[: half + 1]
    sines = -weights * np.sin(angles) * samples[: half + 1]
    return cosines.astype("float32"), sines.astype("float32")
