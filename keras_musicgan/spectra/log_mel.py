"""Log-mel spectrograms of clips on an absolute scale, on the host and as tensors."""

import math

import numpy as np
from keras import ops

from keras_musicgan.spectra.mel import MelBands
from keras_musicgan.spectra.windows import window
from keras_musicgan.utils.checks import check_positive_int

FLOOR_DB = -80.0
WINDOW_SECONDS = 0.064
CLIPS_AT_A_TIME = 32  # bounds the memory that complex spectra take
HOPS = 4  # in a window


def log_mel_spectrograms(clips: np.ndarray, sample_rate: int, n_mels: int = 64) -> np.ndarray:
    """Log-mel spectrograms in dB relative to full scale, each clip by itself.

    0 dB is the power of a sine of amplitude 1; values below −80 dB become −80 dB. The bands are overlapping triangles
    with a peak of 1, so a sound between two bands shares its power among both. Hann windows of about 64 ms lie a
    quarter of a window apart and are centred: the first lies around the first sample. Channels are averaged as powers,
    so that opposite phases do not cancel.

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
    batches = (clips[first : first + CLIPS_AT_A_TIME] for first in range(0, len(clips), CLIPS_AT_A_TIME))
    return np.concatenate([_log_mel(batch.astype("float32"), sample_rate, n_mels, np) for batch in batches])


def log_mel_tensor(clips, sample_rate: int, n_mels: int = 64):
    """As `log_mel_spectrograms`, of a float32 tensor and differentiable."""
    return _log_mel(clips, sample_rate, n_mels, ops)


def power_to_db(power, xp):
    """Power relative to full scale in dB, at least −80; `xp` is `keras.ops` for tensors, `numpy` for arrays."""
    return xp.maximum(10.0 * xp.log10(xp.maximum(power, 1e-20)), FLOOR_DB)


def window_length(sample_rate: int) -> int:
    """Samples of a window: the power of two that is nearest to 64 ms.

    Example:
        >>> window_length(8_000), window_length(16_000), window_length(44_100)
        (512, 1024, 2048)
    """
    return 2 ** max(round(math.log2(WINDOW_SECONDS * sample_rate)), 2)


def fitting_n_mels(sample_rate: int, n_mels: int = 64) -> int:
    """`n_mels`, halved until each band is at least as wide as a bin; low rates need fewer bands."""
    while n_mels > 2 and not _bands_fit(sample_rate, n_mels):
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


def _log_mel(clips, sample_rate, n_mels, xp):
    n_fft = window_length(sample_rate)
    if not _bands_fit(sample_rate, n_mels):
        raise ValueError(
            f"`n_mels` must leave each band as wide as a bin of {sample_rate / n_fft:.1f} Hz. Received: "
            f"n_mels={n_mels} at a sample rate of {sample_rate} Hz. Take fewer bands."
        )
    hann = window("hann", n_fft).astype("float32")
    bands = MelBands(sample_rate, n_fft, n_mels).matrix / (n_fft * np.square(hann).sum() / 4)
    hop, (length, channels) = n_fft // HOPS, clips.shape[1:]
    n_frames = max(length, n_fft) // hop + 1
    n_hops = n_frames + HOPS - 1
    samples = xp.reshape(xp.transpose(clips, (0, 2, 1)), (-1, length))
    samples = xp.pad(samples, ((0, 0), (n_fft // 2, n_hops * hop - length - n_fft // 2)))
    hops = xp.reshape(samples, (-1, n_hops, hop))
    frames = xp.concatenate([hops[:, first : first + n_frames] for first in range(HOPS)], axis=-1)
    power = _power(xp.multiply(frames, hann), xp)
    power = xp.mean(xp.reshape(power, (-1, channels, n_frames, n_fft // 2)), axis=1)
    return power_to_db(xp.matmul(power, bands), xp)


def _power(frames, xp):
    """Power spectra without the bin of half the sample rate."""
    if xp is np:
        import scipy.fft

        spectra = scipy.fft.rfft(frames)
        real, imaginary = spectra.real, spectra.imag
    else:
        real, imaginary = xp.rfft(frames)
    return xp.square(real[..., :-1]) + xp.square(imaginary[..., :-1])


def _bands_fit(sample_rate, n_mels):
    """Whether each band is as wide as a bin; a narrower one could miss all bins and be silent."""
    import librosa

    edges = librosa.mel_frequencies(n_mels + 2, fmax=sample_rate / 2)
    return np.diff(edges).min() >= sample_rate / window_length(sample_rate)
