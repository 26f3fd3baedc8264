"""Log-mel spectrograms of clips on an absolute scale."""

import math

import numpy as np

from keras_musicgan.utils.checks import check_positive_int

FLOOR_DB = -80.0
WINDOW_SECONDS = 0.064  # rounded to a power of two samples: 512 at 8 kHz, 1024 at 16 kHz
CLIPS_AT_A_TIME = 32  # bounds the memory that complex spectra take


def log_mel_spectrograms(clips: np.ndarray, sample_rate: int, n_mels: int = 64) -> np.ndarray:
    """Log-mel spectrograms in dB relative to full scale, each clip by itself.

    0 dB is the power of a sine of amplitude 1, and everything below −80 dB counts as −80 dB. The bands are
    overlapping triangles with a peak of 1, so that a sound between two of them shares its power among both. Windows
    are Hann windows of about 64 ms, a quarter of that apart, and centred: the first lies around the first sample.
    Of several channels it takes the mean of their powers, so that opposite phases do not cancel.

    Args:
        clips: Floating-point `[n, samples, channels]`, full scale ±1.
        sample_rate: Rate in Hz.
        n_mels: Bands from 0 Hz to half the sample rate.

    Returns:
        float32 `[n, frames, n_mels]`, at least −80.

    Raises:
        ValueError: If the clips have another shape or type, are empty or not finite, or the bands are too many for
            the resolution of the window.

    Example:
        >>> sine = np.sin(2 * np.pi * 1000 * np.arange(8000) / 8000)[None, :, None]
        >>> spectrograms = log_mel_spectrograms(sine, 8000)
        >>> spectrograms.shape
        (1, 63, 64)
        >>> bool(spectrograms.max() < 0 and spectrograms.min() == -80)
        True
    """
    clips = check_clips("clips", clips)
    check_positive_int("sample_rate", sample_rate)
    check_positive_int("n_mels", n_mels)
    import librosa

    n_fft = _n_fft(sample_rate)
    window = librosa.filters.get_window("hann", n_fft).astype("float32")
    bands = _mel_bands(sample_rate, n_fft, n_mels) / (n_fft * (window**2).sum() / 4)
    batches = (clips[first : first + CLIPS_AT_A_TIME] for first in range(0, len(clips), CLIPS_AT_A_TIME))
    return np.concatenate([_log_mel(batch, window, bands) for batch in batches])


def fitting_n_mels(sample_rate: int, n_mels: int = 64) -> int:
    """`n_mels`, or half of it as often as it takes for bands that are as wide as a bin; low rates need fewer."""
    while n_mels > 2 and not _bands_fit(sample_rate, _n_fft(sample_rate), n_mels):
        n_mels //= 2
    return n_mels


def check_clips(name: str, clips: np.ndarray) -> np.ndarray:
    """The clips as an array, or a ValueError unless they are finite floating-point `[n, samples, channels]`."""
    clips = np.asarray(clips)
    if clips.ndim != 3 or not clips.size:
        raise ValueError(f"`{name}` must have the shape [n, samples, channels], none 0. Received: shape {clips.shape}")
    if not np.issubdtype(clips.dtype, np.floating):
        raise ValueError(
            f"`{name}` must be floating-point numbers with full scale ±1. Received: dtype {clips.dtype}. "
            "`audio.as_audio` scales integers."
        )
    if not np.isfinite(clips).all():
        raise ValueError(f"`{name}` must be finite numbers. Received: clips with NaN or infinity")
    return clips


def _n_fft(sample_rate):
    return 2 ** max(round(math.log2(WINDOW_SECONDS * sample_rate)), 2)


def _bands_fit(sample_rate, n_fft, n_mels):
    """Whether no band is so narrow that it could miss all bins: it would be silent whatever sounds."""
    import librosa

    return np.diff(librosa.mel_frequencies(n_mels + 2, fmax=sample_rate / 2)).min() >= sample_rate / n_fft


def _mel_bands(sample_rate, n_fft, n_mels):
    """Triangular filters `[n_fft // 2 + 1, n_mels]` with a peak of 1."""
    import librosa

    if not _bands_fit(sample_rate, n_fft, n_mels):
        raise ValueError(
            f"`n_mels` must leave each band as wide as a bin of {sample_rate / n_fft:.1f} Hz. Received: "
            f"n_mels={n_mels} at a sample rate of {sample_rate} Hz. Take fewer bands."
        )
    return librosa.filters.mel(sr=sample_rate, n_fft=n_fft, n_mels=n_mels, norm=None).T


def _log_mel(clips, window, bands):
    """Spectrograms `[n, frames, n_mels]` in dB of `[n, samples, channels]`."""
    import librosa

    n_fft = len(window)
    samples = np.moveaxis(clips.astype("float32"), 2, 1)
    short = max(n_fft - samples.shape[2], 0)
    samples = np.pad(samples, ((0, 0), (0, 0), (0, short)))
    spectra = librosa.stft(samples, n_fft=n_fft, hop_length=n_fft // 4, window=window)
    power = (spectra.real**2 + spectra.imag**2).mean(axis=1).swapaxes(1, 2) @ bands
    return np.maximum(10.0 * np.log10(np.maximum(power, 1e-20)), FLOOR_DB, dtype="float32")
