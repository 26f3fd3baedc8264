"""The lecture's pair: fully connected layers."""

import math
from collections.abc import Sequence

import keras

from keras_musicgan.networks.heads import conditioning_head
from keras_musicgan.representations import Representation


def dense_generator(
    representation: Representation,
    input_dim: int,
    units: Sequence[int] = (256, 512, 1024),
    activation: str = "relu",
) -> keras.Model:
    """A generator of dense layers.

    Args:
        representation: Its `encoded_shape` is the output's.
        input_dim: Length of the vector of latents and conditions.
        units: Units of the hidden layers.
        activation: Their activation.

    Returns:
        `keras.Sequential` from `[batch, input_dim]` to `[batch, *encoded_shape]` in [−1, 1].
    """
    shape = representation.encoded_shape
    return keras.Sequential(
        [
            keras.Input((input_dim,)),
            *(keras.layers.Dense(n, activation=activation) for n in units),
            keras.layers.Dense(math.prod(shape), activation="tanh"),
            keras.layers.Reshape(shape),
        ],
        name="dense_generator",
    )


def dense_discriminator(
    representation: Representation,
    conditions_width: int = 0,
    units: Sequence[int] = (512, 256),
    activation: str = "relu",
    conditioning: str = "projection",
) -> keras.Model:
    """A discriminator of dense layers.

    Args:
        representation: Its `encoded_shape` is the input's.
        conditions_width: Length of the vector of conditions; 0 for none.
        units: Units of the hidden layers.
        activation: Their activation.
        conditioning: `"projection"` or `"auxiliary"`, as in `conditioning_head`.

    Returns:
        Keras model from `[batch, *encoded_shape]` to a logit `[batch, 1]`; with conditions, as in
        `conditioning_head`.
    """
    clips = keras.Input(representation.encoded_shape)
    x = keras.layers.Flatten()(clips)
    for n in units:
        x = keras.layers.Dense(n, activation=activation)(x)
    return conditioning_head(clips, x, conditions_width, conditioning, name="dense_discriminator")
