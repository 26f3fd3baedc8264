"""Inaudible joints: the alignment of two sounds in phase, and a crossfade at constant power."""

import numpy as np


def best_match(template: np.ndarray, signal: np.ndarray) -> tuple[int, float]:
    """The place in a signal that a template matches best, by normalized cross-correlation over all channels together.

    Args:
        template: `[n, channels]`.
        signal: `[m, channels]`, m at least n.

    Returns:
        The offset in samples, from 0 to m − n, and the correlation there, in [−1, 1]; 0 for silence.

    Example:
        >>> noise = np.random.default_rng(0).standard_normal((50, 1))
        >>> offset, correlation = best_match(noise[20:40], noise)
        >>> offset, round(correlation, 6)
        (20, 1.0)
    """
    template, signal = np.asarray(template, "float64"), np.asarray(signal, "float64")
    n, n_offsets = len(template), len(signal) - len(template) + 1
    n_fft = 2 ** (len(signal) - 1).bit_length()
    spectra = np.fft.rfft(signal, n_fft, axis=0) * np.conj(np.fft.rfft(template, n_fft, axis=0))
    products = np.fft.irfft(spectra.sum(axis=1), n_fft)[:n_offsets]
    energy = np.concatenate([[0.0], np.cumsum(np.square(signal).sum(axis=1))])
    energies = (energy[n:] - energy[:-n]) * np.square(template).sum()
    # The floor keeps rounding errors of near silence from winning.
    correlations = products / np.sqrt(np.maximum(energies, 1e-6 * energies.max(initial=0.0) + 1e-20))
    offset = int(np.argmax(correlations))
    return offset, float(np.clip(correlations[offset], -1.0, 1.0))


def crossfade(ending: np.ndarray, beginning: np.ndarray, correlation: float) -> np.ndarray:
    """A crossfade from one sound to another at constant power.

    The gains are a quarter of a cosine and of a sine, divided by the level of their sum at this correlation: equal
    power for uncorrelated sounds, equal gain for identical ones. Where the sum would exceed full scale, the gains move
    towards equal gain, which cannot exceed it.

    Args:
        ending: The sound that fades out, `[n, channels]` in [−1, 1].
        beginning: The sound that fades in, of the same shape.
        correlation: Their correlation, from `best_match`; below 0 counts as 0.

    Returns:
        float64 `[n, channels]` in [−1, 1].

    Example:
        >>> crossfade(np.ones((4, 1)), np.ones((4, 1)), 1.0)[:, 0].round(6).tolist()
        [1.0, 1.0, 1.0, 1.0]
    """
    angle = 0.5 * np.pi * (np.arange(len(ending)) + 0.5)[:, None] / len(ending)
    falling, rising = np.cos(angle), np.sin(angle)
    mixed = falling * ending + rising * beginning
    for alike in np.linspace(min(max(correlation, 0.0), 1.0), 1.0, 5):
        result = mixed / np.sqrt(1.0 + 2.0 * alike * falling * rising)
        if np.abs(result).max(initial=0.0) <= 1.0:
            break
    return np.clip(result, -1.0, 1.0)
