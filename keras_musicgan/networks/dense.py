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
    """Latents through dense layers to values in [−1, 1].

    Args:
        representation: The representation whose `encoded_shape` the generator gives.
        input_dim: Length of the latent vector and the conditions' vector together.
        units: Units of the hidden layers.
        activation: Their activation.

    Returns:
        `keras.Sequential` from `[batch, input_dim]` to `[batch, *encoded_shape]`, ending in tanh.
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
    """Clips through dense layers to one score.

    Args:
        representation: The representation whose `encoded_shape` the discriminator takes.
        conditions_width: Length of the conditions' vector; 0 for a model without.
        units: Units of the hidden layers.
        activation: Their activation.
        conditioning: How it judges conditions, `"projection"` or `"auxiliary"`.

    Returns:
        Keras model from `[batch, *encoded_shape]` to a logit `[batch, 1]`; with conditions as in
        `networks.conditioning_head`.
    """
    clips = keras.Input(representation.encoded_shape)
    x = keras.layers.Flatten()(clips)
    for n in units:
        x = keras.layers.Dense(n, activation=activation)(x)
    return conditioning_head(clips, x, conditions_width, conditioning, name="dense_discriminator")
