"""The pitch that is heard in clips of single notes."""

import math
from collections.abc import Sequence

import numpy as np

from keras_musicgan.music.audio import SILENCE
from keras_musicgan.spectra.log_mel import CLIPS_AT_A_TIME, check_clips
from keras_musicgan.utils.checks import check_number, check_positive_int

WINDOW_SECONDS = 0.064
HOP_SECONDS = 0.032
WORKING_RATE = 16000  # Hz at least: at lower rates the periods of high notes are too few samples to be told apart
# The next two are those that made the fewest errors of an octave on 1,600 real notes, without and with added noise.
MARGIN = 0.08  # how much worse than the best period a shorter one may be and still be the one that is heard
APERIODIC = 0.5  # share of energy that does not repeat, above which a frame has no pitch
SOUNDING_DB = 20.0  # below the loudest frame, what still sounds
MIN_SHARE = 0.25  # of the sounding frames that must have a pitch


def estimate_pitch(clips: np.ndarray, sample_rate: int, low: float = 36.0, high: float = 96.0) -> np.ndarray:
    """The pitch heard in each clip, in semitones as MIDI counts them.

    The YIN estimator looks for the period in frames of 64 ms, 32 ms apart, among those within 20 dB of the loudest.
    Of the periods that explain a frame nearly as well as the best it takes the shortest, since every multiple of a
    period is one too. Frames of which half or more does not repeat have no pitch. The clip's is the median of its
    frames', so that vibrato and the noise of an attack do not move it. Of several channels it adds the errors, so that
    opposite phases do not cancel.

    Args:
        clips: Floating-point `[n, samples, channels]`, full scale ±1.
        sample_rate: Rate in Hz.
        low: Lowest pitch to look for, as a MIDI number, down to 12 (16 Hz).
        high: Highest pitch to look for, at most half the sample rate; it should leave room above the notes that are
            expected, or a note that sounds an octave too high is not noticed.

    Returns:
        float64 `[n]`, MIDI numbers with fractions in [low − 0.5, high + 0.5]; NaN where less than a quarter of what
        sounds has a pitch, as in silence and noise.

    Raises:
        ValueError: If the clips have another shape or type, are not finite or shorter than a frame and the longest
            period, or the range is not one.

    Example:
        >>> sine = 0.5 * np.sin(2 * np.pi * 440 * np.arange(8000) / 16000)[None, :, None]
        >>> estimate_pitch(sine, 16000).round(2).tolist()
        [69.0]

    Reference: YIN, a fundamental frequency estimator for speech and music (de Cheveigné and Kawahara, 2002).
    """
    clips = check_clips("clips", clips)
    check_positive_int("sample_rate", sample_rate)
    _check_range(low, high, sample_rate)
    factor = -(-WORKING_RATE // sample_rate)
    rate = factor * sample_rate
    shortest, longest = math.floor(rate / _hertz(high + 0.5)), math.ceil(rate / _hertz(low - 0.5))
    window = round(WINDOW_SECONDS * rate)
    if factor * clips.shape[1] < window + longest + 1:
        seconds = (window + longest + 1) / rate
        raise ValueError(
            f"`clips` must last {seconds:.3f} s at least, a frame and the longest period. Received: "
            f"{clips.shape[1]} samples at {sample_rate} Hz. Take longer clips or a higher `low`."
        )
    batches = (clips[first : first + CLIPS_AT_A_TIME] for first in range(0, len(clips), CLIPS_AT_A_TIME))
    return np.concatenate([_heard(_upsampled(batch, factor), rate, window, shortest, longest) for batch in batches])


def pitch_accuracy(
    clips: np.ndarray,
    sample_rate: int,
    asked: Sequence[float] | float,
    tolerance: float = 0.5,
    low: float = 36.0,
    high: float = 96.0,
) -> float:
    """Share of clips whose heard pitch is the asked one; clips without a pitch count as wrong.

    Args:
        clips: Floating-point `[n, samples, channels]`, full scale ±1.
        sample_rate: Rate in Hz.
        asked: MIDI number of each clip, `[n]`, or one for all.
        tolerance: Semitones that the heard pitch may be off, above 0.
        low: Lowest pitch to look for, as in `estimate_pitch`.
        high: Highest pitch to look for.

    Returns:
        A share in [0, 1].

    Raises:
        ValueError: As `estimate_pitch` does, or if `asked` has another length or lies outside of the range.

    Example:
        >>> sine = 0.5 * np.sin(2 * np.pi * 440 * np.arange(8000) / 16000)[None, :, None]
        >>> pitch_accuracy(sine, 16000, asked=69), pitch_accuracy(sine, 16000, asked=57)
        (1.0, 0.0)
    """
    clips = check_clips("clips", clips)
    check_number("tolerance", tolerance, above=0)
    asked = one_for_each("asked", asked, len(clips))
    outside = asked[~((asked >= low) & (asked <= high))]
    if len(outside):
        raise ValueError(
            f"`asked` must lie between `low` and `high`, {low:g} and {high:g}, to be found. Received: {outside[0]:g}"
        )
    heard = estimate_pitch(clips, sample_rate, low, high)
    return float(np.mean(np.abs(heard - asked) <= tolerance))


def one_for_each(name: str, values: Sequence[float] | float, n_clips: int) -> np.ndarray:
    """Numbers as float64 `[n_clips]`, one repeated; a ValueError if there are not as many as clips."""
    values = np.asarray(values, "float64")
    if values.shape not in ((), (n_clips,)):
        raise ValueError(
            f"`{name}` must be one number, or one for each of the {n_clips} clips. Received: shape {values.shape}"
        )
    return np.broadcast_to(values, (n_clips,))


def sounding(power: np.ndarray) -> np.ndarray:
    """Which frames sound: within 20 dB of the loudest and above −60 dB, by their mean power `[n, frames]`."""
    return power > np.maximum(power.max(axis=1, keepdims=True) * 10 ** (-SOUNDING_DB / 10), SILENCE**2)


def _hertz(pitch):
    return 440.0 * 2 ** ((pitch - 69) / 12)


def _check_range(low, high, sample_rate):
    check_number("low", low, at_least=12)
    check_number("high", high, above=low)
    if _hertz(high + 0.5) > sample_rate / 2:
        raise ValueError(
            f"`high` must lie below half the sample rate, {sample_rate / 2:g} Hz. Received: high={high!r}, which is "
            f"{_hertz(high):.0f} Hz"
        )


def _upsampled(clips, factor):
    """Clips `[n, channels, samples]` at `factor` times their rate."""
    from scipy.signal import resample_poly

    clips = np.moveaxis(clips.astype("float64"), 2, 1)
    return resample_poly(clips, factor, 1, axis=2) if factor > 1 else clips


def _heard(clips, rate, window, shortest, longest):
    """Pitch `[n]` of `[n, channels, samples]` from periods of `shortest` to `longest` samples."""
    hop = round(HOP_SECONDS * rate)
    frames = np.lib.stride_tricks.sliding_window_view(clips, window + longest + 1, axis=2)[:, :, ::hop]
    error, power = _repetition_error(frames, window)
    before, here, after = (error[..., shortest + shift : longest + shift + 1] for shift in (-1, 0, 1))
    # Between two samples a parabola through three is nearer to the true trough, in place and in depth.
    curvature = np.maximum(before - 2 * here + after, 1e-12)
    offset = (before - after) / (2 * curvature)
    depth = np.where((here < before) & (here <= after), here - curvature * offset**2 / 2, np.inf)
    deepest = depth.min(axis=-1, keepdims=True)
    chosen = np.argmax(depth <= deepest + MARGIN, axis=-1)
    period = shortest + chosen + np.take_along_axis(offset, chosen[..., None], axis=-1)[..., 0]
    sounds = sounding(power)
    pitched = sounds & (np.take_along_axis(depth, chosen[..., None], axis=-1)[..., 0] < APERIODIC)
    enough = pitched.sum(axis=1) >= np.maximum(MIN_SHARE * sounds.sum(axis=1), 1)
    pitch = np.full(len(clips), np.nan)
    for clip in np.flatnonzero(enough):
        pitch[clip] = np.median(69 + 12 * np.log2(rate / period[clip, pitched[clip]] / 440.0))
    return pitch


def _repetition_error(frames, window):
    """How badly frames repeat after each lag: 0 if exactly, about 1 if not at all; and their mean power.

    The squared difference between a window and the same window one lag later, relative to the mean of that over all
    shorter lags (the cumulative mean normalized difference of YIN).

    Args:
        frames: `[n, channels, frames, samples]`.
        window: Samples compared.

    Returns:
        `[n, frames, lags]` from lag 0, and `[n, frames]`.
    """
    from scipy.fft import irfft, next_fast_len, rfft

    n_lags = frames.shape[-1] - window + 1
    n_fft = next_fast_len(frames.shape[-1] + window, real=True)
    products = irfft(np.conj(rfft(frames[..., :window], n_fft)) * rfft(frames, n_fft), n_fft)[..., :n_lags]
    sums = np.pad(np.cumsum(frames**2, axis=-1), [(0, 0)] * 3 + [(1, 0)])
    energy = sums[..., window:] - sums[..., :n_lags]
    difference = np.maximum(energy[..., :1] + energy - 2 * products, 0).sum(axis=1)
    lags = np.arange(1, n_lags)
    error = np.ones_like(difference)
    error[..., 1:] = difference[..., 1:] * lags / np.maximum(np.cumsum(difference[..., 1:], axis=-1), 1e-12)
    return error, energy[..., 0].mean(axis=1) / window
