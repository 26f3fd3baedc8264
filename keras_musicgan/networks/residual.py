"""A pair of residual dense layers, for representations whose numbers have no neighbours, such as codes.

Reference: Deep Residual Learning (He et al., 2016); minibatch deviation as in Karras et al. (2018).
"""

import math

import keras
from keras import layers

from keras_musicgan.networks.heads import conditioning_head
from keras_musicgan.networks.layers import MinibatchDeviation
from keras_musicgan.networks.weights import check_weights
from keras_musicgan.representations import Representation
from keras_musicgan.utils.checks import check_positive_int


def residual_generator(
    representation: Representation, input_dim: int, width: int = 384, blocks: int = 2
) -> keras.Model:
    """A generator of unbounded numbers.

    Args:
        representation: Its `encoded_shape` is the output's.
        input_dim: Length of the vector of latents and conditions.
        width: Units of the hidden layers.
        blocks: Residual layers after the first.

    Returns:
        Keras model from `[batch, input_dim]` to `[batch, *encoded_shape]`.
    """
    _check_sizes(representation, input_dim, width, blocks)
    latents = keras.Input((input_dim,))
    x = _activated(layers.LayerNormalization()(layers.Dense(width)(latents)))
    for _ in range(blocks):
        x = x + _activated(layers.LayerNormalization()(layers.Dense(width)(x)))
    x = layers.Dense(math.prod(representation.encoded_shape))(x)
    return keras.Model(latents, layers.Reshape(representation.encoded_shape)(x), name="residual_generator")


def residual_discriminator(
    representation: Representation,
    conditions_width: int = 0,
    width: int = 384,
    blocks: int = 2,
    conditioning: str = "projection",
) -> keras.Model:
    """A discriminator that also sees the deviation between the clips of a batch.

    Args:
        representation: Its `encoded_shape` is the input's.
        conditions_width: Length of the vector of conditions; 0 for none.
        width: Units of the hidden layers.
        blocks: Residual layers after the first.
        conditioning: `"projection"` or `"auxiliary"`, as in `conditioning_head`.

    Returns:
        Keras model from `[batch, *encoded_shape]` to a logit `[batch, 1]`; with conditions, as in `conditioning_head`.
    """
    _check_sizes(representation, conditions_width, width, blocks)
    clips = keras.Input(representation.encoded_shape)
    x = _activated(layers.Dense(width)(layers.Flatten()(clips)))
    for _ in range(blocks):
        x = x + _activated(layers.Dense(width)(x))
    x = MinibatchDeviation()(x)
    return conditioning_head(clips, x, conditions_width, conditioning, name="residual_discriminator")


def _activated(x):
    return layers.LeakyReLU(0.2)(x)


def _check_sizes(representation, n_inputs, width, blocks):
    """Raises ValueError unless the sizes are positive integers of networks that fit into memory."""
    check_positive_int("width", width)
    check_positive_int("blocks", blocks)
    check_weights((n_inputs, width), (width, blocks * width), (width, math.prod(representation.encoded_shape)))
