"""Log-mel patches reduced by principal component analysis: the embedding that needs no download."""

import numpy as np

from keras_musicgan.embeddings.base import Embedding
from keras_musicgan.spectra.log_mel import FLOOR_DB, fitting_n_mels, log_mel_spectrograms, window_length
from keras_musicgan.utils.checks import check_positive_int

FRAMES_OF_WINDOW = 4  # frames are a quarter of a window apart; as many are averaged
PATCH_SECONDS = 0.96  # about, in whole windows
MIN_VARIANCE = 1e-9  # of a principal component, relative to the first one's; less is rounding


class LogMelPatches(Embedding):
    """Log-mel spectrograms of about a second, reduced to the directions in which real music varies most.

    A patch is 0.96 seconds of `metrics.log_mel_spectrograms`, frames averaged over a window's length: at 16 kHz, 15
    steps of 64 bands in dB. Longer clips give several patches, evenly spread from beginning to end, in the number that
    comes nearest to covering the clip once; up to 1.4 seconds that is one patch, the first 0.96 seconds. Shorter clips
    are filled up with silence to one patch.

    The patches are centred, projected on their principal components, and divided by one number, so that the mean
    variance of the `dims` numbers over the reference set is 1. They are not whitened: with single notes of instruments,
    distances rose with planted faults (noise, low-pass, pitch shift, duplicates), whereas whitened ones fell for a
    pitch shift of a semitone.

    This is not the embedding of the published Fréchet audio distance, which is `VGGish`; values of the two cannot be
    compared. It learns from the reference set alone, without randomness, and responds to level, timbre, pitch and
    their course in time, but not to what sounds mean to people.

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

    Reference: On lines and planes of closest fit to systems of points in space (Pearson, 1901).
    """

    def __init__(self, dims: int = 32):
        check_positive_int("dims", dims)
        self.dims: int = dims
        self.name = f"log-mel-pca{dims}"
        self.fitted = False

    @property
    def explained(self) -> float:
        """Share of the reference set's variance that the vectors keep."""
        self._check_fitted()
        return self._explained

    def fit_spectrograms(self, spectrograms: np.ndarray, sample_rate: int) -> "LogMelPatches":
        """As `fit` to clips whose spectrograms are known, as for `embed_spectrograms`."""
        patches = _patches(spectrograms, sample_rate)
        self._mean, self._axes, self._explained = principal_axes(patches.reshape(-1, patches.shape[2]), self.dims)
        self._sample_rate = sample_rate
        self.fitted = True
        return self

    def embed_spectrograms(self, spectrograms: np.ndarray, sample_rate: int) -> np.ndarray:
        """The vectors of clips whose spectrograms are known, equal to those of the clips.

        Args:
            spectrograms: `[n, frames, bands]`, from `log_mel_spectrograms` with `fitting_n_mels(sample_rate)` bands.
            sample_rate: Rate of the clips in Hz.

        Returns:
            float32 `[n, patches, dims]`.

        Raises:
            ValueError: If it is not fitted, or the sample rate is not that of the reference set.
        """
        self._check_fitted()
        if sample_rate != self._sample_rate:
            raise ValueError(
                f"{self.name!r} must embed clips at the rate of its reference set, {self._sample_rate} Hz. Received: "
                f"sample_rate={sample_rate}. Resample them with `audio.resample`, or both to the lower rate."
            )
        return ((_patches(spectrograms, sample_rate) - self._mean) @ self._axes).astype("float32")

    def _fit(self, music, sample_rate):
        self.fit_spectrograms(_spectrograms(music, sample_rate), sample_rate)

    def _embed(self, music, sample_rate):
        return self.embed_spectrograms(_spectrograms(music, sample_rate), sample_rate)


