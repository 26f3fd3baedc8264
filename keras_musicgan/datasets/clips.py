"""Clips in memory."""

from collections.abc import Callable

import numpy as np

from keras_musicgan.conditions import Conditions
from keras_musicgan.datasets.batches import Batches


class Clips(Batches):
    """Batches of clips that are an array in memory.

    Args:
        clips: Array `[n, ...]` as the model's representation takes it.
        batch_size: Clips in a batch; the last batch of an epoch is dropped where it is not full, unless it is the
            only one.
        seed: Seed of the order and of the augmentation.
        augment: Function `(clips, rng) -> clips` applied to every batch, or `None`.
        held_out: `Batches` kept away from training, or `None`.
        skipped: Dict from file to the reason why it is not used.
        labels: Dict from a label's name to one value for each clip, or `None`.
        told: The model's conditions, as for `Batches`, or `None`.

    Raises:
        ValueError: If there is no clip, the batch size is not positive, or a label does not have one value a clip.

    Example:
        >>> data = Clips(np.zeros((10, 16, 1)), batch_size=4, labels={"pitch": np.arange(10)})
        >>> data.n_clips, len(data), data[0][0].shape
        (10, 2, (4, 16, 1))
    """

    def __init__(
        self,
        clips: np.ndarray,
        batch_size: int,
        seed: int = 0,
        augment: Callable | None = None,
        held_out: Batches | None = None,
        skipped: dict[str, str] | None = None,
        labels: dict[str, np.ndarray] | None = None,
        told: Conditions | None = None,
    ):
        super().__init__(len(clips), batch_size, seed, labels=labels, told=told, held_out=held_out, skipped=skipped)
        self.clips = clips
        self.augment = augment

    def read(self, indices, rng):
        """The clips of these numbers, augmented."""
        clips = self.clips[indices]
        return clips if self.augment is None else self.augment(clips, rng)

    def load(self, indices=None):
        """The clips as they are, without augmentation."""
        return self.clips if indices is None else self.clips[indices]
