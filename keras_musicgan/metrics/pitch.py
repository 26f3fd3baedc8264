"""The pitch of clips of single notes."""

import math
from collections.abc import Sequence

import numpy as np

from keras_musicgan.music.audio import SILENCE
from keras_musicgan.music.synthesizer import frequency
from keras_musicgan.spectra.framing import sliding_frames
from keras_musicgan.spectra.log_mel import CLIPS_AT_A_TIME, check_clips
from keras_musicgan.utils.checks import check_number, check_positive_int
from keras_musicgan.utils.deprecation import renamed_arguments

WINDOW_SECONDS = 0.064
HOP_SECONDS = 0.032
WORKING_RATE = 16000  # Hz at least: at lower rates the periods of high notes last too few samples
# The next two made the fewest octave errors on 1,600 real notes, without and with added noise.
MARGIN = 0.08  # how much worse than the best period a shorter one may be and still be taken
APERIODIC = 0.5  # share of energy that does not repeat, above which a frame has no pitch
SOUNDING_DB = 20.0  # below the loudest frame; softer frames do not sound
MIN_SHARE = 0.25  # of the sounding frames must have a pitch


def estimate_pitch(clips: np.ndarray, sample_rate: int, low: float = 36.0, high: float = 96.0) -> np.ndarray:
    """Pitch of each clip as a MIDI number with a fraction.

    The YIN estimator finds the period of frames of 64 ms, 32 ms apart, that are within 20 dB of the loudest. Of the
    periods that explain a frame nearly as well as the best, it takes the shortest, since every multiple of a period is
    a period too. Frames that repeat less than half of their energy have no pitch. The pitch of the clip is the median
    over its frames, which vibrato and the noise of an attack do not move. The errors of several channels are added, so
    that opposite phases do not cancel.

    Args:
        clips: Floating-point `[n, samples, channels]`, full scale ±1.
        sample_rate: Rate in Hz.
        low: Lowest pitch to look for, as a MIDI number, down to 12 (16 Hz).
        high: Highest pitch to look for, at most half the sample rate; leave an octave above the expected notes, so
            that octave errors show.

    Returns:
        float64 `[n]`, MIDI numbers in [low − 0.5, high + 0.5]; NaN where less than a quarter of the sounding frames
        has a pitch, as in silence and noise.

    Raises:
        ValueError: If the clips have another shape or type, are not finite or shorter than a frame and the longest
            period, or `low` and `high` are no range.

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
    shortest, longest = math.floor(rate / frequency(high + 0.5)), math.ceil(rate / frequency(low - 0.5))
    window = round(WINDOW_SECONDS * rate)
    if factor * clips.shape[1] < window + longest + 1:
        seconds = (window + longest + 1) / rate
        raise ValueError(
            f"`clips` must last {seconds:.3f} s at least, a frame and the longest period. Received: "
            f"{clips.shape[1]} samples at {sample_rate} Hz. Take longer clips or a higher `low`."
        )
    batches = (clips[first : first + CLIPS_AT_A_TIME] for first in range(0, len(clips), CLIPS_AT_A_TIME))
    return np.concatenate([_pitch(_upsampled(batch, factor), rate, window, shortest, longest) for batch in batches])


@renamed_arguments(asked="target")
def pitch_accuracy(
    clips: np.ndarray,
    sample_rate: int,
    target: Sequence[float] | float,
    tolerance: float = 0.5,
    low: float = 36.0,
    high: float = 96.0,
) -> float:
    """Share of clips at their target pitch; clips without a pitch count as wrong.

    Args:
        clips: Floating-point `[n, samples, channels]`, full scale ±1.
        sample_rate: Rate in Hz.
        target: MIDI number of each clip, `[n]`, or one for all.
        tolerance: Largest difference in semitones, above 0.
        low: Lowest pitch to look for, as in `estimate_pitch`.
        high: Highest pitch to look for.

    Returns:
        A share in [0, 1].

    Raises:
        ValueError: As `estimate_pitch` does, or if `target` has another length or lies outside the range.

    Example:
        >>> sine = 0.5 * np.sin(2 * np.pi * 440 * np.arange(8000) / 16000)[None, :, None]
        >>> pitch_accuracy(sine, 16000, target=69), pitch_accuracy(sine, 16000, target=57)
        (1.0, 0.0)
    """
    clips = check_clips("clips", clips)
    check_number("tolerance", tolerance, above=0)
    targets = one_for_each("target", target, len(clips))
    outside = targets[~((targets >= low) & (targets <= high))]
    if len(outside):
        raise ValueError(
            f"`target` must lie between `low` and `high`, {low:g} and {high:g}, to be found. Received: {outside[0]:g}"
        )
    return float(np.mean(np.abs(estimate_pitch(clips, sample_rate, low, high) - targets) <= tolerance))


def one_for_each(name: str, values: Sequence[float] | float, n_clips: int) -> np.ndarray:
    """Numbers as float64 `[n_clips]`, a single one repeated; a ValueError for any other length."""
    array = np.asarray(values, "float64")
    if array.shape not in ((), (n_clips,)):
        raise ValueError(
            f"`{name}` must be one number, or one for each of the {n_clips} clips. Received: shape {array.shape}"
        )
    return np.broadcast_to(array, (n_clips,))


def sounding(power: np.ndarray) -> np.ndarray:
    """Which frames sound, by their mean power `[n, frames]`: within 20 dB of the loudest and above −60 dB."""
    return power > np.maximum(power.max(axis=1, keepdims=True) * 10 ** (-SOUNDING_DB / 10), SILENCE**2)


def _check_range(low, high, sample_rate):
    check_number("low", low, at_least=12)
    check_number("high", high, above=low)
    if frequency(high + 0.5) > sample_rate / 2:
        raise ValueError(
            f"`high` must lie below half the sample rate, {sample_rate / 2:g} Hz. Received: high={high!r}, which is "
            f"{frequency(high):.0f} Hz"
        )


def _upsampled(clips, factor):
    """Clips `[n, channels, samples]` at `factor` times their rate."""
    from scipy.signal import resample_poly

    clips = np.moveaxis(clips.astype("float64"), 2, 1)
    return resample_poly(clips, factor, 1, axis=2) if factor > 1 else clips


def _pitch(clips, rate, window, shortest, longest):
    """Pitch `[n]` of `[n, channels, samples]` from periods of `shortest` to `longest` samples."""
    hop = round(HOP_SECONDS * rate)
    frames = sliding_frames(clips, window + longest + 1, hop)
    error, power = _repetition_error(frames, window)
    before, here, after = (error[..., shortest + shift : longest + shift + 1] for shift in (-1, 0, 1))
    # A parabola through three samples gives the place and the depth of the trough between samples.
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
    """Error of repetition of frames at each lag, 0 for exact repetition and about 1 for none; and their mean power.

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
