"""Keeps the last epochs on disk."""

import re
from pathlib import Path

import keras
import numpy as np

from keras_musicgan.checks import check_positive_int
from keras_musicgan.files import replacing

PATTERN = re.compile(r"epoch_(\d{4,})\.keras")


class Checkpoints(keras.callbacks.Callback):
    """Saves the whole model, optimizers and random states included, at every epoch end.

    A checkpoint is written under a temporary name and renamed, so that the newest one is always whole; its name
    says how many epochs are done. Older ones of the same training, or of the one that it continues, are deleted only
    after that. A model whose loss is not finite is not saved.

    Args:
        directory: Folder for `epoch_0001.keras` and so on.
        keep: How many of the newest to keep.
        every: Epochs from one checkpoint to the next; the last epoch asked for is always saved.

    Raises:
        ValueError: If a number is not positive.

    Example:
        >>> import keras_musicgan as km
        >>> checkpoints = km.callbacks.Checkpoints("run/checkpoints", keep=3)
    """

    def __init__(self, directory: str | Path, keep: int = 2, every: int = 1):
        super().__init__()
        check_positive_int("keep", keep)
        check_positive_int("every", every)
        self.directory = Path(directory)
        self.keep = keep
        self.every = every

    def on_epoch_end(self, epoch, logs=None):
        """Saves after the last epoch and every `every`-th."""
        if not np.isfinite((logs or {}).get("loss", 0.0)):
            return
        if (epoch + 1) % self.every and epoch + 1 != self.params.get("epochs"):
            return
        with replacing(self.directory / f"epoch_{epoch + 1:04d}.keras") as temporary:
            self.model.save(temporary)
        of_this_training = [path for done, path in saved_epochs(self.directory) if done <= epoch + 1]
        for path in of_this_training[: -self.keep]:
            path.unlink()


def saved_epochs(directory: str | Path) -> list[tuple[int, Path]]:
    """The checkpoints in a folder as a list of (epochs done, path), the oldest first."""
    found = ((PATTERN.fullmatch(path.name), path) for path in Path(directory).glob("epoch_*.keras"))
    return sorted((int(match[1]), path) for match, path in found if match)
