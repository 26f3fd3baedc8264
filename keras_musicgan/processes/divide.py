"""The arguments of `fit` and `evaluate` for one of several processes or devices."""

import hashlib
from typing import Any

import keras
import numpy as np

from keras_musicgan import backends
from keras_musicgan.processes.agreement import check_agreement
from keras_musicgan.processes.first_alone import first_alone
from keras_musicgan.processes.group import is_first, size
from keras_musicgan.processes.rows import ArrayBatches, OwnRows, check_divides

BATCH_SIZE = 32  # Keras's own


def divide_fit(model: keras.Model, arguments: dict[str, Any]) -> None:
    """Changes the arguments of `fit` so that this process trains on its own rows of each batch.

    Alone, it only checks that the devices can divide a batch.

    Args:
        model: `MusicGAN`.
        arguments: Dict of the arguments by name, looked at before.

    Raises:
        ValueError: If a batch cannot be divided, the data are of a kind that only one process can read, or the
            processes were given different data, seeds or epochs.
        LostProcessError: If another process has ended.
    """
    _check_devices(model, arguments)
    if size() == 1:
        return
    if not hasattr(type(model).train_step, "__wrapped__"):
        raise ValueError(
            "On several processes a step must be one of all of them. Received: "
            f"{type(model).__name__}.train_step without a decorator. Put `keras_musicgan.backends.step` over it."
        )
    if arguments.get("validation_split"):
        raise ValueError(
            "Several processes take held-out clips as `validation_data`. Received: "
            f"validation_split={arguments['validation_split']}. Split the clips beforehand."
        )
    seed = (model.seed or 0) if arguments.pop("shuffle", True) else None
    data = _as_batches(arguments, "x", arguments.get("batch_size"), seed)
    facts = {
        "data": _fingerprint(data),
        "seed": model.seed,
        "epochs": (arguments.get("initial_epoch", 0), arguments.get("epochs", 1)),
        "networks": (model.generator.count_params(), model.discriminator.count_params()),
    }
    check_agreement(facts, "Give every process the same command and the same files.")
    if arguments.get("validation_data") is not None:
        batch_size = arguments.pop("validation_batch_size", None) or arguments.get("batch_size")
        arguments["validation_data"] = OwnRows(_as_batches(arguments, "validation_data", batch_size, None))
    arguments.update(x=OwnRows(data, seed), y=None, batch_size=None, shuffle=False)
    arguments["callbacks"] = first_alone(arguments.get("callbacks"))
    arguments["verbose"] = arguments.get("verbose", "auto") if is_first() else 0
    backends.group.copy_from_first([*model.variables, *model.optimizer.variables])


def divide_evaluate(model: keras.Model, arguments: dict[str, Any]) -> None:
    """As `divide_fit`, for the arguments of `evaluate`."""
    _check_devices(model, arguments)
    if size() > 1:
        data = _as_batches(arguments, "x", arguments.get("batch_size"), None)
        arguments.update(x=OwnRows(data), y=None, batch_size=None)


def _check_devices(model, arguments):
    """Raises ValueError unless all devices of a batch, of this process and of others, have as many clips of it."""
    n_devices, x = backends.n_devices(model), arguments["x"]
    if n_devices == 1:
        return
    if isinstance(x, keras.utils.PyDataset):
        sizes = {len(keras.tree.flatten(x[0])[0])}
    elif hasattr(x, "shape"):
        batch_size = arguments.get("batch_size") or BATCH_SIZE
        sizes = {min(batch_size, len(x)), len(x) % batch_size} - {0}
    else:
        return
    for n_clips in sizes:
        check_divides(n_clips, n_devices, "devices" if size() == 1 else "processes")


def _as_batches(arguments, name, batch_size, seed):
    """Arrays as a dataset, or a dataset as it is."""
    data, conditions = arguments[name], arguments.get("y") if name == "x" else None
    if isinstance(data, tuple) and name == "validation_data":
        data, conditions = data[0], data[1] if len(data) > 1 else None
    if isinstance(data, keras.utils.PyDataset):
        return data
    if not hasattr(data, "shape"):
        raise ValueError(
            f"Several processes read arrays and `keras.utils.PyDataset`s, of which each takes its rows. Received: "
            f"{name} of type {type(data).__name__}. Make a PyDataset of it."
        )
    return ArrayBatches(data, conditions, batch_size or BATCH_SIZE, seed)


def _fingerprint(data):
    """The number of batches and a hash of the first, in words."""
    digest = hashlib.sha256()
    for array in keras.tree.flatten(data[0]):
        digest.update(np.ascontiguousarray(array).tobytes())
    return f"{data.num_batches} batches, the first of hash {digest.hexdigest()[:8]}"
