"""The dataset for a model, by the domain of its representation."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

from keras_musicgan.datasets.audio_folder import audio_folder
from keras_musicgan.datasets.batches import Batches
from keras_musicgan.datasets.files import files_below
from keras_musicgan.datasets.midi_folder import midi_folder
from keras_musicgan.datasets.spec import DataSpec
from keras_musicgan.datasets.synthetic.melodies import melodies
from keras_musicgan.datasets.synthetic.one_shots import synthetic_drums, synthetic_notes
from keras_musicgan.presets import DEFAULTS
from keras_musicgan.representations import AudioRepresentation
from keras_musicgan.utils.checks import check_choice


def for_model(model: keras.Model | DataSpec, folder: str | Path | None = None, **options) -> Batches:
    """The dataset for a model: from a folder, or synthetic.

    Args:
        model: `MusicGAN` or `DataSpec`.
        folder: Folder of audio for a model of audio, of MIDI for one of notes. `None` for synthetic data, as many as
            `pieces` of the model's recipe: tunes for notes, single notes for audio conditioned on `pitch` or
            `instrument`, drums for other audio.
        **options: Arguments of `audio_folder`, `midi_folder`, `synthetic_drums`, `synthetic_notes` or `melodies`.

    Raises:
        ValueError: If that dataset has no such option, or its value is wrong.

    Example:
        >>> import keras_musicgan as km
        >>> spec = DataSpec(km.representations.PitchSequence(), recipe={"batch_size": 4, "pieces": 8})
        >>> for_model(spec, held_out=0.0, transpose=2)
        <Clips: 8 clips from 8 pieces, 0 held out, batch_size=4, labels=['tempo', 'metre', 'key', 'mode']>
    """
    audio = isinstance(model.representation, AudioRepresentation)
    dataset: Callable[..., Batches]
    source: Any  # number of pieces or folder
    if folder is None:
        single_notes = {"pitch", "instrument"} & set(model.conditions.names)
        source = model.recipe["pieces"]
        dataset = melodies if not audio else synthetic_notes if single_notes else synthetic_drums
    else:
        dataset, source = audio_folder if audio else midi_folder, folder
    _, _, *parameters = inspect.signature(dataset).parameters
    for name in options:
        check_choice("data option", name, parameters)
    if dataset is synthetic_notes and "pitch" in model.conditions:
        pitch = model.conditions["pitch"]
        options = {"low": pitch.low, "high": pitch.high, **options}
    return dataset(source, model, **options)


def detect_domain(folder: str | Path) -> str:
    """`"notes"` for a folder of MIDI files, `"audio"` for one of audio or of neither.

    Raises:
        NotADirectoryError: If there is no such folder.
        ValueError: If it holds both.
    """
    n_audio, n_midi = (len(files_below(folder, kind, required=False)) for kind in ("audio", "MIDI"))
    if n_audio and n_midi:
        raise ValueError(
            "A folder of data must hold audio or MIDI, unless the preset says which. "
            f"Received: {folder} with {n_midi} MIDI and {n_audio} audio files. Choose with --preset, as "
            f"{DEFAULTS['notes']} for MIDI or {DEFAULTS['audio']} for audio, or name a sub-folder."
        )
    return "notes" if n_midi else "audio"
