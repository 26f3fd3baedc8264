"""The lecture's pair: fully connected layers."""

import math
from collections.abc import Sequence

import keras

from keras_musicgan.representations import Representation


def dense_generator(
    representation: Representation,
    latent_dim: int,
    units: Sequence[int] = (256, 512, 1024),
    activation: str = "relu",
) -> keras.Model:
    """Latents through dense layers to values in [−1, 1].

    Args:
        representation: The representation whose `encoded_shape` the generator gives.
        latent_dim: Length of the latent vector.
        units: Units of the hidden layers.
        activation: Their activation.

    Returns:
        `keras.Sequential` from `[batch, latent_dim]` to `[batch, *encoded_shape]`, ending in tanh.
    """
    shape = representation.encoded_shape
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            *(keras.layers.Dense(n, activation=activation) for n in units),
            keras.layers.Dense(math.prod(shape), activation="tanh"),
            keras.layers.Reshape(shape),
        ],
        name="dense_generator",
    )


def dense_discriminator(
    representation: Representation, units: Sequence[int] = (512, 256), activation: str = "relu"
) -> keras.Model:
    """Clips through dense layers to one score.

    Args:
        representation: The representation whose `encoded_shape` the discriminator takes.
        units: Units of the hidden layers.
        activation: Their activation.

    Returns:
        `keras.Sequential` from `[batch, *encoded_shape]` to a logit `[batch, 1]`.
    """
    return keras.Sequential(
        [
            keras.Input(representation.encoded_shape),
            keras.layers.Flatten(),
            *(keras.layers.Dense(n, activation=activation) for n in units),
            keras.layers.Dense(1),
        ],
        name="dense_discriminator",
    )
