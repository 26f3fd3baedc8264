"""Sharpness of the partials of notes."""

import math
from collections.abc import Sequence

import numpy as np

from keras_musicgan.metrics.pitch import one_for_each, sounding
from keras_musicgan.music.synthesizer import frequency
from keras_musicgan.spectra.framing import sliding_frames
from keras_musicgan.spectra.log_mel import CLIPS_AT_A_TIME, check_clips
from keras_musicgan.spectra.windows import window
from keras_musicgan.utils.checks import check_positive_int

WINDOW_SECONDS = 0.256  # rounded to a power of two samples: 4096 at 16 kHz
LOWEST_HZ = 20.0
HIGHEST_HZ = 5000.0
NEAR = 0.12  # of the fundamental, on either side of a partial
AWAY = 0.20


def partial_sharpness(clips: np.ndarray, sample_rate: int, pitch: Sequence[float] | float) -> np.ndarray:
    """Energy near the partials of a note relative to the energy between them, in dB.

    Partials are the multiples of the fundamental. Frequencies within 12 % of the fundamental from a partial are near,
    those more than 20 % from every partial lie between, and the rest does not count; nor does anything below 20 Hz or
    above 5 kHz. The spectrum is the mean power over Hann windows of about 256 ms (4,096 samples at 16 kHz), a quarter
    of that apart, that sound throughout: each quarter within 20 dB of the loudest, or as many quarters as a short note
    fills. White noise has −4 dB, steady tones have 60 dB or more; smeared, beating or wavering partials lie between.

    With the target pitch, notes out of tune lower it too, the more the higher their partials; with the pitch from
    `estimate_pitch` it depends on the sound alone.

    Args:
        clips: Floating-point `[n, samples, channels]`, full scale ±1.
        sample_rate: Rate in Hz.
        pitch: MIDI number of each clip, `[n]`, or one for all; NaN for no pitch.

    Returns:
        float64 `[n]` in dB; NaN where the clip is silent or its pitch NaN.

    Raises:
        ValueError: If the clips have another shape or type, are not finite or shorter than a window, or a pitch is too
            low for the window or too high for the sample rate.

    Example:
        >>> times = np.arange(16000) / 16000
        >>> saw = sum(np.sin(2 * np.pi * 440 * k * times) / k for k in range(1, 12))[None, :, None] / 3
        >>> bool(partial_sharpness(saw, 16000, 69)[0] > 60), bool(partial_sharpness(saw, 16000, 65)[0] < 6)
        (True, True)
    """
    clips = check_clips("clips", clips)
    check_positive_int("sample_rate", sample_rate)
    pitches = one_for_each("pitch", pitch, len(clips))
    n_fft = _window_length(sample_rate)
    if clips.shape[1] < n_fft:
        raise ValueError(
            f"`clips` must last {n_fft} samples at least, a window. Received: {clips.shape[1]} samples at "
            f"{sample_rate} Hz"
        )
    fundamentals = frequency(pitches)
    bin_hertz = sample_rate / n_fft
    lowest, highest = resolved_hertz(sample_rate)
    wrong = pitches[(fundamentals < lowest) | (fundamentals > highest)]  # NaN passes
    if len(wrong):
        raise ValueError(
            f"`pitch` must be one of {lowest:.0f} to {highest:.0f} Hz, for partials to be resolved. Received: MIDI "
            f"number {wrong[0]:g}"
        )
    frequencies = np.arange(n_fft // 2 + 1) * bin_hertz
    audible = (frequencies >= LOWEST_HZ) & (frequencies <= HIGHEST_HZ)
    result = np.full(len(clips), np.nan)
    for first in range(0, len(clips), CLIPS_AT_A_TIME):
        spectra, silent = _mean_spectra(clips[first : first + CLIPS_AT_A_TIME], n_fft)
        for clip in np.flatnonzero(~silent & np.isfinite(pitches[first : first + len(spectra)])):
            result[first + clip] = _ratio(spectra[clip, audible], frequencies[audible], fundamentals[first + clip])
    return result


def resolved_hertz(sample_rate: int) -> tuple[float, float]:
    """The lowest and the highest fundamental in Hz whose partials `partial_sharpness` can tell apart."""
    # Half the main lobe of a Hann window must fit into the band near a partial.
    return 2 * sample_rate / _window_length(sample_rate) / NEAR, min(HIGHEST_HZ, sample_rate / 2)


def _window_length(sample_rate):
    return 2 ** round(math.log2(max(WINDOW_SECONDS * sample_rate, 4)))


def _mean_spectra(clips, n_fft):
    """Mean power spectrum `[n, bins]` of the sounding windows, and which clips have none, `[n]`."""
    from scipy.fft import rfft

    samples = np.moveaxis(clips.astype("float64"), 2, 1)
    frames = sliding_frames(samples, n_fft, n_fft // 4)
    quarters = np.square(frames).reshape(*frames.shape[:3], 4, n_fft // 4).mean(axis=(1, 4))
    sounds = sounding(quarters.reshape(len(clips), -1)).reshape(quarters.shape)
    # A note that begins or ends within a window smears its partials: windows that sound throughout come first.
    n_sounding = sounds.sum(axis=2)
    taken = (n_sounding > 0) & (n_sounding == n_sounding.max(axis=1, keepdims=True))
    power = np.square(np.abs(rfft(frames * window("hann", n_fft)))).mean(axis=1)
    return (power * taken[..., None]).sum(axis=1), ~taken.any(axis=1)


def _ratio(power, frequencies, fundamental):
    """Ratio in dB of the energy near partials to the energy between them."""
    nearest = np.maximum(np.round(frequencies / fundamental), 1)
    distance = np.abs(frequencies / fundamental - nearest)
    near, away = power[distance <= NEAR].sum(), power[distance > AWAY].sum()
    return 10 * np.log10(max(near, 1e-20) / max(away, 1e-20))
