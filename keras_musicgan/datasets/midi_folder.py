"""A folder of MIDI files as a dataset."""

from pathlib import Path

import keras

from keras_musicgan.datasets.clips import Clips
from keras_musicgan.datasets.files import files_below, others_below
from keras_musicgan.datasets.from_notes import dataset_from_pieces
from keras_musicgan.datasets.spec import DataSpec, check_notes
from keras_musicgan.music import midi


def midi_folder(
    path: str | Path,
    model: keras.Model | DataSpec,
    held_out: float = 0.1,
    transpose: int = 0,
    batch_size: int | None = None,
    seed: int = 0,
    tonic: str | None = None,
) -> Clips:
    """Reads all MIDI files below a folder and cuts them into clips for a model.

    Unusable files (empty, damaged, drums only, another metre …) are left out; `skipped` of the result lists them with
    the reasons. The split is by file and depends only on the seed and the files' names.

    Args:
        path: The folder; its sub-folders are read too.
        model: `MusicGAN` of the notes domain, or a `DataSpec`.
        held_out: Share of the files, in [0, 1), kept away from training; they are the result's `held_out`.
        transpose: Largest random transposition in semitones, up or down, for every clip of every epoch.
        batch_size: Clips in a batch; that of the model's recipe if not given.
        seed: Seed of split, order and transposition.
        tonic: Tonic of the major key, such as `"C"`, to which all pieces are moved, or to its relative minor; `"none"`
            for the keys in which they are. If not given, that of the model's recipe, unless the pieces are transposed
            or the model is conditioned on `key`.

    Returns:
        `Clips` to give to `fit`.

    Raises:
        NotADirectoryError: If there is no such folder.
        NoUsableDataError: If no file in it can be used.
        TypeError: If the model is not one of notes.
    """
    check_notes(model)
    pieces, skipped = {}, {}
    for name, file in files_below(path, "MIDI").items():
        try:
            pieces[name] = midi.read(file)
        except (midi.MidiError, OSError) as error:
            skipped[name] = str(error)
    skipped.update(others_below(path, "MIDI"))
    return dataset_from_pieces(
        pieces,
        model,
        held_out=held_out,
        transpose=transpose,
        tonic=tonic,
        batch_size=batch_size,
        seed=seed,
        skipped=skipped,
        source=f"folder {path}",
    )
