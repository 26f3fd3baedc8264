"""Phases from magnitudes alone, by integrating the gradient that log magnitudes tell about phase.

The window is taken for the Gaussian that is most like it, for which log magnitude and phase determine each other.
"""

import functools
import heapq

import numpy as np
from keras import ops

from keras_musicgan.spectra.framing import Framing
from keras_musicgan.spectra.windows import gaussian_spread, window

MIN_SHARE = 1e-6  # of a clip's largest magnitude; what is smaller has the phase 0


def phase_gradient_heap_integration(sizes: np.ndarray, framing: Framing) -> np.ndarray:
    """Phases of magnitudes, from the largest to the smallest neighbour, on the host.

    Args:
        sizes: Magnitudes `[n, n_frames, bins]`, at least 0, in any unit.
        framing: Frames and window of the spectra.

    Returns:
        float32 `[n, n_frames, bins]` in radians.

    Reference: A noniterative method for reconstruction of phase from STFT magnitude (Průša, Balazs and Søndergaard,
    2017).
    """
    integrate = _compiled_integrate()
    phases = np.zeros(sizes.shape, "float32")
    for phase, size in zip(phases, sizes, strict=True):
        least = MIN_SHARE * size.max()
        if least > 0:  # not in silence, and not where there are no numbers
            by_time, by_frequency = _gradient(np.log(size + least, dtype="float32"), framing)
            integrate(size, by_time, by_frequency, least, phase)
    return phases


def turning_phase(log_magnitudes, framing: Framing, xp=ops):
    """Phases that turn in each bin as fast as its log magnitudes tell.

    It is the half of the integration that needs no heap: a good start for `griffin_lim`.

    Args:
        log_magnitudes: Natural logarithms of magnitudes, `[n, n_frames, bins]`.
        framing: Frames and window of the spectra.
        xp: `keras.ops` for tensors, `numpy` for arrays.
    """
    by_frequency = xp.concatenate(
        [
            log_magnitudes[..., 1:2] - log_magnitudes[..., :1],
            0.5 * (log_magnitudes[..., 2:] - log_magnitudes[..., :-2]),
            log_magnitudes[..., -1:] - log_magnitudes[..., -2:-1],
        ],
        axis=-1,
    )
    return xp.cumsum(xp.add(_stretch(framing) * by_frequency, _turns(framing, log_magnitudes.shape[-1])), axis=1)


def _turns(framing, n_bins):
    """How much the phase of each bin's own frequency changes from frame to frame, float32 `[n_bins]`."""
    return (2 * np.pi * framing.hop_length / framing.n_fft * np.arange(n_bins)).astype("float32")


def _stretch(framing):
    """Phase of a hop for a slope of 1 in log magnitude from bin to bin, as of a Gaussian window."""
    return framing.hop_length * framing.n_fft / _spread(framing)


@functools.lru_cache(maxsize=32)
def _spread(framing):
    return gaussian_spread(window(framing.window, framing.n_fft))


def _gradient(log_magnitudes, framing):
    """How much the phase changes to the next frame and to the next bin, `[n_frames, bins]` each."""
    stretch = np.float32(_stretch(framing))
    slope_in_time, slope_in_frequency = np.gradient(log_magnitudes)
    return stretch * slope_in_frequency + _turns(framing, log_magnitudes.shape[1]), -slope_in_time / stretch


def _integrate(size, by_time, by_frequency, least, phase):
    """Spreads the phase from each local peak over what is above `least`, the largest first, by the trapezoidal rule."""
    n_frames, n_bins = size.shape
    done = size <= least
    for peak in np.argsort(-size.ravel()):
        frame, band = peak // n_bins, peak % n_bins
        if done[frame, band]:
            continue
        done[frame, band] = True
        border = [(-size[frame, band], frame, band)]
        while border:
            _, frame, band = heapq.heappop(border)
            here = phase[frame, band]
            if frame + 1 < n_frames and not done[frame + 1, band]:
                phase[frame + 1, band] = here + 0.5 * (by_time[frame, band] + by_time[frame + 1, band])
                done[frame + 1, band] = True
                heapq.heappush(border, (-size[frame + 1, band], frame + 1, band))
            if frame > 0 and not done[frame - 1, band]:
                phase[frame - 1, band] = here - 0.5 * (by_time[frame, band] + by_time[frame - 1, band])
                done[frame - 1, band] = True
                heapq.heappush(border, (-size[frame - 1, band], frame - 1, band))
            if band + 1 < n_bins and not done[frame, band + 1]:
                phase[frame, band + 1] = here + 0.5 * (by_frequency[frame, band] + by_frequency[frame, band + 1])
                done[frame, band + 1] = True
                heapq.heappush(border, (-size[frame, band + 1], frame, band + 1))
            if band > 0 and not done[frame, band - 1]:
                phase[frame, band - 1] = here - 0.5 * (by_frequency[frame, band] + by_frequency[frame, band - 1])
                done[frame, band - 1] = True
                heapq.heappush(border, (-size[frame, band - 1], frame, band - 1))


@functools.cache
def _compiled_integrate():
    import numba

    return numba.njit(cache=True, nogil=True)(_integrate)
