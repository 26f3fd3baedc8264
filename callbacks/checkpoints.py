"""Saves the state of training at epoch ends."""

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

STATES = "training.json"  # in the archive, beside Keras's own files


class Monitor(Protocol):
    """A callback with a state that lasts from one epoch to the next."""

    def get_state(self) -> dict:
        """The state, as JSON can hold it."""

    def set_state(self, state: dict) -> None:
        """Restores the result of `get_state`."""


class Checkpoints(keras.callbacks.Callback):
    """Saves the state of training at epoch ends: the model, its optimizers and random states, and monitors.

    A checkpoint is one file, written under a temporary name and renamed, so that the newest one is always whole, even
    after a loss of power; its name has the number of finished epochs. Only then older ones of the same run are deleted.
    A model whose loss is not finite is not saved.

    Place it last, so that an epoch with a checkpoint also has the files of all other callbacks. A `fit` whose
    `initial_epoch` is the number of a checkpoint in the folder restores the state of the monitors and the backend's
    random state.

    Args:
        directory: Folder for `epoch_0001.keras` and so on.
        keep: Number of checkpoints to keep.
        every: Epochs from one checkpoint to the next; the last epoch of `fit` is always saved, also where another
            callback stops it.
        monitors: Callbacks of the same `fit` with a state, such as `CollapseMonitor`: they have `get_state()`, a dict
            that JSON can hold, and `set_state(state)`, called after `on_train_begin`. No two of one class.

    Raises:
        ValueError: If a number is not positive, or two monitors are of one class.

    Example:
        >>> import keras_musicgan as km
        >>> monitor = km.callbacks.CollapseMonitor()
        >>> checkpoints = km.callbacks.Checkpoints("run/checkpoints", keep=3, monitors=[monitor])
    """

    first_process_alone = True

    def __init__(self, directory: str | Path, keep: int = 2, every: int = 1, monitors: Sequence[Monitor] = ()):
        super().__init__()
        check_positive_int("keep", keep)
        check_positive_int("every", every)
        self.directory = Path(directory).expanduser()
        self.keep = keep
        self.every = every
        self.monitors = {type(monitor).__name__: monitor for monitor in monitors}
        if len(self.monitors) < len(monitors):
            names = ", ".join(type(monitor).__name__ for monitor in monitors)
            raise ValueError(f"`monitors` must be of different classes. Received: {names}. Leave one of two out.")
        self._started = False

    def on_train_begin(self, logs=None):
        """Resets the callback."""
        self._started = False

    def on_epoch_begin(self, epoch, logs=None):
        """Before the first epoch, restores the states from the checkpoint that `fit` resumes."""
        if not self._started:
            self._started = True
            states = saved_states(checkpoint_file(self.directory, epoch))
            backends.set_global_random_state(states["random"])
            for name, state in states["monitors"].items():
                if name in self.monitors:
                    self.monitors[name].set_state(state)

    def on_epoch_end(self, epoch, logs=None):
        """Saves after the last epoch and every `every`-th."""
        if not np.isfinite((logs or {}).get("loss", 0.0)):
            return
        is_last = epoch + 1 == self.params.get("epochs") or self.model.stop_training
        if (epoch + 1) % self.every and not is_last:
            return
        monitors = {name: monitor.get_state() for name, monitor in self.monitors.items()}
        states = {"monitors": monitors, "random": backends.global_random_state()}
        with replacing(checkpoint_file(self.directory, epoch + 1), durable=True) as temporary:
            self.model.save(temporary)
            with zipfile.ZipFile(temporary, "a") as archive:
                archive.writestr(STATES, json.dumps(states))
        saved = [path for done, path in saved_epochs(self.directory) if done <= epoch + 1]
        for path in saved[: -self.keep]:
            path.unlink()


def saved_states(checkpoint: Path) -> dict[str, dict]:
    """The states in a checkpoint: `monitors`, by the names of their classes, and `random`; empty if none were saved."""
    states: dict[str, dict] = {"monitors": {}, "random": {}}
    if zipfile.is_zipfile(checkpoint):
        with zipfile.ZipFile(checkpoint) as archive:
            if STATES in archive.namelist():
                states.update(json.loads(archive.read(STATES)))
    return states
