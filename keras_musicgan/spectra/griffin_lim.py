"""The fast Griffin-Lim algorithm: phases from magnitudes by iterated projections."""

import functools

import numpy as np
from keras import ops

from keras_musicgan.spectra.framing import Framing
from keras_musicgan.spectra.phase import MIN_POWER, magnitude
from keras_musicgan.spectra.stft import (
    MatrixTransform,
    analysis_window,
    host_istft,
    inverse_sumsquare,
    synthesis_window,
)

MOMENTUM = 0.99
CLIPS_AT_A_TIME = 2  # the arrays of an iteration stay in the processor's cache


def griffin_lim(magnitudes, phases, framing: Framing, iterations: int, momentum: float = MOMENTUM):
    """Clips whose spectra approximate given magnitudes; differentiable.

    Args:
        magnitudes: float32 tensor `[n, n_frames, bins]`; bins above those given count as 0.
        phases: Initial phases, a float32 tensor of that shape.
        framing: Frames and window of the spectra.
        iterations: Projections onto the spectra of clips, at least 0.
        momentum: Weight of the last step; 0 for the original algorithm.

    Returns:
        float32 tensor `[n, length]`.

    Reference: A fast Griffin-Lim algorithm (Perraudin, Balazs and Søndergaard, 2013).
    """
    bins, transform = magnitudes.shape[-1], MatrixTransform(framing)
    real, imaginary = magnitudes * ops.cos(phases), magnitudes * ops.sin(phases)
    previous_real = previous_imaginary = None
    for _ in range(iterations):
        rebuilt_real, rebuilt_imaginary = transform.stft(transform.istft(real, imaginary))
        rebuilt_real, rebuilt_imaginary = rebuilt_real[..., :bins], rebuilt_imaginary[..., :bins]
        real, imaginary = rebuilt_real, rebuilt_imaginary
        if previous_real is not None:
            real = real + momentum * (real - previous_real)
            imaginary = imaginary + momentum * (imaginary - previous_imaginary)
        scale = magnitudes / magnitude(real, imaginary)
        real, imaginary = scale * real, scale * imaginary
        previous_real, previous_imaginary = rebuilt_real, rebuilt_imaginary
    return transform.istft(real, imaginary)


def host_griffin_lim(
    magnitudes: np.ndarray, phases: np.ndarray, framing: Framing, iterations: int, momentum: float = MOMENTUM
) -> np.ndarray:
    """As `griffin_lim`, on the host: float32 `[n, length]`."""
    clips = np.empty((len(magnitudes), framing.length), "float32")
    for first in range(0, len(magnitudes), CLIPS_AT_A_TIME):
        batch = slice(first, first + CLIPS_AT_A_TIME)
        target = np.ascontiguousarray(magnitudes[batch])
        clips[batch] = _host_griffin_lim(target, phases[batch], framing, iterations, momentum)
    return clips


def _host_griffin_lim(magnitudes, phases, framing, iterations, momentum):
    import scipy.fft

    reframe, step = _compiled()
    n, n_frames, bins = magnitudes.shape
    spectra = np.zeros((n, n_frames, framing.n_bins), "complex64")
    spectra.real[..., :bins] = magnitudes * np.cos(phases)
    spectra.imag[..., :bins] = magnitudes * np.sin(phases)
    clips = np.zeros((n, framing.n_hops * framing.hop_length), "float32")
    inverse = np.zeros_like(clips[0])
    inverse[framing.pad_left : framing.pad_left + framing.length] = inverse_sumsquare(framing)
    windows = analysis_window(framing), synthesis_window(framing)
    previous = None
    for _ in range(iterations):
        frames = scipy.fft.irfft(spectra, framing.n_fft)
        reframe(frames, *windows, inverse, framing.hop_length, clips)
        rebuilt = scipy.fft.rfft(frames, overwrite_x=True)
        step(magnitudes, rebuilt, rebuilt if previous is None else previous, np.float32(momentum), spectra)
        previous = rebuilt
    return host_istft(spectra, framing)


def _reframe(frames, analysis, synthesis, inverse, hop_length, clips):
    """Replaces frames by the frames of their sum, in place."""
    n, n_frames, n_fft = frames.shape
    half = n_fft // 2
    for index in range(n):
        clip = clips[index]
        clip[:] = 0.0
        for frame in range(n_frames):
            begin = frame * hop_length
            for sample in range(half):
                clip[begin + sample] += frames[index, frame, half + sample] * synthesis[half + sample]
            for sample in range(half):
                clip[begin + half + sample] += frames[index, frame, sample] * synthesis[sample]
        clip *= inverse
        for frame in range(n_frames):
            begin = frame * hop_length
            for sample in range(half):
                frames[index, frame, half + sample] = clip[begin + sample] * analysis[half + sample]
            for sample in range(half):
                frames[index, frame, sample] = clip[begin + half + sample] * analysis[sample]


def _step(magnitudes, rebuilt, previous, momentum, spectra):
    """Extrapolates from the previous to the rebuilt spectra, with the given magnitudes, into `spectra`."""
    n, n_frames, n_bins = magnitudes.shape
    for index in range(n):
        for frame in range(n_frames):
            for band in range(n_bins):
                here = rebuilt[index, frame, band]
                here += momentum * (here - previous[index, frame, band])
                power = max(here.real * here.real + here.imag * here.imag, np.float32(MIN_POWER))
                spectra[index, frame, band] = here * (magnitudes[index, frame, band] / np.sqrt(power))


@functools.cache
def _compiled():
    import numba

    return tuple(numba.njit(cache=True, nogil=True, fastmath=True)(function) for function in (_reframe, _step))
