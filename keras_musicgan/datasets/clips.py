"""Clips in memory."""

from collections.abc import Callable

import keras
import numpy as np

from keras_musicgan.datasets.batches import Batches


class Clips(Batches):
    """Batches of clips from an array in memory.

    Args:
        clips: Array `[n, ...]` as the model's representation takes it.
        batch_size: Clips in a batch; the last batch of an epoch is dropped if it is not full, unless it is the only
            one.
        seed: Seed of the order and of the augmentation.
        augment: Function `(clips, rng) -> clips` applied to every batch, or `None`.
        **options: `labels`, `conditions`, `held_out`, `skipped` and `description`, as for `Batches`.

    Raises:
        ValueError: If there is no clip, the batch size is not positive, or a label does not have one value a clip.

    Example:
        >>> data = Clips(np.zeros((10, 16, 1)), batch_size=4, labels={"pitch": np.arange(10)})
        >>> data, data[0][0].shape
        (<Clips: 10 clips of shape (16, 1), 0 held out, batch_size=4, labels=['pitch']>, (4, 16, 1))
    """

    def __init__(self, clips: np.ndarray, batch_size: int, seed: int = 0, augment: Callable | None = None, **options):
        super().__init__(len(clips), batch_size, seed, **{"description": f"of shape {clips.shape[1:]}", **options})
        self.clips = clips
        self.augment = augment

    def read(self, indices, rng):
        """Clips by their numbers, augmented."""
        clips = self.clips[indices]
        return clips if self.augment is None else self.augment(clips, rng)

    def load(self, indices=None):
        """Clips by their numbers, not augmented."""
        return self.clips if indices is None else self.clips[indices]

    def encode_with(self, encode: Callable[[np.ndarray], np.ndarray]) -> keras.utils.PyDataset:
        """The batches with clips that are encoded here, once; with augmentation, these batches themselves.

        Args:
            encode: Function from clips `[n, ...]` to encoded clips `[n, ...]`.
        """
        return self if self.augment is not None else EncodedClips(self, encode(self.clips))


class EncodedClips(keras.utils.PyDataset):
    """The batches of a dataset in memory, with encoded clips in place of its own.

    Args:
        data: The dataset, whose epochs these are.
        clips: Its clips, encoded: `[n, ...]`.
    """

    def __init__(self, data: Clips, clips: np.ndarray):
        super().__init__(data.workers, max_queue_size=data.max_queue_size)
        self.data = data
        self.clips = clips

    def __len__(self):
        return len(self.data)

    def __getitem__(self, index):
        """Batch number `index` of the present epoch."""
        chosen = self.data.chosen(index)
        return self.data.with_conditions(self.clips[chosen], chosen)

    def on_epoch_begin(self):
        """Begins an epoch."""
        self.data.on_epoch_begin()

    def on_epoch_end(self):
        """Moves on to the order of the next epoch."""
        self.data.on_epoch_end()
