"""Clips in memory, in batches that depend on nothing but a seed and the number of the epoch."""

from collections.abc import Callable

import keras
import numpy as np

from keras_musicgan.checks import check_positive_int


class Clips(keras.utils.PyDataset):
    """Batches of clips for `fit`, shuffled anew every epoch.

    The order of epoch `k` follows from `seed` and `k` alone, so that a training that is continued sees what one
    without a break would have seen: set `epoch`, the number of the next epoch, to the number of epochs done, and
    give `fit` the argument `shuffle=False`, since it would shuffle the batches once more.

    Args:
        clips: Array `[n, ...]` as the model's representation takes it.
        batch_size: Clips in a batch; the last batch of an epoch is dropped where it is not full, unless it is the
            only one.
        seed: Seed of the order and of the augmentation.
        augment: Function `(clips, rng) -> clips` applied to every batch, or `None`.
        held_out: `Clips` kept away from training, or `None`.
        skipped: Dict from file to the reason why it is not used.

    Raises:
        ValueError: If there is no clip or the batch size is not positive.
    """

    def __init__(
        self,
        clips: np.ndarray,
        batch_size: int,
        seed: int = 0,
        augment: Callable | None = None,
        held_out: "Clips | None" = None,
        skipped: dict[str, str] | None = None,
    ):
        super().__init__()
        check_positive_int("batch_size", batch_size)
        if len(clips) == 0:
            raise ValueError("A dataset must hold at least one clip. Received: 0 clips")
        self.clips = clips
        self.batch_size = min(batch_size, len(clips))
        self.seed = seed
        self.augment = augment
        self.held_out = held_out
        self.skipped = skipped or {}
        self.epoch = 0
        self._served = 0
        self._order = self._order_of(0)

    def _order_of(self, epoch):
        return np.random.default_rng((self.seed, epoch)).permutation(len(self.clips))

    def on_epoch_begin(self):
        """Takes up the order of the epoch that begins."""
        self._served = self.epoch
        self._order = self._order_of(self.epoch)
        self.epoch += 1

    def __len__(self):
        return len(self.clips) // self.batch_size

    def __getitem__(self, index):
        """Batch number `index` of the present epoch, a tuple of one array `[batch_size, ...]`."""
        chosen = self._order[index * self.batch_size : (index + 1) * self.batch_size]
        batch = self.clips[chosen]
        if self.augment is not None:
            batch = self.augment(batch, np.random.default_rng((self.seed, self._served, index)))
        return (batch,)
