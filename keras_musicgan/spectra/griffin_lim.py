"""Phases from magnitudes by projecting back and forth between them and the spectra of real clips."""

import functools

import numpy as np
from keras import ops

from keras_musicgan.spectra.framing import Framing
from keras_musicgan.spectra.phase import MIN_POWER, magnitude
from keras_musicgan.spectra.stft import (
    analysis_window,
    host_istft,
    inverse_cover,
    istft,
    matrix_stft,
    synthesis_window,
)

MOMENTUM = 0.99
CLIPS_AT_A_TIME = 2  # what an iteration touches stays in the processor's cache


def griffin_lim(sizes, phases, framing: Framing, iterations: int, momentum: float = MOMENTUM):
    """Clips whose spectra come near to given magnitudes, by the fast Griffin-Lim algorithm; differentiable.

    Args:
        sizes: float32 tensor of magnitudes `[n, n_frames, bins]`; bins above those given count as 0.
        phases: float32 tensor of that shape: the phases to begin with.
        framing: Frames and window of the spectra.
        iterations: Projections onto the spectra of clips, at least 0.
        momentum: How far each step goes on beyond the projection; 0 is the original algorithm.

    Returns:
        float32 tensor `[n, length]`.

    Reference: A fast Griffin-Lim algorithm (Perraudin, Balazs and Søndergaard, 2013).
    """
    bins = sizes.shape[-1]
    real, imaginary = sizes * ops.cos(phases), sizes * ops.sin(phases)
    last_real = last_imaginary = None
    for _ in range(iterations):
        rebuilt_real, rebuilt_imaginary = matrix_stft(istft(real, imaginary, framing), framing)
        rebuilt_real, rebuilt_imaginary = rebuilt_real[..., :bins], rebuilt_imaginary[..., :bins]
        real, imaginary = rebuilt_real, rebuilt_imaginary
        if last_real is not None:
            real = real + momentum * (real - last_real)
            imaginary = imaginary + momentum * (imaginary - last_imaginary)
        scale = sizes / magnitude(real, imaginary)
        real, imaginary = scale * real, scale * imaginary
        last_real, last_imaginary = rebuilt_real, rebuilt_imaginary
    return istft(real, imaginary, framing)


def host_griffin_lim(
    sizes: np.ndarray, phases: np.ndarray, framing: Framing, iterations: int, momentum: float = MOMENTUM
) -> np.ndarray:
    """As `griffin_lim`, on the host: float32 `[n, length]`."""
    clips = np.empty((len(sizes), framing.length), "float32")
    for first in range(0, len(sizes), CLIPS_AT_A_TIME):
        some = slice(first, first + CLIPS_AT_A_TIME)
        clips[some] = _host_griffin_lim(np.ascontiguousarray(sizes[some]), phases[some], framing, iterations, momentum)
    return clips


def _host_griffin_lim(sizes, phases, framing, iterations, momentum):
    import scipy.fft

    reframe, step = _compiled()
    n, n_frames, bins = sizes.shape
    spectra = np.zeros((n, n_frames, framing.n_bins), "complex64")
    spectra.real[..., :bins] = sizes * np.cos(phases)
    spectra.imag[..., :bins] = sizes * np.sin(phases)
    clips = np.zeros((n, framing.n_rows * framing.hop_length), "float32")
    kept = np.zeros_like(clips[0])
    kept[framing.left : framing.left + framing.length] = inverse_cover(framing)
    windows = analysis_window(framing), synthesis_window(framing)
    last = None
    for _ in range(iterations):
        cut = scipy.fft.irfft(spectra, framing.n_fft)
        reframe(cut, *windows, kept, framing.hop_length, clips)
        rebuilt = scipy.fft.rfft(cut, overwrite_x=True)
        step(sizes, rebuilt, rebuilt if last is None else last, np.float32(momentum), spectra)
        last = rebuilt
    return host_istft(spectra, framing)


def _reframe(cut, analysis, synthesis, kept, hop_length, clips):
    """Frames of the clips that frames add up to, in their place."""
    n, n_frames, n_fft = cut.shape
    half = n_fft // 2
    for index in range(n):
        clip = clips[index]
        clip[:] = 0.0
        for frame in range(n_frames):
            begin = frame * hop_length
            for place in range(half):
                clip[begin + place] += cut[index, frame, half + place] * synthesis[half + place]
            for place in range(half):
                clip[begin + half + place] += cut[index, frame, place] * synthesis[place]
        clip *= kept
        for frame in range(n_frames):
            begin = frame * hop_length
            for place in range(half):
                cut[index, frame, half + place] = clip[begin + place] * analysis[half + place]
            for place in range(half):
                cut[index, frame, place] = clip[begin + half + place] * analysis[place]


def _step(sizes, rebuilt, last, momentum, spectra):
    """Beyond the rebuilt spectra away from the last ones, with the magnitudes that are wanted, into `spectra`."""
    n, n_frames, n_bins = sizes.shape
    for index in range(n):
        for frame in range(n_frames):
            for band in range(n_bins):
                ahead = rebuilt[index, frame, band] + momentum * (
                    rebuilt[index, frame, band] - last[index, frame, band]
                )
                power = max(ahead.real * ahead.real + ahead.imag * ahead.imag, np.float32(MIN_POWER))
                spectra[index, frame, band] = ahead * (sizes[index, frame, band] / np.sqrt(power))


@functools.cache
def _compiled():
    import numba

    return tuple(numba.njit(cache=True, nogil=True, fastmath=True)(function) for function in (_reframe, _step))
