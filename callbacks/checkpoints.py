"""Keeps the last epochs on disk."""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import keras
import numpy as np

from keras_musicgan import backends
from keras_musicgan.utils.checks import check_positive_int
from keras_musicgan.utils.epoch_files import checkpoint_file, saved_epochs
from keras_musicgan.utils.files import replacing

STATES = "training.json"  # beside what Keras puts into the archive


class Monitor(Protocol):
    """A callback that remembers something from one epoch to the next."""

    def get_state(self) -> dict:
        """What it remembers, as `json` can write it."""

    def set_state(self, state: dict) -> None:
        """Goes on from what `get_state` gave."""


class Checkpoints(keras.callbacks.Callback):
    """Saves the whole training at every epoch end: the model, optimizers and random states included, and monitors.

    A checkpoint is one file, written under a temporary name and renamed, so that the newest one is always whole, even
    after a loss of power; its name says how many epochs are done. Older ones of the same training, or of the one that
    it continues, are deleted only after that. A model whose loss is not finite is not saved.

    Place it last: where there is a checkpoint of an epoch, all that other callbacks write of it is there, too. A `fit`
    whose `initial_epoch` is the number of a checkpoint in the folder gives the monitors back what they remembered then,
    and the backend its random state.

    Args:
        directory: Folder for `epoch_0001.keras` and so on.
        keep: How many of the newest to keep.
        every: Epochs from one checkpoint to the next; the last epoch asked for is always saved.
        monitors: Callbacks of the same training that remember something from one epoch to the next, such as
            `CollapseMonitor`: they have `get_state()`, a dict that JSON can hold, and `set_state(state)`, called
            after `on_train_begin`. No two of one class.

    Raises:
        ValueError: If a number is not positive, or two monitors are of one class.

    Example:
        >>> import keras_musicgan as km
        >>> monitor = km.callbacks.CollapseMonitor()
        >>> checkpoints = km.callbacks.Checkpoints("run/checkpoints", keep=3, monitors=[monitor])
    """

    def __init__(self, directory: str | Path, keep: int = 2, every: int = 1, monitors: Sequence[Monitor] = ()):
        super().__init__()
        check_positive_int("keep", keep)
        check_positive_int("every", every)
        self.directory = Path(directory)
        self.keep = keep
        self.every = every
        self.monitors = {type(monitor).__name__: monitor for monitor in monitors}
        if len(self.monitors) < len(monitors):
            names = ", ".join(type(monitor).__name__ for monitor in monitors)
            raise ValueError(f"`monitors` must be of different classes. Received: {names}. Leave one of two out.")
        self._begun = False

    def on_train_begin(self, logs=None):
        """Forgets an earlier training."""
        self._begun = False

    def on_epoch_begin(self, epoch, logs=None):
        """Before the first epoch, lets the monitors go on from the checkpoint that the training continues."""
        if not self._begun:
            self._begun = True
            states = saved_states(checkpoint_file(self.directory, epoch))
            backends.set_global_random_state(states["random"])
            for name, state in states["monitors"].items():
                if name in self.monitors:
                    self.monitors[name].set_state(state)

    def on_epoch_end(self, epoch, logs=None):
        """Saves after the last epoch and every `every`-th."""
        if not np.isfinite((logs or {}).get("loss", 0.0)):
            return
        if (epoch + 1) % self.every and epoch + 1 != self.params.get("epochs"):
            return
        monitors = {name: monitor.get_state() for name, monitor in self.monitors.items()}
        states = {"monitors": monitors, "random": backends.global_random_state()}
        with replacing(checkpoint_file(self.directory, epoch + 1), durable=True) as temporary:
            self.model.save(temporary)
            with zipfile.ZipFile(temporary, "a") as archive:
                archive.writestr(STATES, json.dumps(states))
        of_this_training = [path for done, path in saved_epochs(self.directory) if done <= epoch + 1]
        for path in of_this_training[: -self.keep]:
            path.unlink()


def saved_states(checkpoint: Path) -> dict[str, dict]:
    """What stands in a checkpoint beside the model: `monitors`, by the names of their classes, and `random`.

    Both are empty where nothing was saved.
    """
    states = {"monitors": {}, "random": {}}
    if zipfile.is_zipfile(checkpoint):
        with zipfile.ZipFile(checkpoint) as archive:
            if STATES in archive.namelist():
                states.update(json.loads(archive.read(STATES)))
    return states
