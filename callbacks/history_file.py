"""Writes the logs of every epoch to a CSV file."""

import csv
from pathlib import Path

import keras

from keras_musicgan.utils.files import replacing
from keras_musicgan.utils.history import read_rows


class HistoryFile(keras.callbacks.Callback):
    """Keeps the logs of every epoch in a CSV file: one row an epoch, whole at every moment.

    As in `keras.callbacks.CSVLogger`, the columns are `epoch`, counted from 0, and the logs by name. The file is
    written anew at every epoch end, under a temporary name that is then renamed. A `fit` with `initial_epoch` keeps the
    rows before it and drops the others, so that a run that was killed after its last checkpoint has no row twice. A
    missing number is `nan`.

    Args:
        path: The file; its folder is created if missing.

    Example:
        >>> import keras_musicgan as km
        >>> history = km.callbacks.HistoryFile("run/history.csv")
    """

    first_process_alone = True

    def __init__(self, path: str | Path):
        super().__init__()
        self.path = Path(path).expanduser()
        self._rows = None

    def on_train_begin(self, logs=None):
        """Resets the callback."""
        self._rows = None

    def on_epoch_begin(self, epoch, logs=None):
        """Before the first epoch, reads the rows of earlier epochs."""
        if self._rows is None:
            found = read_rows(self.path)
            self._rows = [row for row in found if int(row["epoch"]) < epoch]
            if self.path.exists() and len(self._rows) < len(found):
                self._write()

    def on_epoch_end(self, epoch, logs=None):
        """Adds a row."""
        self._rows.append({"epoch": epoch, **{name: float(value) for name, value in (logs or {}).items()}})
        self._write()

    def _write(self):
        names = sorted({name for row in self._rows for name in row} - {"epoch"})
        with replacing(self.path, durable=True) as temporary, open(temporary, "w", newline="") as file:
            table = csv.DictWriter(file, ["epoch", *names], restval="nan", lineterminator="\n")
            table.writeheader()
            table.writerows(self._rows)
