"""The lecture's pair: fully connected layers."""

import itertools
import math
from collections.abc import Sequence

import keras

from keras_musicgan.networks.heads import conditioning_head
from keras_musicgan.networks.weights import check_weights
from keras_musicgan.representations import Representation
from keras_musicgan.utils.checks import check_positive_int


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
    _check_units(input_dim, units, math.prod(shape))
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
    _check_units(math.prod(representation.encoded_shape), units, 1 + conditions_width)
    clips = keras.Input(representation.encoded_shape)
    x = keras.layers.Flatten()(clips)
    for n in units:
        x = keras.layers.Dense(n, activation=activation)(x)
    return conditioning_head(clips, x, conditions_width, conditioning, name="dense_discriminator")


def _check_units(n_inputs, units, n_outputs):
    """Raises ValueError unless the hidden layers have positive sizes that fit into memory."""
    for n in units:
        check_positive_int("units", n)
    check_weights(*itertools.pairwise((n_inputs, *units, n_outputs)))
