"""The logs of a training run as arrays."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

REQUIRED = ("discriminator_loss", "generator_loss", "real_score", "fake_score", "real_accuracy", "fake_accuracy")


def read_logs(history: str | Path | Mapping[str, Sequence[float]]) -> dict[str, np.ndarray]:
    """The logs of a training run as arrays of equal length, one number an epoch.

    If a file has two rows of one epoch, the later one counts. A missing value, or one that is not a number, is NaN.

    Args:
        history: A run folder, its `history.csv`, or the dict `History.history` that `fit` returns.

    Returns:
        Dict from a column's name to float64 `[epochs]`; `epoch`, counted from 1, is one of them.

    Raises:
        FileNotFoundError: If there is no such file, or the folder holds no `history.csv`.
        ValueError: If there is no epoch, a column of `REQUIRED` is missing, the columns differ in length, or the file
            is not a table.
        TypeError: If `history` is of another type.

    Example:
        >>> flat = dict.fromkeys(REQUIRED, [0.5, 0.5])
        >>> read_logs(flat)["epoch"]
        array([1., 2.])
    """
    if isinstance(history, Mapping):
        source, logs = "a dict", {name: _numbers(values) for name, values in history.items()}
        lengths = {len(values) for values in logs.values()}
        if len(lengths) > 1:
            raise ValueError(
                "Logs must have one number an epoch in every column. Received: columns of "
                f"{', '.join(str(length) for length in sorted(lengths))} numbers"
            )
        n_epochs = lengths.pop() if lengths else 0
        logs["epoch"] = np.arange(1.0, n_epochs + 1)
    elif isinstance(history, (str, Path)):
        source, logs = _history_file(Path(history).expanduser()), {}
        rows = _rows(source)
        if rows:
            logs = {name: _numbers([row.get(name) for row in rows]) for name in rows[0]}
            logs["epoch"] = logs["epoch"] + 1
    else:
        raise TypeError(
            "Logs must be a run folder, its history.csv or a dict of lists, as `fit(...).history` is. Received: "
            f"history of type {type(history).__name__}"
        )
    if not logs or not len(logs["epoch"]):
        raise ValueError(f"Logs must hold at least one epoch. Received: {source} without any. Train for one at least.")
    missing = [name for name in REQUIRED if name not in logs]
    if missing:
        raise ValueError(
            f"Logs must be those of a `MusicGAN`, with the columns {', '.join(REQUIRED)}. Received: {source} without "
            f"{', '.join(missing)}"
        )
    return logs


def _history_file(path):
    if path.is_dir():
        if not (path / "history.csv").is_file():
            raise FileNotFoundError(
                "A run folder must hold history.csv, which is written from the first epoch on. "
                f"Received: {path}, which holds none"
            )
        return path / "history.csv"
    if not path.is_file():
        raise FileNotFoundError(f"Logs must be a run folder or its history.csv. Received: {path}, which does not exist")
    return path


def _rows(file):
    """Rows as dicts of text, one for each epoch, in order."""
    try:
        with open(file, newline="") as stream:
            rows = list(csv.DictReader(stream))
        return [row for _, row in sorted({int(row["epoch"]): row for row in rows}.items())]
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise ValueError(
            f"history.csv must be a table with a column `epoch` of whole numbers. Received: {file}: {error!r}"
        ) from error


def _numbers(values):
    return np.array([_number(value) for value in np.asarray(values, dtype=object)], "float64")


def _number(value):
    try:
        return float(value)
    except (TypeError, ValueError):  # Keras writes NA where a row has no value
        return float("nan")
