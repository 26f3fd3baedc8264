"""Batches that depend only on a seed, the number of the epoch and the number of the batch."""

import keras
import numpy as np

from keras_musicgan.conditions import Conditions
from keras_musicgan.utils.checks import check_positive_int, check_seed
from keras_musicgan.utils.deprecation import rename_options

QUEUE_SIZE = 4


class Batches(keras.utils.PyDataset):
    """Batches of clips for `fit`, shuffled anew every epoch; the base of all datasets here.

    The order of epoch `k` depends only on `seed` and `k`, so a resumed training run sees the same batches as one
    without a break: set `epoch`, the number of the next epoch, to the number of finished epochs, and call `fit` with
    `shuffle=False`, since it would shuffle the batches once more.

    A subclass reads clips into memory in `read`.

    Args:
        n_clips: Number of clips.
        batch_size: Clips in a batch; the last batch of an epoch is dropped if it is not full, unless it is the only
            one.
        seed: Seed of the order and of everything random in `read`.
        labels: Dict from a label's name to one value for each clip, or `None`.
        conditions: The model's conditions: labels of their names go beside the clips of a batch. `None` for none.
        held_out: `Batches` kept away from training, or `None`.
        skipped: Dict from file to the reason why it is not used.
        workers: Threads that read batches ahead of training; with 1, each is read when it is needed.
        queue_size: Largest number of batches that wait for training, with several threads.
        description: Completes "clips …" in `repr`, as in "of 4096 samples at 16000 Hz".
        told: Earlier name of `conditions`.

    Attributes:
        labels: Dict from a label's name to an array `[n_clips]`; empty without labels.
        conditions: Dict from a condition's name to an array `[n_clips]` of numbers, or `None`.

    Raises:
        ValueError: If there is no clip, a label does not have one value a clip, a condition has no label or one that
            is out of range, or a number is not positive.
    """

    def __init__(
        self,
        n_clips: int,
        batch_size: int,
        seed: int = 0,
        labels: dict[str, np.ndarray] | None = None,
        conditions: Conditions | None = None,
        held_out: "Batches | None" = None,
        skipped: dict[str, str] | None = None,
        workers: int = 1,
        queue_size: int = QUEUE_SIZE,
        description: str = "",
        told: Conditions | None = None,
    ):
        check_positive_int("workers", workers)
        check_positive_int("queue_size", queue_size)
        super().__init__(workers=workers, max_queue_size=queue_size)
        check_positive_int("batch_size", batch_size)
        check_seed("seed", seed)
        if n_clips == 0:
            raise ValueError("A dataset must hold at least one clip. Received: 0 clips")
        if told is not None:
            conditions = rename_options({"told": told}, {"told": "conditions"}, type(self).__name__)["conditions"]
        self._n_clips = n_clips
        self.batch_size = min(batch_size, n_clips)
        self.seed = seed
        self.labels = {name: np.asarray(values) for name, values in (labels or {}).items()}
        for name, values in self.labels.items():
            if values.shape != (n_clips,):
                raise ValueError(
                    f"`labels` must hold one value for each of the {n_clips} clips. "
                    f"Received: {name!r} of shape {values.shape}"
                )
        self.conditions = None if conditions is None else conditions.from_labels(self.labels)
        self.held_out = held_out
        self.skipped = skipped or {}
        self._description = description
        self._begun = False
        self._served = 0
        self._order = (None, None)

    def __repr__(self):
        parts = [
            f"{self.n_clips} clips {self._description}".rstrip(),
            f"{0 if self.held_out is None else self.held_out.n_clips} held out",
            f"batch_size={self.batch_size}",
        ]
        for name, values in (("labels", self.labels), ("conditions", self.conditions)):
            if values:
                parts.append(f"{name}={list(values)}")
        return f"<{type(self).__name__}: {', '.join(parts)}>"

    @property
    def use_multiprocessing(self) -> bool:
        """False: batches are read by threads, which share the decoded files."""
        return False

    @use_multiprocessing.setter
    def use_multiprocessing(self, value):
        if value:
            raise ValueError(
                "Batches are read by threads, which share the decoded files; a process that is forked beside "
                "TensorFlow or JAX may wait forever. Received: use_multiprocessing=True. Set `workers` instead."
            )

    def read(self, indices: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Clips by their numbers, `[len(indices), ...]`; everything random in them is drawn from `rng`."""
        raise NotImplementedError

    def read_rows(self, indices: np.ndarray, rng: np.random.Generator, rows: slice) -> np.ndarray:
        """`read(indices, rng)[rows]`; a subclass spares reading the others."""
        return self.read(indices, rng)[rows]

    def load(self, indices: np.ndarray | None = None) -> np.ndarray:
        """Clips as one array in memory, `[n, ...]`, in the order of `labels`; for measurements.

        Args:
            indices: Numbers of the clips, or `None` for all of them.
        """
        indices = np.arange(self.n_clips) if indices is None else np.asarray(indices)
        return self.read(indices, np.random.default_rng(self.seed))

    @property
    def n_clips(self) -> int:
        """Number of clips."""
        return self._n_clips

    @property
    def epoch(self) -> int:
        """Number of the next epoch, from 0."""
        return self._served + 1 if self._begun else self._served

    @epoch.setter
    def epoch(self, number):
        self._begun = False
        self._served = number

    # Keras's reading threads start before `on_epoch_begin` is called and end before `on_epoch_end` is, so the order
    # of the next epoch must hold from the end of the last one. `fit` also calls `on_epoch_end` before its first epoch.

    def on_epoch_begin(self):
        """Begins an epoch."""
        self._served = self.epoch
        self._begun = True

    def on_epoch_end(self):
        """Moves on to the order of the next epoch, if one has begun."""
        self._served, self._begun = self.epoch, False

    def __len__(self):
        return self.n_clips // self.batch_size

    def __getitem__(self, index):
        """Batch number `index` of the present epoch.

        Returns:
            A tuple of clips `[batch_size, ...]` and, for a model with conditions, a dict of them `[batch_size]`.
        """
        return self._rows(index, slice(None))

    def part(self, index: int, number: int, n_parts: int) -> tuple:
        """Part `number` of `n_parts` of batch `index`, as `[index]` returns the whole; the parts are equally long."""
        n_rows = self.batch_size // n_parts
        return self._rows(index, slice(number * n_rows, (number + 1) * n_rows))

    def _rows(self, index, rows):
        chosen = self.chosen(index)
        clips = self.read_rows(chosen, np.random.default_rng((self.seed, self._served, index)), rows)
        return self.with_conditions(clips, chosen[rows])

    def chosen(self, index: int) -> np.ndarray:
        """Numbers of the clips in batch `index` of the present epoch, `[batch_size]`."""
        return self._permutation(self._served)[index * self.batch_size : (index + 1) * self.batch_size]

    def with_conditions(self, clips: np.ndarray, indices: np.ndarray) -> tuple:
        """A batch of these clips and, for a model with conditions, those of the clips of these numbers."""
        if self.conditions is None:
            return (clips,)
        return clips, {name: numbers[indices] for name, numbers in self.conditions.items()}

    def _permutation(self, epoch):
        kept, order = self._order  # one tuple, since several threads read it
        if kept != epoch:
            order = np.random.default_rng((self.seed, epoch)).permutation(self.n_clips)
            self._order = (epoch, order)
        return order
