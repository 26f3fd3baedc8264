"""The rows of a batch that a process trains on."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from keras_musicgan.processes import group


def check_divides(n_clips: int, n_parts: int, parts: str) -> None:
    """Raises ValueError unless a batch can be divided into equal parts.

    Args:
        n_clips: Clips in the batch.
        n_parts: Number of parts.
        parts: What they are for, as `"processes"`.
    """
    if n_clips % n_parts:
        nearest = max(1, round(n_clips / n_parts)) * n_parts
        raise ValueError(
            f"A batch must have the same number of clips for each of {n_parts} {parts}. Received: a batch of "
            f"{n_clips} clips. Give another batch size, as {nearest}, or take fewer {parts}."
        )


def own_part(n_clips: int) -> slice:
    """The rows of a batch of `n_clips` that belong to this process."""
    check_divides(n_clips, group.size(), "processes")
    n_own = n_clips // group.size()
    return slice(group.rank() * n_own, (group.rank() + 1) * n_own)


class OwnRows(keras.utils.PyDataset):
    """A dataset's batches, of each the rows of this process.

    Args:
        data: The dataset, the same in every process. A method `part(index, number, n_parts)` spares reading the rows
            of others.
        shuffle_seed: Seed of the order of the batches, which changes from epoch to epoch; `None` to keep it.
    """

    def __init__(self, data: keras.utils.PyDataset, shuffle_seed: int | None = None):
        super().__init__(data.workers, data.use_multiprocessing, data.max_queue_size)
        self.data = data
        self.shuffle_seed = shuffle_seed
        self._epoch = 0

    @property
    def num_batches(self):
        """Number of batches."""
        return self.data.num_batches

    def encode_with(self, encode: Callable[[np.ndarray], np.ndarray]) -> "OwnRows":
        """The same rows of clips that are encoded once, where the dataset can do so."""
        return OwnRows(self.data.encode_with(encode), self.shuffle_seed) if hasattr(self.data, "encode_with") else self

    def __getitem__(self, index):
        if self.shuffle_seed is not None:
            index = int(np.random.default_rng((self.shuffle_seed, self._epoch)).permutation(self.num_batches)[index])
        if hasattr(self.data, "part"):
            return self.data.part(index, group.rank(), group.size())
        return _rows(self.data[index])

    def on_epoch_begin(self):
        """Begins an epoch."""
        self.data.on_epoch_begin()

    def on_epoch_end(self):
        """Moves on to the next order."""
        self._epoch += 1
        self.data.on_epoch_end()


class ArrayBatches(keras.utils.PyDataset):
    """Arrays as batches, in their order or shuffled anew in every epoch; the last one may be smaller.

    Args:
        clips: `[n, ...]`.
        conditions: Dict of arrays `[n]`, or `None`.
        batch_size: Clips in a batch.
        shuffle_seed: Seed of the order of the clips; `None` to keep it.
    """

    def __init__(self, clips: Any, conditions: dict | None, batch_size: int, shuffle_seed: int | None):
        super().__init__()
        self.arrays = (np.asarray(clips),) if conditions is None else (np.asarray(clips), conditions)
        self.batch_size = batch_size
        self.shuffle_seed = shuffle_seed
        self._epoch = 0

    def encode_with(self, encode: Callable[[np.ndarray], np.ndarray]) -> "ArrayBatches":
        """The batches of encoded clips, all encoded here."""
        conditions = self.arrays[1] if len(self.arrays) > 1 else None
        return ArrayBatches(encode(self.arrays[0]), conditions, self.batch_size, self.shuffle_seed)

    @property
    def num_batches(self):
        """Number of batches."""
        return -(-len(self.arrays[0]) // self.batch_size)

    def __getitem__(self, index):
        order = np.arange(len(self.arrays[0]))
        if self.shuffle_seed is not None:
            order = np.random.default_rng((self.shuffle_seed, self._epoch)).permutation(order)
        chosen = order[index * self.batch_size : (index + 1) * self.batch_size]
        return keras.tree.map_structure(lambda array: np.asarray(array)[chosen], self.arrays)

    def on_epoch_end(self):
        """Moves on to the next order."""
        self._epoch += 1


def _rows(batch):
    """The rows of a batch of arrays that belong to this process."""
    part = own_part(len(keras.tree.flatten(batch)[0]))
    return keras.tree.map_structure(lambda array: np.asarray(array)[part], batch)
