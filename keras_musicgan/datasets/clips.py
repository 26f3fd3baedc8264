"""Clips in memory."""

from collections.abc import Callable

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
