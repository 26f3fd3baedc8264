"""Gradient descent of latents on the log-mel distance to one clip, through a fixed network."""

import math
from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

from keras_musicgan.representations import SpectrogramRepresentation
from keras_musicgan.spectra.log_mel import FLOOR_DB, WINDOW_SECONDS, fitting_n_mels, log_mel_spectrograms
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
            return log_mel(self.representation.waveform(encoded), self.representation.sample_rate, self.n_mels)
        return _decibels(ops.matmul(self.representation.power(encoded), self.bands))

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


def log_mel(clips, sample_rate: int, n_mels: int):
    """`metrics.log_mel_spectrograms` as a tensor, differentiable: `[n, samples, channels]` to `[n, frames, n_mels]`."""
    n_fft = 2 ** max(round(math.log2(WINDOW_SECONDS * sample_rate)), 2)
    hop = n_fft // 4
    length, channels = clips.shape[1:]
    n_frames = max(length, n_fft) // hop + 1
    rows = ops.reshape(ops.transpose(clips, (0, 2, 1)), (-1, length))
    rows = ops.pad(rows, ((0, 0), (n_fft // 2, (n_frames + 3) * hop - length - n_fft // 2)))
    rows = ops.reshape(rows, (-1, n_frames + 3, hop))
    frames = ops.concatenate([rows[:, index : index + n_frames] for index in range(4)], axis=-1)
    window = (np.sin(np.pi * np.arange(n_fft) / n_fft) ** 2).astype("float32")
    real, imaginary = ops.rfft(ops.multiply(frames, window))
    power = ops.square(real[..., :-1]) + ops.square(imaginary[..., :-1])
    power = ops.mean(ops.reshape(power, (-1, channels, n_frames, n_fft // 2)), axis=1)
    bands = MelBands(sample_rate, n_fft, n_mels).matrix / (n_fft * (window**2).sum() / 4)
    return _decibels(ops.matmul(power, bands))


def _bands(representation, n_mels):
    """Mel bands `[n_fft / 2, bands]` over the bins of a representation, as many of `n_mels` as leave each a bin."""
    return MelBands(representation.sample_rate, representation.n_fft, min(n_mels, representation.n_fft // 4)).matrix


def _decibels(power):
    return ops.maximum(10.0 * ops.log10(ops.maximum(power, 1e-20)), FLOOR_DB)
