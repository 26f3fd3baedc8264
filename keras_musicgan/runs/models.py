"""Models from their files or from run folders."""

from pathlib import Path

import keras

from keras_musicgan.gan import MusicGAN
from keras_musicgan.runs.folder import RunError, find_model
from keras_musicgan.utils.errors import concise


def load_model(path: str | Path) -> MusicGAN:
    """Loads a model from a `.keras` file or from a run folder: its best one, or the newest if quality was not measured.

    Raises:
        FileNotFoundError: If there is no such file or folder.
        RunError: If the file holds no MusicGAN, or the folder no checkpoint.
    """
    file = find_model(path)
    try:
        model = keras.saving.load_model(file)
    except Exception as error:  # Keras raises any error for a damaged archive
        raise RunError(
            f"A model must be a .keras file that can be loaded. Received: {file}: {concise(error)}"
        ) from error
    if not isinstance(model, MusicGAN):
        raise RunError(f"A model must be a MusicGAN. Received: {file}, which holds a {type(model).__name__}")
    return model
