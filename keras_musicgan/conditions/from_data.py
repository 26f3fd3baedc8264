"""The conditions in training data of any form."""

import itertools
from collections.abc import Iterable
from typing import Any

import keras
import numpy as np

from keras_musicgan.conditions.conditions import Conditions

BATCHES_READ = 16  # of data whose conditions are not all in memory


def conditions_from_data(conditions: Conditions, x: Any, y: Any = None) -> dict[str, np.ndarray] | None:
    """Numbers by name for the clips of data as `fit` takes them, checked.

    Args:
        conditions: The model's, at least one.
        x: Clips as an array, or a dataset of `(clips, conditions)`.
        y: Dict from names to values, where `x` is an array.

    Returns:
        Dict of float32 `[n]`: those of all clips for arrays and the datasets of this package, of the first 16 batches
        for other datasets. `None` for a generator, which can be read only once.

    Raises:
        ValueError: If a condition is missing, unknown or out of range.
    """
    if is_array(x):
        conditions.check_names(y)
        return conditions.numbers(y, len(x))
    known = getattr(x, "conditions", None)
    if known is not None:
        return known
    if isinstance(x, keras.utils.PyDataset):
        batches: Iterable = (x[index] for index in range(min(BATCHES_READ, len(x))))
    elif hasattr(x, "as_numpy_iterator"):
        batches = itertools.islice(x.as_numpy_iterator(), BATCHES_READ)
    else:
        return None
    found = []
    for batch in batches:
        _, values, _ = keras.utils.unpack_x_y_sample_weight(batch)
        conditions.check_names(values)
        found.append(conditions.numbers(values))
    return {name: np.concatenate([part[name] for part in found]) for name in conditions.names} if found else None


def is_array(x: object) -> bool:
    """Whether clips are an array in memory and not a dataset of batches."""
    return hasattr(x, "shape") or isinstance(x, (list, tuple))
