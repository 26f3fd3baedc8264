"""Random shifts that hide the phase of upsampling artefacts from the discriminator."""

import keras
from keras import ops

from keras_musicgan import backends
from keras_musicgan.utils.registration import serializable


@serializable
class PhaseShuffle(keras.layers.Layer):
    """Shifts each clip of a batch in time by a random number of samples, in training only.

    Upsampling leaves tones at a fixed phase, by which a discriminator could recognize generated clips. Clips are padded
    by reflection.

    Args:
        radius: Largest shift in samples, either way; 0 for none.
        seed: Seed of the shifts.

    Raises:
        ValueError: If `radius` is negative, or not smaller than the input's length.

    Reference: Adversarial Audio Synthesis (Donahue, McAuley and Puckette, 2019), section 3.3.
    """

    def __init__(self, radius: int = 2, seed: int | None = None, **kwargs):
        super().__init__(**kwargs)
        if isinstance(radius, bool) or not isinstance(radius, int) or radius < 0:
            raise ValueError(f"`radius` must be a whole number of samples, at least 0. Received: radius={radius!r}")
        self.radius = radius
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def build(self, input_shape):
        """Checks that clips are long enough for reflection."""
        if input_shape[1] is not None and input_shape[1] <= self.radius:
            raise ValueError(
                f"The input must be longer than radius={self.radius} samples. Received: input shape {input_shape}"
            )

    def call(self, inputs, training=False):
        """`[batch, length, channels]` in and out."""
        if not training or not self.radius:
            return inputs
        n_shifts, length = 2 * self.radius + 1, inputs.shape[1]
        shift = backends.shard_of(
            lambda n: keras.random.randint((n,), 0, n_shifts, seed=self.seed_generator), ops.shape(inputs)[0]
        )
        before = ops.flip(inputs[:, 1 : self.radius + 1], axis=1)
        after = ops.flip(inputs[:, length - 1 - self.radius : length - 1], axis=1)
        reflected = ops.concatenate([before, inputs, after], axis=1)
        # A sum over all shifts, weighted by a one-hot vector: a gather and its gradient are slow on XLA.
        chosen = ops.cast(ops.one_hot(shift, n_shifts), inputs.dtype)
        return sum(chosen[:, i, None, None] * reflected[:, i : i + length] for i in range(n_shifts))

    def compute_output_shape(self, input_shape):
        """The shape of the input."""
        return input_shape

    def get_config(self):
        """Arguments of the constructor."""
        return {**super().get_config(), "radius": self.radius, "seed": self.seed}
