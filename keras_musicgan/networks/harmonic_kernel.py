"""Weights by which spectra are in tune before any training.

Reference: for harmonics of a known pitch as what need not be learned, DDSP (Engel, Hantrakul, Gu and Roberts, 2020).
"""

import numpy as np

from keras_musicgan.conditions import Pitch
from keras_musicgan.representations.banded import BandedRepresentation

GROUND = -0.5  # between partials
ROLLOFF = 0.5  # a decade of partials lower; bins are measured relative to the loudest sound in each, so not steeply
LEAST = 1 / 3  # of the first partial's height


def harmonic_kernel(representation: BandedRepresentation, pitch: Pitch, window: np.ndarray) -> np.ndarray:
    """The spectrum of a harmonic sound for each pitch: 0.5 at the first partial, less at others, −0.5 between them.

    Args:
        representation: Of magnitudes in bins or mel bands; other features of a bin stay 0.
        pitch: The pitches.
        window: Weights by which the spectra are averaged over neighbouring bins afterwards.

    Returns:
        float64 `[pitches, bins, features]`, for weights before that average.
    """
    _, bins, features = representation.encoded_shape
    kernel = np.zeros((pitch.width, bins, features))
    magnitudes = kernel[:, :, : representation.channels]
    magnitudes += GROUND / window.sum()
    for spectrum, number in zip(magnitudes, range(pitch.low, pitch.high + 1), strict=True):
        fundamental = 440.0 * 2.0 ** ((number - 69) / 12)
        partials = np.arange(1, representation.sample_rate / 2 // fundamental + 1)
        heights = np.maximum(1.0 - ROLLOFF * np.log10(partials), LEAST) / window.max()
        positions = representation.band_positions(fundamental * partials)
        below, share = positions.astype(int), (positions % 1)[:, None]
        for bin_, height in ((below, (1 - share) * heights[:, None]), (below + 1, share * heights[:, None])):
            inside = bin_ < bins
            np.add.at(spectrum, bin_[inside], height[inside])
    return kernel
