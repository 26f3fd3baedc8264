"""Gradient descent of latents on the log-mel distance to one clip, through a fixed network."""

import math
from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

from keras_musicgan.representations import SpectrogramRepresentation
from keras_musicgan.spectra.log_mel import fitting_n_mels, log_mel_spectrograms, log_mel_tensor, power_to_db
from keras_musicgan.spectra.mel import MelBands
from keras_musicgan.utils.batching import in_batches

BATCH_SIZE = 32  # inputs whose distances are computed at a time


class LogMelDistance(keras.Model):
    """Log-mel distances in dB `[n]` of a network's outputs for inputs `[n, input_dim]` to one clip.

    Args:
        network: From inputs to encoded clips.
        representation: `AudioRepresentation` from encoded clips to audio.
        target: The clip, float32 `[samples, channels]`.
    """

    def __init__(self, network: keras.Layer, representation: keras.Layer, target: np.ndarray):
        super().__init__(dtype="float32")
        self.network = network
        self.representation = representation
        self.n_mels = fitting_n_mels(representation.sample_rate)
        self.bands = None
        if isinstance(representation, SpectrogramRepresentation):
            self.bands = _bands(representation, self.n_mels)
            self.target = ops.convert_to_numpy(self._log_mel(representation(target[None])))
        else:
            self.target = log_mel_spectrograms(target[None], representation.sample_rate, self.n_mels)

    def call(self, inputs):
        """Distances `[n]`, differentiable."""
        difference = ops.subtract(self._log_mel(self.network(inputs, training=False)), self.target)
        return ops.sqrt(ops.mean(ops.square(difference), axis=(1, 2)) + 1e-6)

    def _log_mel(self, encoded):
        """Log-mel spectrograms of encoded clips, without phase reconstruction, whose gradients are useless."""
        if self.bands is None:
            return log_mel_tensor(self.representation.waveform(encoded), self.representation.sample_rate, self.n_mels)
        return power_to_db(ops.matmul(self.representation.power(encoded), self.bands), ops)

    def measure(self, inputs: np.ndarray) -> np.ndarray:
        """Distances `[n]` of any number of inputs, always in full batches, so that all rounds share one compilation."""
        filled = np.resize(inputs, (max(len(inputs), BATCH_SIZE), inputs.shape[1]))
        return in_batches(self.predict_on_batch, filled, BATCH_SIZE)[: len(inputs)]


class LatentDescent(keras.Model):
    """Inputs of a network as the only weights of a model that Keras trains.

    Args:
        distance: The loss.
        inputs: The starts, float32 `[n, input_dim]`.
        free: Mask of the numbers of an input that move, bool `[input_dim]`.
        latent_dim: Number of normal latents at the beginning of an input, limited in length to that of nearly all
            drawn latents. All other numbers are limited to [−1, 1].
        shares: Parts of an input, as (first, after the last), that are shares: at least 0, with the sum 1.
    """

    def __init__(
        self,
        distance: LogMelDistance,
        inputs: np.ndarray,
        free: np.ndarray,
        latent_dim: int,
        shares: Sequence[tuple[int, int]] = (),
    ):
        super().__init__(dtype="float32")
        self.distance = distance
        self.free = free.astype("float32")
        self.latent_dim = latent_dim
        self.shares = list(shares)
        start = keras.initializers.Constant(inputs)
        self.points = self.add_weight(
            shape=inputs.shape, initializer=start, constraint=self._within_limits, name="points"
        )
        self.built = True

    def call(self, rows):
        """The distances of all points, with their sum as loss; `rows` only count the steps."""
        moving = ops.multiply(self.points, self.free)
        points = moving + ops.multiply(ops.stop_gradient(self.points), 1 - self.free)
        distances = self.distance(points)
        self.add_loss(ops.sum(distances))
        return distances[None]

    def run(self, steps: int, learning_rate: float) -> np.ndarray:
        """The points after some steps of Adam."""
        self.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(learning_rate, steps)))
        self.fit(np.zeros((steps, 1), "float32"), batch_size=1, verbose=0)
        return ops.convert_to_numpy(self.points)

    @property
    def trainable_variables(self):
        """The points only: the network is fixed."""
        return [self.points]

    @property
    def non_trainable_variables(self):
        """All other variables."""
        return [variable for variable in self.variables if variable is not self.points]

    trainable_weights = trainable_variables
    non_trainable_weights = non_trainable_variables

    def _within_limits(self, points):
        latents = points[:, : self.latent_dim]
        # 999 in 1,000 normal vectors are shorter.
        limit = math.sqrt(self.latent_dim) + 2.2
        length = ops.sqrt(ops.sum(ops.square(latents), axis=1, keepdims=True)) + 1e-9
        parts = [latents * ops.minimum(1.0, limit / length)]
        done = self.latent_dim
        for first, last in self.shares:
            parts.append(ops.clip(points[:, done:first], -1.0, 1.0))
            shares = ops.maximum(points[:, first:last], 1e-6)
            parts.append(shares / ops.sum(shares, axis=1, keepdims=True))
            done = last
        return ops.concatenate([*parts, ops.clip(points[:, done:], -1.0, 1.0)], axis=1)


def _bands(representation, n_mels):
    """Mel bands `[n_fft / 2, bands]` over the bins of a representation, as many of `n_mels` as leave each a bin."""
    return MelBands(representation.sample_rate, representation.n_fft, min(n_mels, representation.n_fft // 4)).matrix
