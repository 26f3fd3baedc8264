"""Phases from magnitudes alone: the gradient of log magnitudes determines that of phases, which is integrated.

The relation is exact for a Gaussian window. The best approximation of the window by a Gaussian is used.
"""

import functools
import heapq

import numpy as np
from keras import ops

from keras_musicgan.spectra.framing import Framing
from keras_musicgan.spectra.windows import gaussian_spread, window

MIN_SHARE = 1e-6  # of a clip's largest magnitude; smaller ones have the phase 0


def phase_gradient_heap_integration(magnitudes: np.ndarray, framing: Framing) -> np.ndarray:
    """Phases by integrating their gradient from peaks outwards, the largest magnitudes first, on the host.

    Args:
        magnitudes: float32 `[n, n_frames, bins]`, at least 0, in any unit.
        framing: Frames and window of the spectra.

    Returns:
        float32 `[n, n_frames, bins]` in radians.

    Reference: A noniterative method for reconstruction of phase from STFT magnitude (Průša, Balazs and Søndergaard,
    2017).
    """
    integrate = _compiled_integrate()
    phases = np.zeros(magnitudes.shape, "float32")
    for phase, magnitude in zip(phases, magnitudes, strict=True):
        threshold = MIN_SHARE * magnitude.max()
        if threshold > 0:  # neither silence nor NaN
            time_slope, frequency_slope = _gradient(np.log(magnitude + threshold, dtype="float32"), framing)
            integrate(magnitude, time_slope, frequency_slope, threshold, phase)
    return phases


def time_integrated_phase(log_magnitudes, framing: Framing, xp=ops):
    """Phases by integration over time alone, which needs no heap: initial phases for `griffin_lim`.

    Args:
        log_magnitudes: Natural logarithms of magnitudes, `[n, n_frames, bins]`.
        framing: Frames and window of the spectra.
        xp: `keras.ops` for tensors, `numpy` for arrays.
    """
    frequency_slope = xp.concatenate(
        [
            log_magnitudes[..., 1:2] - log_magnitudes[..., :1],
            0.5 * (log_magnitudes[..., 2:] - log_magnitudes[..., :-2]),
            log_magnitudes[..., -1:] - log_magnitudes[..., -2:-1],
        ],
        axis=-1,
    )
    advance = _bin_advance(framing, log_magnitudes.shape[-1])
    return xp.cumsum(xp.add(_stretch(framing) * frequency_slope, advance), axis=1)


def _bin_advance(framing, n_bins):
    """Change of phase from frame to frame of each bin's centre frequency, float32 `[n_bins]`."""
    return (2 * np.pi * framing.hop_length / framing.n_fft * np.arange(n_bins)).astype("float32")


def _stretch(framing):
    """Change of phase in a hop for a slope of 1 in log magnitude from bin to bin, with a Gaussian window."""
    return framing.hop_length * framing.n_fft / _spread(framing)


@functools.lru_cache(maxsize=32)
def _spread(framing):
    return gaussian_spread(window(framing.window, framing.n_fft))


def _gradient(log_magnitudes, framing):
    """Change of phase to the next frame and to the next bin, each `[n_frames, bins]`."""
    stretch = np.float32(_stretch(framing))
    log_time_slope, log_frequency_slope = np.gradient(log_magnitudes)
    return stretch * log_frequency_slope + _bin_advance(framing, log_magnitudes.shape[1]), -log_time_slope / stretch


def _integrate(magnitude, time_slope, frequency_slope, threshold, phase):
    """Spreads the phase from local peaks to all bins above `threshold`, loudest first, by the trapezoidal rule."""
    n_frames, n_bins = magnitude.shape
    done = magnitude <= threshold
    for peak in np.argsort(-magnitude.ravel()):
        frame, band = peak // n_bins, peak % n_bins
        if done[frame, band]:
            continue
        done[frame, band] = True
        heap = [(-magnitude[frame, band], frame, band)]
        while heap:
            _, frame, band = heapq.heappop(heap)
            here = phase[frame, band]
            if frame + 1 < n_frames and not done[frame + 1, band]:
                phase[frame + 1, band] = here + 0.5 * (time_slope[frame, band] + time_slope[frame + 1, band])
                done[frame + 1, band] = True
                heapq.heappush(heap, (-magnitude[frame + 1, band], frame + 1, band))
            if frame > 0 and not done[frame - 1, band]:
                phase[frame - 1, band] = here - 0.5 * (time_slope[frame, band] + time_slope[frame - 1, band])
                done[frame - 1, band] = True
                heapq.heappush(heap, (-magnitude[frame - 1, band], frame - 1, band))
            if band + 1 < n_bins and not done[frame, band + 1]:
                phase[frame, band + 1] = here + 0.5 * (frequency_slope[frame, band] + frequency_slope[frame, band + 1])
                done[frame, band + 1] = True
                heapq.heappush(heap, (-magnitude[frame, band + 1], frame, band + 1))
            if band > 0 and not done[frame, band - 1]:
                phase[frame, band - 1] = here - 0.5 * (frequency_slope[frame, band] + frequency_slope[frame, band - 1])
                done[frame, band - 1] = True
                heapq.heappush(heap, (-magnitude[frame, band - 1], frame, band - 1))


@functools.cache
def _compiled_integrate():
    import numba

    return numba.njit(cache=True, nogil=True)(_integrate)
