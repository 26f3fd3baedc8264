"""Window functions, by name."""

import math

import numpy as np

from keras_musicgan.utils.checks import check_choice

WINDOWS = ("hann", "hamming", "blackman", "gaussian")
GAUSSIAN_EDGE = 0.01  # value of the Gaussian window at its edge


def window(name: str, n_fft: int) -> np.ndarray:
    """A periodic window: sample `n` equals sample `n_fft - n`; the peak of 1 lies at `n_fft / 2`.

    Args:
        name: `"hann"`, `"hamming"`, `"blackman"` or `"gaussian"`.
        n_fft: Samples.

    Returns:
        float64 `[n_fft]` in [0, 1].

    Raises:
        ValueError: If the name is unknown.

    Example:
        >>> window("hann", 4).round(6).tolist()
        [0.0, 0.5, 1.0, 0.5]
    """
    check_choice("window", name, WINDOWS)
    from scipy.signal import get_window

    deviation = n_fft / math.sqrt(-8 * math.log(GAUSSIAN_EDGE))
    samples = get_window(("gaussian", deviation) if name == "gaussian" else name, n_fft)
    return np.maximum(samples, 0.0)  # rounding makes the ends of a Blackman window negative


def gaussian_spread(samples: np.ndarray) -> float:
    """The spread γ of the Gaussian exp(−πx²/γ), x in samples, with the smallest squared difference from a window.

    A Hann window of N samples has γ ≈ 0.258 N².

    Args:
        samples: The window with its peak of 1 in the middle, `[n_fft]`.

    Returns:
        γ in squared samples.

    Example:
        >>> round(gaussian_spread(window("hann", 512)) / 512**2, 3)
        0.258

    Reference: A noniterative method for reconstruction of phase from STFT magnitude (Průša, Balazs and Søndergaard,
    2017), who give 0.256.
    """
    n_fft = len(samples)
    squared_distance = (np.arange(n_fft) / n_fft - 0.5) ** 2
    shares = np.geomspace(0.01, 2.0, 201)
    for _ in range(3):  # each time between the neighbours of the best share
        gaussians = np.exp(-np.pi * squared_distance / shares[:, None])
        best = int(np.square(gaussians - samples).sum(axis=1).argmin())
        share = shares[best]
        shares = np.linspace(shares[max(best - 1, 0)], shares[min(best + 1, 200)], 201)
    return float(share) * n_fft**2
