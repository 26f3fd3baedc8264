"""Log-mel patches reduced by a principal component analysis: the embedding that needs no download."""

import math

import numpy as np

from keras_musicgan.embeddings.base import Embedding
from keras_musicgan.embeddings.principal_components import PrincipalComponents, principal_components
from keras_musicgan.spectra.log_mel import FLOOR_DB, WINDOW_SECONDS, fitting_n_mels, log_mel_spectrograms
from keras_musicgan.utils.checks import check_positive_int

FRAMES_OF_WINDOW = 4  # frames are a quarter of a window apart; as many are averaged
PATCH_SECONDS = 0.96  # about, in whole windows


class LogMelPatches(Embedding):
    """Log-mel spectrograms of about a second, reduced to the directions in which real music varies most.

    A patch is 0.96 seconds of `metrics.log_mel_spectrograms`, frames averaged over a window's length: at 16 kHz, 15
    steps of 64 bands in dB. Longer clips give several, as many as come nearest to covering them once, evenly spread
    from the beginning to the end, so that 1.4 seconds or fewer are one patch, their first 0.96 seconds; shorter clips
    are filled up with silence and are one. The reduction is centred and divided by one number, so that the mean
    variance of the `dims` numbers over the reference set is 1. It is not whitened: on single notes of instruments,
    distances then rose with planted faults (noise, low-pass, pitch shift, duplicates), and whitened ones fell where
    pitch was shifted by a semitone.

    This is not the embedding of the published Fréchet audio distance, which is `VGGish`, and values of the two cannot
    be compared. It learns nothing but from the reference set, the same from the same, and hears level, timbre, pitch
    and how they go on in time, but nothing of what sounds mean to people.

    Args:
        dims: Length of a vector. The reference set needs more patches than that.

    Attributes:
        explained: Share in (0, 1] of the reference set's variance that the vectors keep.

    Raises:
        ValueError: If `dims` is not positive. `fit` raises it for a reference set of too few patches, or one that
            varies in fewer than `dims` directions; a call, for another sample rate than that of the reference set.

    Example:
        >>> import keras_musicgan as km
        >>> notes, _ = km.datasets.make_notes(48, seed=1, sample_rate=8000, length=8000)
        >>> embedding = LogMelPatches(dims=8).fit(notes[:32], 8000)
        >>> embedding.name, embedding(notes[32:], 8000).shape
        ('log-mel-pca8', (16, 1, 8))
    """

    def __init__(self, dims: int = 32):
        check_positive_int("dims", dims)
        self.dims = dims
        self.name = f"log-mel-pca{dims}"
        self._sample_rate = None
        self._reduction: PrincipalComponents | None = None

    @property
    def fitted(self) -> bool:
        """Whether there is a reduction."""
        return self._reduction is not None

    @property
    def explained(self) -> float:
        """Share of the reference set's variance that the vectors keep."""
        self._refuse_unless_fitted()
        return self._reduction.explained

    def _fit(self, music, sample_rate):
        patches = log_mel_patches(music, sample_rate)
        self._reduction = principal_components(patches.reshape(-1, patches.shape[2]), self.dims)
        self._sample_rate = sample_rate

    def _embed(self, music, sample_rate):
        if sample_rate != self._sample_rate:
            raise ValueError(
                f"{self.name!r} must embed clips at the rate of its reference set, {self._sample_rate} Hz. Received: "
                f"sample_rate={sample_rate}. Resample them with `audio.resample`, or both to the lower rate."
            )
        patches = log_mel_patches(music, sample_rate)
        return self._reduction(patches.reshape(-1, patches.shape[2])).reshape(*patches.shape[:2], self.dims)


def log_mel_patches(clips: np.ndarray, sample_rate: int) -> np.ndarray:
    """The patches of clips, as `LogMelPatches` cuts them.

    Args:
        clips: Floating-point `[n, samples, channels]`, full scale ±1.
        sample_rate: Rate in Hz.

    Returns:
        float32 `[n, patches, steps · bands]` in dB of full scale, at least −80; 64 bands, fewer at low rates.

    Example:
        >>> log_mel_patches(np.zeros((2, 16000 * 4, 1)), 16000).shape
        (2, 4, 960)
    """
    spectrograms = log_mel_spectrograms(clips, sample_rate, fitting_n_mels(sample_rate))
    n, n_frames, n_bands = spectrograms.shape
    window = 2 ** max(round(math.log2(WINDOW_SECONDS * sample_rate)), 2)
    patch_steps = max(round(PATCH_SECONDS * sample_rate / window), 1)
    short = max(patch_steps * FRAMES_OF_WINDOW - n_frames, 0)
    spectrograms = np.pad(spectrograms, ((0, 0), (0, short), (0, 0)), constant_values=FLOOR_DB)
    n_steps = spectrograms.shape[1] // FRAMES_OF_WINDOW
    steps = spectrograms[:, : n_steps * FRAMES_OF_WINDOW].reshape(n, n_steps, FRAMES_OF_WINDOW, n_bands).mean(axis=2)
    n_patches = round(n_steps / patch_steps)
    starts = np.rint(np.linspace(0, n_steps - patch_steps, n_patches)).astype(int)
    return np.stack([steps[:, start : start + patch_steps].reshape(n, -1) for start in starts], axis=1)
