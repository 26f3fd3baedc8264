"""A set of music as the measures hear it; each way of hearing is worked out once, when it is first asked for."""

from functools import cached_property

import numpy as np

from keras_musicgan.embeddings import Classifier, Embedding
from keras_musicgan.evaluation.sets import MusicSet
from keras_musicgan.metrics.embedding_distances import squared_distance_blocks
from keras_musicgan.metrics.musicality import musicality
from keras_musicgan.metrics.pitch import estimate_pitch
from keras_musicgan.spectra.log_mel import FLOOR_DB, fitting_n_mels, log_mel_spectrograms


class Features:
    """A set of music, its embeddings, distances and pitches.

    Args:
        pieces: `MusicSet`.
        embedding: Fitted `Embedding`.
        classifier: `Classifier`, or `None`.
    """

    def __init__(self, pieces: MusicSet, embedding: Embedding, classifier: Classifier | None = None):
        self.pieces = pieces
        self.embedding = embedding
        self.classifier = classifier

    def __len__(self):
        return len(self.pieces)

    @cached_property
    def patches(self) -> np.ndarray:
        """Embeddings `[n, patches, dims]`."""
        return self.embedding(self.pieces.music, self.pieces.sample_rate)

    @cached_property
    def vectors(self) -> np.ndarray:
        """One embedding a piece, the mean over its patches: `[n, dims]`."""
        return self.patches.mean(axis=1)

    @cached_property
    def spectrograms(self) -> np.ndarray:
        """Log-mel spectrograms in dB above the floor, one row a clip: `[n, frames * bands]`."""
        rate = self.pieces.sample_rate
        spectrograms = log_mel_spectrograms(self.pieces.music, rate, fitting_n_mels(rate))
        return spectrograms.reshape(len(self), -1) - FLOOR_DB

    @cached_property
    def distances(self) -> np.ndarray:
        """Root mean square difference in dB of any two clips' spectrograms, `[n, n]`."""
        blocks = squared_distance_blocks(self.spectrograms, self.spectrograms)
        squares = np.concatenate([block for _, block in blocks]) / self.spectrograms.shape[1]
        np.fill_diagonal(squares, 0.0)
        return np.sqrt(squares)

    @cached_property
    def pitch(self) -> np.ndarray:
        """The pitch that is heard in each clip, `[n]`; NaN where there is none."""
        return estimate_pitch(self.pieces.music, self.pieces.sample_rate)

    @cached_property
    def probabilities(self) -> np.ndarray:
        """What the classifier says of each clip: `[n, labels]`."""
        return self.classifier.probabilities(self.pieces.music, self.pieces.sample_rate)

    @cached_property
    def musicality(self) -> dict[str, np.ndarray]:
        """Each of `metrics.musicality`'s measures of each piece by itself, `[n]`."""
        each = [musicality(roll[None], self.pieces.steps_per_bar) for roll in self.pieces.rolls]
        return {name: np.array([one[name] for one in each]) for name in each[0]}
