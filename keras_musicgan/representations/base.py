"""Contracts of representations: of music, of audio clips, of notes."""

from collections.abc import Iterable, Iterator

import keras
import numpy as np
from keras import ops

from keras_musicgan.music.audio.arrays import MAX_PEAK
from keras_musicgan.music.notes import Notes
from keras_musicgan.music.synthesizer import render
from keras_musicgan.representations.clips import ClipForm
from keras_musicgan.utils.checks import check_memory, check_positive_int
from keras_musicgan.utils.deprecation import rename_members

BATCH = 16  # clips of a small batch


class Representation(keras.layers.Layer):
    """Encodes music into tensors, as a layer in the training step, and decodes tensors into audio.

    Attributes:
        encoded_shape: Shape of one encoded clip, without the batch.
        sample_rate: Rate in Hz of the audio that `decode` returns.
        loudness_keys: Keys of the dict that `loudness` returns.
        clip_form: What the clips are that it encodes, for the checks of `fit`; `None` if that is not stated.
        learned: What `adapt` learns from the data, in words for the progress of a run.
    """

    encoded_shape: tuple[int, ...]
    sample_rate: int
    loudness_keys: tuple[str, ...] = ()
    clip_form: ClipForm | None = None
    learned = "the statistics of the data"
    _adapted: keras.Variable | None = None

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        rename_members(cls, {"levels": "loudness", "level_keys": "loudness_keys"})

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.built = True  # there are no weights to build

    def call(self, x):
        """Encodes a batch, differentiably and without state."""
        raise NotImplementedError

    def encode_once(self, data):
        """The data that `fit` reads: encoded here, once, if that is costly and `call` knows it; or as they are."""
        return data

    def decode(self, encoded: np.ndarray) -> np.ndarray:
        """Audio of encoded clips: float32 `[n, samples, channels]` in [−1, 1], from `[n, *encoded_shape]`."""
        raise NotImplementedError

    def adapt(self, data) -> None:
        """Computes the statistics of the data; `fit` does so for a representation that is not adapted.

        Args:
            data: Clips as an array `[n, ...]`, or a dataset of batches.
        """

    @property
    def adapted(self) -> bool:
        """Whether the statistics come from data; always true for a representation without statistics."""
        return self._adapted is None or bool(ops.convert_to_numpy(self._adapted))

    def add_adapted(self) -> None:
        """Adds a weight that says whether the statistics come from data: not before `mark_adapted`."""
        self._adapted = self.add_statistic("adapted", 0.0)

    def mark_adapted(self) -> None:
        """Says that the statistics come from data."""
        if self._adapted is not None:
            self._adapted.assign(1.0)

    def lossless(self) -> "Representation":
        """The representation in which real music is measured, where this one would lose something of it."""
        return self

    def add_statistic(self, name: str, values: float | np.ndarray) -> keras.Variable:
        """Adds a float32 weight that training does not change; it is saved with the model."""
        values = np.asarray(values, "float32")
        start = keras.initializers.Constant(values)
        return self.add_weight(
            name=name, shape=values.shape, initializer=start, dtype="float32", trainable=False, autocast=False
        )

    def loudness(self, encoded) -> dict:
        """Loudness of encoded clips, as scalars for the training logs under the names in `loudness_keys`."""
        return {}

    def __repr__(self):
        return f"<{type(self).__name__}: {', '.join(self._facts())}>"

    def _facts(self):
        """Facts for `repr`."""
        return [f"{self.sample_rate} Hz", f"encoded_shape={self.encoded_shape}"]


