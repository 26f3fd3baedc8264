"""Mel bands from the bins of spectra, and back."""

import functools
from dataclasses import dataclass

import numpy as np

from keras_musicgan.spectra.phase import MIN_POWER
from keras_musicgan.utils.checks import check_positive_int

SMOOTHING = 1e-3  # of the inverse, relative to a band's own weight; without it, errors of a band would ring in others


@dataclass(frozen=True)
class MelBands:
    """Mel bands from 0 Hz to half the sample rate over the first `n_fft / 2` bins of spectra.

    In its methods, `xp` is `keras.ops` for tensors, `numpy` for arrays.

    Args:
        sample_rate: Rate in Hz.
        n_fft: Samples in a frame.
        n_mels: Bands, at most `n_fft / 2`.

    Raises:
        ValueError: If there are more bands than bins.

    Example:
        >>> MelBands(16000, 512, 64).matrix.shape
        (256, 64)
    """

    sample_rate: int
    n_fft: int
    n_mels: int

    def __post_init__(self):
        check_positive_int("n_mels", self.n_mels)
        if self.n_mels > self.n_fft // 2:
            raise ValueError(
                f"`n_mels` must be at most half of n_fft={self.n_fft}, the number of bins. Received: "
                f"n_mels={self.n_mels}. Take fewer bands or longer frames."
            )

    @property
    def centres(self) -> np.ndarray:
        """The frequency of each band in Hz, where its weight is 1; float64 `[n_mels]`."""
        return _edges(self)[1:-1]

    @property
    def matrix(self) -> np.ndarray:
        """Weights float32 `[n_fft / 2, n_mels]`: triangles with a peak of 1, those of librosa with `norm=None`.

        Where bands lie closer together than bins, at low frequencies, a triangle is one bin wide to either side: it
        interpolates between two bins, and no band is empty.
        """
        return _matrix(self)

    @property
    def inverse(self) -> np.ndarray:
        """Least-squares inverse of `matrix`, float32 `[n_mels, n_fft / 2]`; it may make power slightly negative."""
        return _inverse(self)

    @property
    def nearest(self) -> np.ndarray:
        """Assignment of each bin to the band with the nearest centre, float32 0 and 1 `[n_mels, n_fft / 2]`."""
        return _nearest(self)

    def band_magnitudes(self, magnitudes, xp):
        """Magnitudes `[..., n_mels]` of bands, whose power is the weighted sum over bins `[..., n_fft / 2]`."""
        return xp.sqrt(xp.matmul(xp.square(magnitudes), self.matrix))

    def bin_magnitudes(self, magnitudes, xp):
        """Approximate inverse of `band_magnitudes`."""
        power = xp.matmul(xp.square(magnitudes), self.inverse)
        return xp.sqrt(xp.maximum(power, MIN_POWER))


def _edges(bands):
    import librosa

    return librosa.mel_frequencies(bands.n_mels + 2, fmin=0.0, fmax=bands.sample_rate / 2)


@functools.lru_cache(maxsize=8)
def _matrix(bands):
    edges = _edges(bands)
    width = bands.sample_rate / bands.n_fft
    below, above = np.maximum(np.diff(edges), width)[:-1], np.maximum(np.diff(edges), width)[1:]
    distance = np.arange(bands.n_fft // 2)[:, None] * width - edges[1:-1]
    return _read_only(np.maximum(1.0 - np.where(distance < 0, -distance / below, distance / above), 0.0))


@functools.lru_cache(maxsize=8)
def _inverse(bands):
    matrix = bands.matrix.astype("float64")
    gram = matrix.T @ matrix
    return _read_only(np.linalg.solve(gram + SMOOTHING * np.diag(np.diag(gram)), matrix.T))


@functools.lru_cache(maxsize=8)
def _nearest(bands):
    bins = np.arange(bands.n_fft // 2) * bands.sample_rate / bands.n_fft
    distance = np.abs(bins - bands.centres[:, None])
    return _read_only(np.arange(bands.n_mels)[:, None] == distance.argmin(axis=0))


def _read_only(matrix):
    matrix = matrix.astype("float32")
    matrix.flags.writeable = False
    return matrix
