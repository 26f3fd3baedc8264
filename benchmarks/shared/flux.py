"""Spectral flux at the joints of a long piece, and inside the clips that it consists of."""

from collections.abc import Sequence

import numpy as np

from keras_musicgan.music.audio import mono
from keras_musicgan.utils.checks import check_positive_int

HOP_SECONDS = 0.008
WINDOW_HOPS = 4
REACH_SECONDS = 0.05  # around a joint, and left out at the ends of a clip
BANDS = 64
RANGE_DB = 60.0


def spectral_flux(samples: np.ndarray, sample_rate: int) -> np.ndarray:
    """Mean rise of the mel bands from one frame to the next, in dB; falls count as 0.

    Args:
        samples: Floating-point `[samples, channels]` of at least two windows of 32 ms.
        sample_rate: Rate in Hz.

    Returns:
        float `[frames]` in dB, one every 8 ms.

    Reference: A tutorial on onset detection in music signals (Bello et al., 2005).
    """
    check_positive_int("sample_rate", sample_rate)
    import librosa

    hop = round(HOP_SECONDS * sample_rate)
    bands = librosa.feature.melspectrogram(
        y=mono(samples), sr=sample_rate, n_fft=WINDOW_HOPS * hop, hop_length=hop, n_mels=BANDS, center=False
    )
    return np.maximum(np.diff(librosa.power_to_db(bands, ref=1.0, top_db=RANGE_DB), axis=1), 0).mean(axis=0)


def flux_at_joints(parts: Sequence[np.ndarray], sample_rate: int) -> np.ndarray:
    """Mean flux within 50 ms of each joint between consecutive parts `[samples, channels]`: `[joints]`."""
    flux = spectral_flux(np.concatenate(parts), sample_rate)
    hop = round(HOP_SECONDS * sample_rate)
    ends = np.cumsum([len(part) for part in parts])[:-1] / hop
    reach = round(REACH_SECONDS * sample_rate / hop)
    return np.array([flux[max(round(end) - reach - WINDOW_HOPS, 0) : round(end) + reach].mean() for end in ends])


def flux_inside(clips: Sequence[np.ndarray], sample_rate: int) -> np.ndarray:
    """Flux of all frames inside clips `[samples, channels]`, without the first and last 50 ms of each."""
    edge = round(REACH_SECONDS * sample_rate)
    return np.concatenate([spectral_flux(clip[edge:-edge], sample_rate) for clip in clips])
