"""The two contracts: between music and tensors, and between notes and tensors."""

import keras
import numpy as np

from keras_musicgan import synth
from keras_musicgan.checks import check_positive_int
from keras_musicgan.notes import Notes


class Representation(keras.layers.Layer):
    """Encodes music into tensors, as a layer in the training step, and decodes tensors into audio.

    Attributes:
        encoded_shape: Shape of one encoded clip, without the batch.
        sample_rate: Rate in Hz of the audio that `decode` gives.
    """

    encoded_shape: tuple[int, ...]
    sample_rate: int

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.built = True  # there are no weights to build

    def call(self, x):
        """Encodes a batch; the layer form of the representation, differentiable and without state."""
        raise NotImplementedError

    def decode(self, encoded: np.ndarray) -> np.ndarray:
        """Audio of encoded clips: float32 `[n, samples, channels]` in [−1, 1], from `[n, *encoded_shape]`."""
        raise NotImplementedError


class NotesRepresentation(Representation):
    """A representation of notes. `decode` plays them on the synthesizer.

    Args:
        tempo: Beats per minute of the notes that `to_notes` gives.
        sample_rate: Rate in Hz of the audio that `decode` gives.
    """

    def __init__(self, tempo: float, sample_rate: int, **kwargs):
        super().__init__(**kwargs)
        if not tempo > 0:
            raise ValueError(f"`tempo` must be above 0 beats per minute. Received: tempo={tempo}")
        check_positive_int("sample_rate", sample_rate)
        self.tempo = tempo
        self.sample_rate = sample_rate

    def from_notes(self, notes: Notes) -> np.ndarray:
        """Clips for `fit` cut from one piece: an array `[n, ...]`.

        Raises:
            UnusablePieceError: If the piece holds nothing for this representation; the message says why.
        """
        raise NotImplementedError

    def to_notes(self, encoded: np.ndarray) -> list[Notes]:
        """One `Notes` for each encoded clip of `[n, *encoded_shape]`."""
        raise NotImplementedError

    def transpose(self, clips: np.ndarray, semitones: np.ndarray) -> np.ndarray:
        """Clips as `from_notes` gives them, each moved by its number of `semitones` `[n]` as far as range allows."""
        raise NotImplementedError

    def decode(self, encoded: np.ndarray) -> np.ndarray:
        """The notes of each clip on the synthesizer: float32 `[n, samples, 1]` in [−1, 1]."""
        return np.stack([synth.render(notes, self.sample_rate) for notes in self.to_notes(encoded)])

    def get_config(self):
        """Configuration to rebuild the representation from."""
        return {**super().get_config(), "tempo": self.tempo, "sample_rate": self.sample_rate}


class UnusablePieceError(ValueError):
    """A piece of music that a representation can cut no clip from."""
