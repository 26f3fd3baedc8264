"""Models from their files or from run folders."""

from pathlib import Path

from keras_musicgan.gan import MusicGAN
from keras_musicgan.runs.folder import RunError, find_model


def load_model(path: str | Path) -> MusicGAN:
    """Loads a model from a file, from a run folder, or by the name of one that comes with the package.

    Of a run folder it is the best one, or the newest if quality was not measured.

    Raises:
        FileNotFoundError: If there is no such file or folder.
        RunError: If the file holds no MusicGAN, or the folder no checkpoint.
    """
    file = find_model(path)
    try:
        return MusicGAN.from_pretrained(file)
    except ValueError as error:
        raise RunError(str(error)) from error
