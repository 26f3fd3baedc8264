"""The part of a model that datasets use."""

from dataclasses import dataclass, field

import keras

from keras_musicgan.conditions import Conditions
from keras_musicgan.representations import AudioRepresentation, NotesRepresentation, Representation


@dataclass(frozen=True)
class DataSpec:
    """The part of a `MusicGAN` that datasets use; every dataset takes it in place of a model.

    Args:
        representation: Of audio or notes, with the clips' length and sample rate.
        conditions: Labels of their names are checked, and go into the batches as numbers.
        recipe: Dict of the default `batch_size`, and of `pieces`, the size of built-in data.

    Example:
        >>> import keras_musicgan as km
        >>> spec = DataSpec(km.representations.Waveform(length=4096, sample_rate=16_000))
        >>> km.datasets.synthetic_drums(8, spec, held_out=0.25)
        <Clips: 6 clips of 4096 samples at 16000 Hz, 2 held out, batch_size=6, labels=['drum']>
    """

    representation: Representation
    conditions: Conditions = field(default_factory=Conditions)
    recipe: dict = field(default_factory=lambda: {"batch_size": 32, "pieces": 256})


def check_audio(model: keras.Model | DataSpec) -> None:
    """Raises TypeError unless the model is one of audio."""
    if not isinstance(model.representation, AudioRepresentation):
        raise TypeError(
            "Audio needs a model of the audio domain. Received: a model whose representation is "
            f"{type(model.representation).__name__}. `datasets.midi_folder` and `datasets.melodies` are for notes."
        )


def check_notes(model: keras.Model | DataSpec) -> None:
    """Raises TypeError unless the model is one of notes."""
    if not isinstance(model.representation, NotesRepresentation):
        raise TypeError(
            "Notes need a model of the notes domain. Received: a model whose representation is "
            f"{type(model.representation).__name__}. `datasets.audio_folder` is for audio."
        )
