"""The base of callbacks that generate from fixed latents and conditions every few epochs."""

import keras
import numpy as np

from keras_musicgan.gan import MusicGAN
from keras_musicgan.utils.checks import check_positive_int, check_seed


class SamplingCallback(keras.callbacks.Callback):
    """Calls `on_samples` with the same latents and conditions at the end of every `every`-th epoch and of the last.

    It skips an epoch whose loss is not finite.

    Args:
        n: Number of clips.
        every: Epochs from one call to the next.
        seed: Seed of the latents and of the conditions.

    Raises:
        ValueError: If a number is not positive, or the seed is below 0.
        TypeError: At the beginning of `fit`, if the model is not a `MusicGAN`.
    """

    first_process_alone = True

    def __init__(self, n: int, every: int, seed: int):
        super().__init__()
        check_positive_int("n", n)
        check_positive_int("every", every)
        check_seed("seed", seed)
        self.n = n
        self.every = every
        self.seed = seed
        self.latents = None
        self.conditions: dict[str, np.ndarray] = {}

    def on_train_begin(self, logs=None):
        """Draws the latents and the conditions."""
        if not isinstance(self.model, MusicGAN):
            raise TypeError(
                f"{type(self).__name__} is for a `MusicGAN`. Received: a model of type {type(self.model).__name__}"
            )
        self.latents, self.conditions = self.model.draw(self.n, self.seed)

    def on_epoch_end(self, epoch, logs=None):
        """Calls `on_samples` with the number of the epoch, counted from 1, if it is due."""
        if self.is_due(epoch) and np.isfinite((logs or {}).get("loss", 0.0)):
            self.on_samples(epoch + 1)

    def is_due(self, epoch):
        """Whether to call `on_samples` after an epoch, counted from 0."""
        return (epoch + 1) % self.every == 0 or epoch + 1 == self.params.get("epochs")

    def on_samples(self, epoch):
        """Uses `self.model`, `self.latents` and `self.conditions` after epoch number `epoch`."""
        raise NotImplementedError
