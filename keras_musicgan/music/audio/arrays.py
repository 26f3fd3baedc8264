"""Audio as arrays: `[samples, channels]` float32 in [−1, 1]."""

import numpy as np

from keras_musicgan.utils.checks import check_choice, check_positive_int

NORMALIZATIONS = ("peak", "rms")
MAX_PEAK = 1000  # more than any recording has; larger samples are damaged, or integers without their type
MIN_PEAK = 1e-4  # −80 dB of full scale: the least peak of a file with sound
SILENCE = 1e-3  # −60 dB of full scale: the least level of a clip that sounds
RMS = 0.1  # of a clip normalized by `"rms"`


class AudioError(ValueError):
    """A file or an array that cannot be used as audio."""


def as_audio(samples: np.ndarray, name: str = "audio") -> np.ndarray:
    """Samples as float32 `[samples, channels]`; integers are scaled by their type's full scale.

    Raises:
        AudioError: If the array is empty, not of one or two dimensions, or holds NaN, infinity or values beyond ±1000.

    Example:
        >>> as_audio(np.array([-32768, 0], "int16"))[:, 0].tolist()
        [-1.0, 0.0]
    """
    samples = np.asarray(samples)
    if samples.ndim == 1:
        samples = samples[:, None]
    if samples.ndim != 2 or not samples.size:
        raise AudioError(f"`{name}` must have the shape [samples, channels]. Received: shape {samples.shape}")
    if np.issubdtype(samples.dtype, np.integer):
        full_scale = 2.0 ** (8 * samples.dtype.itemsize - 1)
        midpoint = full_scale if np.issubdtype(samples.dtype, np.unsignedinteger) else 0.0
        samples = (samples - midpoint) / full_scale
    check_peak(samples, f"`{name}` must hold", "")
    return samples.astype("float32")


def check_peak(samples: np.ndarray, requirement: str, source: object) -> None:
    """Raises AudioError if samples are not finite, or so large that mixing and resampling could overflow.

    Args:
        samples: Numbers of any shape.
        requirement: Beginning of the message, as "An audio file must hold".
        source: Where the samples are from, as the path of a file; empty if there is nothing to tell.
    """
    peak = max(float(samples.max(initial=0)), -float(samples.min(initial=0)))
    if peak <= MAX_PEAK:  # false for NaN
        return
    found = f"a peak of {peak:.3g}; scale to [-1, 1]" if np.isfinite(peak) else "NaN or infinity"
    raise AudioError(
        f"{requirement} finite numbers of at most {MAX_PEAK:,} times full scale. "
        f"Received: {f'{source}, which holds' if source else 'samples with'} {found}"
    )


def mono(samples: np.ndarray) -> np.ndarray:
    """The mean of the channels: `[samples]` from `[samples, channels]`."""
    return np.asarray(samples).mean(axis=1)


def to_channels(samples: np.ndarray, channels: int) -> np.ndarray:
    """Mixes to mono or stereo.

    Args:
        samples: `[samples, channels]`.
        channels: 1 for the mean of all; 2 for the first two, left and right, or for mono on both sides.

    Returns:
        `[samples, channels]` of the same type.

    Example:
        >>> to_channels(np.array([[1.0, 0.0], [0.5, 0.5]]), 1).tolist()
        [[0.5], [0.5]]
    """
    if samples.shape[1] == channels:
        return samples
    if channels == 1:
        return samples.mean(axis=1, keepdims=True)
    return samples[:, :2] if samples.shape[1] > 2 else np.repeat(samples, 2, axis=1)


def resample(samples: np.ndarray, rate: int, new_rate: int) -> np.ndarray:
    """Changes the sample rate with soxr at its high quality, which filters out frequencies above half the new rate.

    Args:
        samples: float32 `[samples, channels]`.
        rate: Their rate in Hz.
        new_rate: The new rate in Hz.

    Returns:
        float32 `[samples · new_rate / rate, channels]`.

    Raises:
        ValueError: If a rate is not a positive integer.

    Example:
        >>> resample(np.zeros((44_100, 2), "float32"), 44_100, 16_000).shape
        (16000, 2)
    """
    import soxr

    check_positive_int("rate", rate)
    check_positive_int("new_rate", new_rate)
    return samples if rate == new_rate else soxr.resample(samples, rate, new_rate)


def normalize(samples: np.ndarray, how: str | None) -> np.ndarray:
    """Brings a clip to a common level and into [−1, 1].

    Args:
        samples: `[samples, channels]`.
        how: `"peak"` for a peak of 1; `"rms"` for a root mean square of 0.1 (−20 dB), or less where the peak would
            exceed 1; `None` to clip only. A clip with a peak below −80 dB stays as it is.

    Returns:
        float32 `[samples, channels]` in [−1, 1].

    Raises:
        AudioError: If the samples hold NaN, infinity or values beyond ±1000.
        ValueError: If `how` is unknown.

    Example:
        >>> normalize(np.array([[0.1], [-0.25]]), "peak")[:, 0].tolist()
        [0.4000000059604645, -1.0]
    """
    check_peak(samples, "A clip must hold", "")
    if how is None:
        return np.clip(samples, -1.0, 1.0).astype("float32")
    check_choice("how", how, NORMALIZATIONS)
    peak = float(np.abs(samples).max(initial=0.0))
    if peak < MIN_PEAK:
        return samples.astype("float32")
    gain = 1 / peak
    if how == "rms":
        gain = min(gain, RMS / float(np.sqrt(np.mean(np.square(samples, dtype="float64")))))
    return np.clip(samples * gain, -1.0, 1.0).astype("float32")
