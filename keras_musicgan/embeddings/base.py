"""The base class of embeddings."""

from collections.abc import Sequence

import numpy as np

from keras_musicgan.music import audio
from keras_musicgan.music.notes import Notes
from keras_musicgan.spectra.log_mel import check_clips
from keras_musicgan.utils.checks import check_positive_int


class Embedding:
    """From clips or pieces to vectors, for Fréchet and kernel distance, density, coverage and other measures.

    Fit it once, to real music, and embed everything with the result: vectors of different embeddings, or of one fitted
    to different reference sets, cannot be compared.

    Attributes:
        name: Name in results. Embeddings with different vectors have different names.
        takes: `"audio"` or `"notes"`.
        dims: Length of a vector; `None` before the first call if a model determines it.
        fitted: Whether it can embed; always, where nothing is learned from a reference set.
    """

    name: str
    takes: str = "audio"
    dims: int | None
    fitted: bool = True

    def fit(self, music: np.ndarray | Sequence[Notes], sample_rate: int | None = None) -> "Embedding":
        """Learns from a reference set of real music, in place of an earlier one, and returns itself.

        Args:
            music: Clips, floating-point `[n, samples, channels]` with full scale ±1, or a list of `Notes`.
            sample_rate: Rate of clips in Hz; notes have none.

        Raises:
            TypeError: If an embedding of notes gets anything but a list of `Notes`.
            ValueError: If there is no music, clips have another shape or type or are not finite, or the set is too
                small to learn from.
        """
        self._fit(self._checked(music, sample_rate), sample_rate)
        return self

    def __call__(self, music: np.ndarray | Sequence[Notes], sample_rate: int | None = None) -> np.ndarray:
        """Embeds music.

        Args:
            music: As for `fit`.
            sample_rate: As for `fit`.

        Returns:
            float32 `[n, patches, dims]`: a vector for each part of a clip that the embedding takes.

        Raises:
            TypeError: As `fit` does.
            ValueError: As `fit` does, or if it is not fitted, or a vector is not finite.
        """
        music = self._checked(music, sample_rate)
        self._check_fitted()
        vectors = np.asarray(self._embed(music, sample_rate), "float32")
        if not np.isfinite(vectors).all():
            raise ValueError(
                f"An embedding must give finite numbers. Received: vectors of {self.name!r} with NaN or infinity"
            )
        return vectors

    def _check_fitted(self):
        if not self.fitted:
            raise ValueError(
                f"An embedding must be fitted to a reference set before it embeds. Received: {self.name!r}, which is "
                "not. Call `fit` with real music first."
            )

    def _fit(self, music, sample_rate):
        """Learns from checked music; nothing, unless a subclass does."""

    def _embed(self, music, sample_rate):
        """Vectors `[n, patches, dims]` of checked music."""
        raise NotImplementedError

    def _checked(self, music, sample_rate):
        if self.takes == "notes":
            return check_pieces(music)
        clips = check_clips("music", music)
        check_positive_int("sample_rate", sample_rate)
        return clips.astype("float32", copy=False)


def check_pieces(pieces: Sequence[Notes]) -> list[Notes]:
    """The pieces as a list; an error unless they are one `Notes` or more."""
    if not isinstance(pieces, Sequence) or not all(isinstance(piece, Notes) for piece in pieces):
        raise TypeError(f"`music` must be a list of `Notes` for this embedding. Received: {type(pieces).__name__}")
    if not len(pieces):
        raise ValueError("`music` must hold at least one piece. Received: an empty list")
    return list(pieces)


def at_rate(clips: np.ndarray, rate: int, new_rate: int) -> np.ndarray:
    """Clips `[n, samples, channels]` resampled as by `audio.resample`."""
    if rate == new_rate:
        return clips
    return np.stack([audio.resample(clip, rate, new_rate) for clip in clips])
