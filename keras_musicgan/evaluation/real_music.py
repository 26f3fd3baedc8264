"""The real music that other music is measured against."""

import numpy as np

from keras_musicgan.embeddings import Classifier, Embedding, LogMelPatches, NoteStatistics
from keras_musicgan.evaluation.features import Features
from keras_musicgan.evaluation.sets import MusicSet

MIN_PIECES = 8  # of each set


class RealMusic:
    """Real music with its features, which are computed once, however many sets of music are measured against it.

    Args:
        training: Training music.
        held_out: Real music that was held out.
        embedding: Embedding for distances; `None` for `LogMelPatches` (audio) or `NoteStatistics` (notes), fitted to
            the training music.
        classifier: `embeddings.Classifier` for measures of its label, or `None`.

    Attributes:
        training: `Features` of all training music.
        held_out: `Features` of the held-out music.

    Raises:
        ValueError: If a set has fewer than 8 pieces, or the sets are of different kinds.

    Example:
        >>> import keras_musicgan as km
        >>> clips, _ = km.datasets.make_notes(96, seed=1, sample_rate=8000, length=4096)
        >>> sets = (km.evaluation.MusicSet(f"set {i}", clips[i::3], 8000) for i in range(3))
        >>> new, training, held_out = sets
        >>> real = RealMusic(training, held_out)
        >>> softer = km.evaluation.MusicSet("softer", new.music / 4, 8000)
        >>> found = [km.evaluation.evaluate(each, real, resamples=20)["kernel"].value for each in (new, softer)]
        >>> found[0] < found[1]
        True
    """

    def __init__(
        self,
        training: MusicSet,
        held_out: MusicSet,
        embedding: Embedding | None = None,
        classifier: Classifier | None = None,
    ):
        check_size("training", training)
        check_size("held-out", held_out)
        check_kinds([training, held_out])
        self.embedding = fitted_embedding(training, len(held_out)) if embedding is None else embedding
        self.classifier = classifier
        self.training = self.features(training)
        self.held_out = self.features(held_out)
        self._anchors: dict[tuple[int, int], dict[str, Features]] = {}

    def features(self, pieces: MusicSet) -> Features:
        """The features of a set of music by the same embedding and classifier."""
        return Features(pieces, self.embedding, self.classifier)

    def anchors(self, n: int, seed: int) -> dict[str, Features]:
        """The music with the best and the worst values, `n` pieces each: `"training"` music and `"noise"`."""
        if (n, seed) not in self._anchors:
            training, held_out = self.training.pieces, self.held_out.pieces
            self._anchors[n, seed] = {
                "training": self.training if len(training) == n else self.features(training.take(np.arange(n))),
                "noise": self.features(held_out.noise(n, seed)),
            }
        return self._anchors[n, seed]


def fitted_embedding(training: MusicSet, n_held_out: int) -> Embedding:
    """The default embedding, fitted to training music.

    Audio gets 32 dimensions, or fewer, so that there are four held-out clips for each: a Fréchet distance needs more
    clips than dimensions.
    """
    if not training.is_audio:
        return NoteStatistics().fit(training.music)
    dims = max(min(32, 2 ** int(np.log2(min(len(training), n_held_out) / 4))), 2)
    return LogMelPatches(dims).fit_spectrograms(training.spectrograms, training.clips()[1])


def check_size(name: str, pieces: MusicSet) -> None:
    """Raises ValueError for a set of fewer than 8 pieces."""
    if len(pieces) < MIN_PIECES:
        raise ValueError(
            f"Each set must have at least {MIN_PIECES} pieces, for meaningful numbers. Received: "
            f"{len(pieces)} in {name}. Give more music, or hold out a larger share of it."
        )


def check_kinds(sets: list[MusicSet]) -> None:
    """Raises ValueError unless all sets are of one kind."""
    kinds = {each.name: f"audio at {each.sample_rate} Hz" if each.is_audio else "notes" for each in sets}
    if len(set(kinds.values())) > 1:
        raise ValueError(f"All sets must be of one kind, audio at one sample rate or notes. Received: {kinds}")