class AudioRepresentation(Representation):
    """A representation of audio clips of one length.

    Args:
        length: Samples in a clip.
        sample_rate: Rate in Hz of the audio, encoded and decoded.
        channels: 1 for mono, 2 for stereo.
    """

    def __init__(self, length: int, sample_rate: int, channels: int, **kwargs):
        super().__init__(**kwargs)
        check_positive_int("length", length)
        check_positive_int("sample_rate", sample_rate)
        if channels not in (1, 2):
            raise ValueError(f"`channels` must be 1 (mono) or 2 (stereo). Received: channels={channels!r}")
        batch = 4.0 * BATCH * length * channels
        check_memory(f"{BATCH} clips of {length} samples", batch, "Take a smaller `duration` or `length`.")
        self.length = length
        self.sample_rate = sample_rate
        self.channels = channels

    @property
    def clip_form(self):
        """Audio with full scale ±1; louder clips pass up to what a file may hold."""
        return ClipForm(
            shape=(self.length, self.channels),
            axes=("samples", "channels"),
            words="audio in [−1, 1]",
            low=-MAX_PEAK,
            high=MAX_PEAK,
            source="`datasets.audio_folder` cuts, resamples and mixes audio to fit a model.",
            remedy="Divide by the full scale, 32768 for 16 bits; `audio.as_audio` does so for integers.",
            floating=True,
        )

    def waveform(self, encoded):
        """The inverse of `call` as a tensor, differentiable; float32 `[batch, length, channels]` in [−1, 1]."""
        raise NotImplementedError

    def check_audio(self, x):
        """Returns `x` as a tensor, or raises ValueError unless it holds floating-point clips of this shape."""
        x = ops.convert_to_tensor(x)
        self.clip_form.check_kind(x.shape, x.dtype)
        return x

    def get_config(self):
        """Arguments of the constructor."""
        numbers = {"length": self.length, "sample_rate": self.sample_rate, "channels": self.channels}
        return {**super().get_config(), **numbers}

    def _facts(self):
        seconds = self.length / self.sample_rate
        return [f"{self.length} samples ({seconds:.4g} s)", f"channels={self.channels}", *super()._facts()]


class NotesRepresentation(Representation):
    """A representation of notes. `decode` renders them with the synthesizer.

    Args:
        tempo: Beats per minute of the notes that `to_notes` returns.
        sample_rate: Rate in Hz of the audio that `decode` returns.
    """

    def __init__(self, tempo: float, sample_rate: int, **kwargs):
        super().__init__(**kwargs)
        if not tempo > 0:
            raise ValueError(f"`tempo` must be above 0 beats per minute. Received: tempo={tempo}")
        check_positive_int("sample_rate", sample_rate)
        self.tempo = tempo
        self.sample_rate = sample_rate

    def from_notes(self, notes: Notes) -> np.ndarray:
        """Clips `[n, ...]` for `fit`, cut from one piece.

        Raises:
            UnusablePieceError: If the piece contains no clip for this representation; the message gives the reason.
        """
        raise NotImplementedError

    def to_notes(self, encoded: np.ndarray) -> list[Notes]:
        """One `Notes` for each encoded clip of `[n, *encoded_shape]`."""
        raise NotImplementedError

    def transpose(self, clips: np.ndarray, semitones: np.ndarray) -> np.ndarray:
        """Clips from `from_notes`, each transposed by its number of `semitones` `[n]` as far as the range allows."""
        raise NotImplementedError

    def decode(self, encoded: np.ndarray) -> np.ndarray:
        """The notes of each clip, rendered: float32 `[n, samples, 1]` in [−1, 1]."""
        return np.stack([render(notes, self.sample_rate) for notes in self.to_notes(encoded)])

    def get_config(self):
        """Arguments of the constructor."""
        return {**super().get_config(), "tempo": self.tempo, "sample_rate": self.sample_rate}

    def _facts(self):
        return [f"{self.tempo:g} beats per minute", *super()._facts()]


def batches_of_clips(data: np.ndarray | keras.utils.PyDataset | Iterable) -> Iterator[np.ndarray]:
    """Arrays of clips from an array, a dataset or another iterable of batches or of tuples that begin with one."""
    items: Iterable = data
    if hasattr(data, "shape"):
        items = [data]
    elif isinstance(data, keras.utils.PyDataset):
        items = (data[index] for index in range(len(data)))
    for item in items:
        yield item[0] if isinstance(item, (tuple, list)) else item


class UnusablePieceError(ValueError):
    """A representation cannot cut a clip from a piece of music."""
