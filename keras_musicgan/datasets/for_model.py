"""Which dataset a model takes, by the domain of its representation."""

import inspect
from pathlib import Path

import keras

from keras_musicgan.datasets.audio_folder import audio_folder
from keras_musicgan.datasets.batches import Batches
from keras_musicgan.datasets.files import ENDINGS, files_below
from keras_musicgan.datasets.midi_folder import midi_folder
from keras_musicgan.datasets.synthetic.melodies import melodies
from keras_musicgan.datasets.synthetic.one_shots import synthetic_drums, synthetic_notes
from keras_musicgan.representations import AudioRepresentation
from keras_musicgan.utils.checks import check_choice


def for_model(model: keras.Model, folder: str | Path | None = None, **options) -> Batches:
    """The dataset that fits a model: from a folder, or made by the package where there is none.

    Args:
        model: `MusicGAN`.
        folder: Folder of audio for a model of audio, of MIDI for one of notes, or `None` for as many drums or tunes as
            the model's recipe calls `pieces`; notes instead of drums for a model that is told `pitch` or `instrument`.
        **options: Arguments of `audio_folder`, `midi_folder`, `synthetic_drums`, `synthetic_notes` or `melodies`.

    Raises:
        ValueError: If an option is none of that dataset's, or it refuses one.

    Example:
        >>> import keras_musicgan as km
        >>> gan = km.MusicGAN.from_preset("lecture", recipe={"pieces": 8})
        >>> for_model(gan, held_out=0.0, transpose=2).n_clips
        8
    """
    audio = isinstance(model.representation, AudioRepresentation)
    if folder is None:
        made = synthetic_notes if {"pitch", "instrument"} & set(model.conditions.names) else synthetic_drums
        read, source = made if audio else melodies, model.recipe["pieces"]
    else:
        read, source = audio_folder if audio else midi_folder, folder
    _, _, *parameters = inspect.signature(read).parameters
    for name in options:
        check_choice("data option", name, parameters)
    if read is synthetic_notes and "pitch" in model.conditions:
        pitch = model.conditions["pitch"]
        options = {"low": pitch.low, "high": pitch.high, **options}
    return read(source, model, **options)


def detect_domain(folder: str | Path) -> str:
    """`"notes"` for a folder of MIDI files without audio, `"audio"` otherwise.

    Raises:
        NotADirectoryError: If there is no such folder.
    """
    endings = {file.suffix.lower() for file in files_below(folder, "audio", "MIDI", required=False).values()}
    return "notes" if endings and endings.issubset(ENDINGS["MIDI"]) else "audio"
