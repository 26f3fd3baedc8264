"""The training of an autoencoder whose codes also say the outline of what they code."""

from collections.abc import Callable

import keras
import numpy as np
from keras import layers, ops

BATCH = 128  # bars
OUTLINE_WEIGHT = 1.0  # of a squared error of an outline, beside nats of the bar


def train_autoencoder(
    encoder: keras.Model,
    decoder: keras.Model,
    bars: np.ndarray,
    outlines: np.ndarray,
    loss: Callable,
    noise: float,
    steps: int,
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The weights of encoder and decoder after training; the networks themselves stay as they are.

    The decoder writes bars from codes with noise, and a linear function of the same codes gives their outlines.

    Args:
        encoder: From `[batch, features]` to codes `[batch, n_codes]`.
        decoder: From codes to what `loss` compares with the bars.
        bars: `[n, features]`.
        outlines: What a code must say in a linear way, `[n, numbers]`, with mean 0 and deviation 1.
        loss: Function of bars and decoded codes to nats `[batch]`.
        noise: Standard deviation of the noise on codes.
        steps: Number of steps, with 128 bars each.
    """
    encoder, decoder = map(_trainable_copy, (encoder, decoder))
    inputs = keras.Input(bars.shape[1:])
    codes = layers.GaussianNoise(noise, seed=0)(encoder(inputs))
    outline = layers.Dense(outlines.shape[1], name="outline")(codes)
    autoencoder = keras.Model(inputs, [decoder(codes), outline])
    rate = keras.optimizers.schedules.CosineDecay(1e-3, steps)
    weights = [1.0, OUTLINE_WEIGHT]
    autoencoder.compile(keras.optimizers.Adam(rate, beta_2=0.99), [loss, _squared_error], loss_weights=weights)
    autoencoder.fit(_RandomBars(bars, outlines, steps), verbose=0)
    return encoder.get_weights(), decoder.get_weights()


def _trainable_copy(network):
    copy = keras.models.clone_model(network)
    copy.set_weights(network.get_weights())
    copy.trainable = True
    return copy


def _squared_error(targets, outputs):
    return ops.sum(ops.square(ops.cast(targets, outputs.dtype) - outputs), axis=1)


class _RandomBars(keras.utils.PyDataset):
    """Batches of bars drawn at random, the same every time: inputs, and as targets the bars and their outlines."""

    def __init__(self, bars, outlines, n_batches):
        super().__init__()
        self.bars = bars
        self.outlines = outlines
        self.n_batches = n_batches

    @property
    def num_batches(self):
        """Number of batches."""
        return self.n_batches

    def __getitem__(self, index):
        rows = np.random.default_rng(index).integers(0, len(self.bars), BATCH)
        bars = self.bars[rows].astype("float32")
        return bars, (bars, self.outlines[rows])