def log_mel_patches(clips: np.ndarray, sample_rate: int) -> np.ndarray:
    """The patches of clips that `LogMelPatches` takes.

    Args:
        clips: Floating-point `[n, samples, channels]`, full scale ±1.
        sample_rate: Rate in Hz.

    Returns:
        float32 `[n, patches, steps · bands]` in dB of full scale, at least −80; 64 bands, fewer at low rates.

    Example:
        >>> log_mel_patches(np.zeros((2, 16000 * 4, 1)), 16000).shape
        (2, 4, 960)
    """
    return _patches(_spectrograms(clips, sample_rate), sample_rate)


def principal_axes(vectors: np.ndarray, dims: int) -> tuple[np.ndarray, np.ndarray, float]:
    """The directions in which vectors vary most, on which `(vectors - mean) @ axes` projects them.

    The signs follow from the axes alone: the entry of largest magnitude is positive.

    Args:
        vectors: `[n, inputs]`.
        dims: Number of directions.

    Returns:
        Mean float64 `[inputs]`; axes float64 `[inputs, dims]` by falling variance, orthogonal and equally long, so
        that the mean variance of the projections is 1; and the share in (0, 1] of the variance that they keep.

    Raises:
        ValueError: If there are `dims` vectors or fewer, or they vary in fewer directions.

    Example:
        >>> mean, axes, explained = principal_axes(np.array([[0.0, 5.0], [2.0, 5.0], [4.0, 5.0]]), dims=1)
        >>> mean.tolist(), axes.tolist(), explained
        ([2.0, 5.0], [[0.5], [0.0]], 1.0)
    """
    n, inputs = vectors.shape
    if n <= dims:
        raise ValueError(
            f"A reference set must have at least {dims + 1} patches for {dims} dimensions. Received: {n}. "
            "Give more music or take fewer dimensions."
        )
    mean = vectors.mean(axis=0, dtype="float64")
    centred = vectors - mean
    if n < inputs:  # the smaller of two problems with one solution; scikit-learn's PCA takes ten times as long
        variances, left = np.linalg.eigh(centred @ centred.T)
        axes = centred.T @ left
    else:
        variances, axes = np.linalg.eigh(centred.T @ centred)
    variances, axes = variances[::-1] / (n - 1), axes[:, ::-1][:, :dims]
    n_varied = int((variances > MIN_VARIANCE * max(variances[0], 1e-12)).sum())
    if n_varied < dims:
        raise ValueError(
            f"A reference set must vary in at least {dims} directions for {dims} dimensions. Received: {n} patches "
            f"that vary in {n_varied}{', all of them equal' if not n_varied else ''}. Give music that differs more "
            "or take fewer dimensions."
        )
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(dims)])
    axes = axes * signs / (np.linalg.norm(axes, axis=0) * np.sqrt(variances[:dims].mean()))
    return mean, axes, float(variances[:dims].sum() / variances.sum())


def _spectrograms(clips, sample_rate):
    return log_mel_spectrograms(clips, sample_rate, fitting_n_mels(sample_rate))


def _patches(spectrograms, sample_rate):
    """Patches `[n, patches, steps * bands]` of spectrograms `[n, frames, bands]`."""
    n, n_frames, n_bands = spectrograms.shape
    window = window_length(sample_rate)
    patch_steps = max(round(PATCH_SECONDS * sample_rate / window), 1)
    short = max(patch_steps * FRAMES_OF_WINDOW - n_frames, 0)
    spectrograms = np.pad(spectrograms, ((0, 0), (0, short), (0, 0)), constant_values=FLOOR_DB)
    n_steps = spectrograms.shape[1] // FRAMES_OF_WINDOW
    steps = spectrograms[:, : n_steps * FRAMES_OF_WINDOW].reshape(n, n_steps, FRAMES_OF_WINDOW, n_bands).mean(axis=2)
    n_patches = round(n_steps / patch_steps)
    starts = np.rint(np.linspace(0, n_steps - patch_steps, n_patches)).astype(int)
    return np.stack([steps[:, start : start + patch_steps].reshape(n, -1) for start in starts], axis=1)
