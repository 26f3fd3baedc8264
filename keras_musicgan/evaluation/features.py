"""Embeddings and other features of a set of music, each computed when first used."""

from functools import cached_property

import numpy as np

from keras_musicgan.embeddings import Classifier, Embedding, LogMelPatches
from keras_musicgan.evaluation.sets import MusicSet
from keras_musicgan.metrics.embedding_distances import squared_distance_blocks
from keras_musicgan.metrics.musicality import musicality
from keras_musicgan.metrics.pitch import estimate_pitch
from keras_musicgan.spectra.log_mel import FLOOR_DB


class Features:
    """A set of music with its embeddings, distances and pitches.

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
        if isinstance(self.embedding, LogMelPatches):
            return self.embedding.embed_spectrograms(self.pieces.spectrograms, self.pieces.clips()[1])
        return self.embedding(self.pieces.music, self.pieces.sample_rate)

    @cached_property
    def vectors(self) -> np.ndarray:
        """Mean embedding of each piece over its patches, `[n, dims]`."""
        return self.patches.mean(axis=1)

    @property
    def spectrograms(self) -> np.ndarray:
        """Log-mel spectrograms in dB above the floor, one row per clip: `[n, frames * bands]`."""
        return self.pieces.spectrograms.reshape(len(self), -1) - FLOOR_DB

    @cached_property
    def distances(self) -> np.ndarray:
        """Root mean square difference in dB of the spectrograms of two clips, `[n, n]`."""
        rows = self.spectrograms
        squares = np.concatenate([block for _, block in squared_distance_blocks(rows, rows)]) / rows.shape[1]
        np.fill_diagonal(squares, 0.0)
        return np.sqrt(squares)

    @cached_property
    def pitch(self) -> np.ndarray:
        """Estimated pitch of each clip, `[n]`; NaN for none."""
        return estimate_pitch(*self.pieces.clips())

    @cached_property
    def probabilities(self) -> np.ndarray:
        """Probabilities of the classifier, `[n, labels]`."""
        if self.classifier is None:
            raise ValueError("Probabilities need a classifier. Received: classifier=None")
        return self.classifier.probabilities(*self.pieces.clips())

    @cached_property
    def musicality(self) -> dict[str, np.ndarray]:
        """The measures of `metrics.musicality` for each piece by itself, `[n]`."""
        rolls, steps_per_bar = self.pieces.rolls, self.pieces.steps_per_bar
        if rolls is None or steps_per_bar is None:
            raise ValueError(f"Measures of notes need rolls. Received: {self.pieces.name} without them")
        each = [musicality(roll[None], steps_per_bar) for roll in rolls]
        return {name: np.array([one[name] for one in each]) for name in each[0]}
