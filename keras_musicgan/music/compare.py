"""Statistics of a piece of audio, and of two pieces side by side."""

import numpy as np

from keras_musicgan.music.audio import SILENCE, as_audio, mono, resample

UNITS = {
    "duration": "s",
    "rms": "",
    "peak": "",
    "spectral_centroid": "Hz",
    "silence": "share of frames",
    "correlation": "",
}


def describe(samples: np.ndarray, sample_rate: int) -> dict[str, float | None]:
    """Statistics of one piece.

    Args:
        samples: `[samples, channels]` in [−1, 1].
        sample_rate: Rate in Hz.

    Returns:
        Dict: `duration` in seconds, `rms` and `peak` of all channels, `spectral_centroid` in Hz (the mean over
        frames of the mono mix, weighted by their energy; `None` for silence), `silence` as the share of frames of
        1,024 samples whose root mean square over all channels is below −60 dB of full scale.
    """
    import librosa

    samples = as_audio(samples)
    line = mono(samples)
    padded = np.pad(line, (0, max(0, 2048 - len(line))))
    magnitudes = np.abs(librosa.stft(padded, n_fft=2048))
    energy = (magnitudes**2).sum(axis=0)
    if energy.sum() > 0:
        frequencies = np.linspace(0, sample_rate / 2, len(magnitudes))
        centroids = (frequencies @ magnitudes) / np.maximum(magnitudes.sum(axis=0), 1e-12)
        centroid = float((centroids * energy).sum() / energy.sum())
    else:
        centroid = None
    power = np.mean(samples.astype("float64") ** 2, axis=1)
    level = np.sqrt([power[first : first + 1024].mean() for first in range(0, len(power), 512)])
    return {
        "duration": len(samples) / sample_rate,
        "rms": float(np.sqrt(np.mean(samples.astype("float64") ** 2))),
        "peak": float(np.abs(samples).max()),
        "spectral_centroid": centroid,
        "silence": float(np.mean(level < SILENCE)),
    }


def compare(a: np.ndarray, rate_a: int, b: np.ndarray, rate_b: int) -> dict:
    """Statistics of two pieces of any rate and length.

    Args:
        a: `[samples, channels]`.
        rate_a: Rate of `a` in Hz.
        b: `[samples, channels]`.
        rate_b: Rate of `b` in Hz.

    Returns:
        Dict with `a` and `b`, the results of `describe` at each piece's own rate, and `correlation` in [−1, 1] of the
        two mono waveforms over their common time, at the higher rate; `None` if one is constant.
    """
    at_rate = max(rate_a, rate_b)
    line_a, line_b = mono(resampled(a, rate_a, at_rate)), mono(resampled(b, rate_b, at_rate))
    length = min(len(line_a), len(line_b))
    line_a, line_b = line_a[:length].astype("float64"), line_b[:length].astype("float64")
    constant = line_a.std() == 0 or line_b.std() == 0
    return {
        "a": describe(a, rate_a),
        "b": describe(b, rate_b),
        "correlation": None if constant else float(np.corrcoef(line_a, line_b)[0, 1]),
    }


def resampled(samples: np.ndarray, rate: int, new_rate: int) -> np.ndarray:
    """`[samples, channels]` at another sample rate."""
    return resample(as_audio(samples), rate, new_rate)
