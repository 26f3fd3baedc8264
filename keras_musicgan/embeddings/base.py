"""What every embedding is: from music to vectors that can be compared."""

from collections.abc import Sequence

import numpy as np

from keras_musicgan.music import audio
from keras_musicgan.music.notes import Notes
from keras_musicgan.spectra.log_mel import check_clips
from keras_musicgan.utils.checks import check_positive_int


class Embedding:
    """From clips or pieces to vectors, the common ground of Fréchet and kernel distance, density and coverage.

    Vectors of two embeddings, or of one that was fitted to two reference sets, cannot be compared. So fit once, to
    real music, and embed everything with the result.

    Attributes:
        name: What stands in the names of results. Embeddings whose vectors differ have different names.
        takes: `"audio"` or `"notes"`.
        dims: Length of a vector.
        fitted: Whether it can embed. Those that learn nothing from a reference set always can.
    """

    name: str
    takes: str = "audio"
    dims: int
    fitted: bool = True

    def fit(self, music: np.ndarray | Sequence[Notes], sample_rate: int | None = None) -> "Embedding":
        """Learns from a reference set of real music, in place of what was learnt before; returns itself.

        Args:
            music: Clips, floating-point `[n, samples, channels]` with full scale ±1, or a list of `Notes`.
            sample_rate: Rate of clips in Hz; notes have none.

        Raises:
            TypeError: If notes are none.
            ValueError: If there is no music, clips have another shape or type or are not finite, or the set holds
                less than has to be learnt from it.
        """
        self._fit(self._checked(music, sample_rate), sample_rate)
        return self

    def __call__(self, music: np.ndarray | Sequence[Notes], sample_rate: int | None = None) -> np.ndarray:
        """The vectors of music.

        Args:
            music: As for `fit`.
            sample_rate: As for `fit`.

        Returns:
            float32 `[n, patches, dims]`: one vector for each part of a clip that the embedding looks at.

        Raises:
            TypeError: As `fit` does.
            ValueError: As `fit` does, if it has to be fitted and is not, or a vector is not finite.
        """
        music = self._checked(music, sample_rate)
        self._refuse_unless_fitted()
        vectors = np.asarray(self._embed(music, sample_rate), "float32")
        if not np.isfinite(vectors).all():
            raise ValueError(
                f"An embedding must give finite numbers. Received: vectors of {self.name!r} with NaN or infinity"
            )
        return vectors

    def _refuse_unless_fitted(self):
        if not self.fitted:
            raise ValueError(
                f"An embedding must be fitted to a reference set before it embeds. Received: {self.name!r}, which is "
                "not. Call `fit` with real music first."
            )

    def _fit(self, music, sample_rate):
        """Learns from music that was checked; nothing where there is nothing to learn."""

    def _embed(self, music, sample_rate):
        """Vectors `[n, patches, dims]` of music that was checked."""
        raise NotImplementedError

    def _checked(self, music, sample_rate):
        if self.takes == "notes":
            return check_pieces(music)
        clips = check_clips("music", music)
        check_positive_int("sample_rate", sample_rate)
        return clips.astype("float32", copy=False)


def check_pieces(pieces: Sequence[Notes]) -> list[Notes]:
    """The pieces as a list, or an error unless they are at least one `Notes`."""
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
