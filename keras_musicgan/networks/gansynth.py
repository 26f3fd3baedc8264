"""GANSynth's pair, without progressive growing.

Both networks are complete from the first step on. In place of layers that fade in, the generator adds up its outputs at
all resolutions, and the discriminator's blocks have skip connections.

References: GANSynth: adversarial neural audio synthesis (Engel et al., 2019); Analyzing and improving the image
quality of StyleGAN (Karras et al., 2020), section 4, for the replacement of growing.
"""

import math
from collections.abc import Sequence

import keras
from keras import layers

from keras_musicgan.networks.grids import halved
from keras_musicgan.networks.heads import conditioning_head
from keras_musicgan.networks.layers import MinibatchDeviation, PixelNorm
from keras_musicgan.networks.weights import check_weights
from keras_musicgan.representations import Representation
from keras_musicgan.utils.checks import check_positive_int

CHANNELS = (256, 256, 256, 256, 128, 64, 32)  # from the coarsest resolution to the finest


def gansynth_generator(
    representation: Representation, input_dim: int, channels: Sequence[int] = CHANNELS
) -> keras.Model:
    """A generator of spectrograms: two 3×3 convolutions with pixel norm at each resolution.

    Args:
        representation: Its `encoded_shape` must be `(frames, bins, features)`, frames and bins multiples of 2 to the
            power of `len(channels) - 1`.
        input_dim: Length of the vector of latents and conditions.
        channels: Channels at each resolution, from the coarsest to the finest, which is that of `encoded_shape`.

    Returns:
        Keras model from `[batch, input_dim]` to `[batch, frames, bins, features]` in [−1, 1].

    Raises:
        ValueError: If the layers cannot produce this shape, or `channels` is empty or contains a non-positive number.
    """
    frames, bins = _coarsest(representation, channels, input_dim)
    features = representation.encoded_shape[2]
    inputs = keras.Input((input_dim,))
    x = layers.Dense(frames * bins * channels[0], kernel_initializer="he_normal")(PixelNorm()(inputs))
    x = PixelNorm()(layers.LeakyReLU(0.2)(layers.Reshape((frames, bins, channels[0]))(x)))
    x = PixelNorm()(_convolution(x, channels[0]))
    output = layers.Conv2D(features, 1, data_format="channels_last")(x)
    for filters in channels[1:]:
        x = layers.UpSampling2D(data_format="channels_last")(x)
        x = PixelNorm()(_convolution(x, filters))
        x = PixelNorm()(_convolution(x, filters))
        output = layers.UpSampling2D(data_format="channels_last")(output)
        output = output + layers.Conv2D(features, 1, data_format="channels_last")(x)
    return keras.Model(inputs, layers.Activation("tanh")(output), name="gansynth_generator")


def gansynth_discriminator(
    representation: Representation,
    conditions_width: int = 0,
    conditioning: str = "auxiliary",
    channels: Sequence[int] = CHANNELS,
) -> keras.Model:
    """A discriminator of spectrograms: the generator's resolutions in reverse, then the minibatch deviation.

    Args:
        representation: As for `gansynth_generator`.
        conditions_width: Length of the vector of conditions; 0 for none.
        conditioning: `"auxiliary"`, the paper's classifier, or `"projection"`, as in `conditioning_head`.
        channels: Channels at each resolution, from the coarsest to the finest.

    Returns:
        Keras model from `[batch, frames, bins, features]` to a logit `[batch, 1]`; with conditions, as in
        `conditioning_head`.

    Raises:
        ValueError: If the layers cannot process this shape, or an option is out of range.
    """
    _coarsest(representation, channels)
    clips = keras.Input(representation.encoded_shape)
    x = layers.LeakyReLU(0.2)(_pointwise(clips, channels[-1]))
    for filters in reversed(channels[:-1]):
        shortcut = layers.AveragePooling2D(2, data_format="channels_last")(x)
        if filters != x.shape[-1]:
            shortcut = _pointwise(shortcut, filters, use_bias=False)
        x = _convolution(_convolution(x, x.shape[-1]), filters)
        x = (layers.AveragePooling2D(2, data_format="channels_last")(x) + shortcut) / math.sqrt(2)
    x = layers.Flatten()(_convolution(x, channels[0]))
    x = layers.Dense(channels[0], kernel_initializer="he_normal")(MinibatchDeviation()(x))
    return conditioning_head(
        clips, layers.LeakyReLU(0.2)(x), conditions_width, conditioning, name="gansynth_discriminator"
    )


def _coarsest(representation, channels, input_dim=1):
    """Checks the channels; returns frames and bins of the coarsest grid."""
    if not channels:
        raise ValueError(f"`channels` must contain one number for each resolution. Received: channels={channels!r}")
    for filters in channels:
        check_positive_int("channels", filters)
    frames, bins = halved(representation, len(channels) - 1)
    check_weights((max(input_dim, channels[0]), frames * bins * channels[0]), *((9 * n, n) for n in channels))
    return frames, bins


def _convolution(x, filters):
    """A 3×3 convolution and its activation."""
    x = layers.Conv2D(filters, 3, padding="same", kernel_initializer="he_normal", data_format="channels_last")(x)
    return layers.LeakyReLU(0.2)(x)


def _pointwise(x, filters, use_bias=True):
    return layers.Conv2D(filters, 1, use_bias=use_bias, kernel_initializer="he_normal", data_format="channels_last")(x)
