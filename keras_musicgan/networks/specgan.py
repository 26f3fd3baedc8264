"""SpecGAN's pair: WaveGAN with two-dimensional convolutions over spectrograms.

Reference: Adversarial Audio Synthesis (Donahue, McAuley and Puckette, 2019).
"""

import keras
from keras import layers

from keras_musicgan.networks.grids import halved
from keras_musicgan.networks.heads import conditioning_head
from keras_musicgan.networks.weights import check_weights
from keras_musicgan.representations import Representation
from keras_musicgan.utils.checks import check_positive_int

LEVELS = 5  # layers of stride 2


def specgan_generator(
    representation: Representation, input_dim: int, width: int = 64, kernel_size: int = 5
) -> keras.Model:
    """A generator of spectrograms.

    Args:
        representation: Its `encoded_shape` must be `(frames, bins, features)`, frames and bins multiples of 32.
        input_dim: Length of the vector of latents and conditions.
        width: Channels of the last hidden layer; they double with each layer before it.
        kernel_size: Side of every kernel.

    Returns:
        Keras model from `[batch, input_dim]` to `[batch, frames, bins, features]` in [−1, 1].

    Raises:
        ValueError: If the layers cannot produce this shape, or a number is not positive.
    """
    frames, bins = halved(representation, LEVELS)
    check_positive_int("width", width)
    check_positive_int("kernel_size", kernel_size)
    widths = [width * 2**level for level in reversed(range(LEVELS))]
    check_weights((input_dim, frames * bins * widths[0]), (kernel_size**2 * widths[0], widths[1]))

    inputs = keras.Input((input_dim,))
    x = layers.Dense(frames * bins * widths[0])(inputs)
    x = layers.ReLU()(layers.Reshape((frames, bins, widths[0]))(x))
    for filters in widths[1:]:
        x = layers.ReLU()(layers.Conv2DTranspose(filters, kernel_size, 2, **_CONVOLUTION)(x))
    features = representation.encoded_shape[2]
    x = layers.Conv2DTranspose(features, kernel_size, 2, activation="tanh", **_CONVOLUTION)(x)
    return keras.Model(inputs, x, name="specgan_generator")


def specgan_discriminator(
    representation: Representation,
    conditions_width: int = 0,
    conditioning: str = "projection",
    width: int = 64,
    kernel_size: int = 5,
) -> keras.Model:
    """A discriminator of spectrograms.

    Args:
        representation: As for `specgan_generator`.
        conditions_width: Length of the vector of conditions; 0 for none.
        conditioning: `"projection"` or `"auxiliary"`, as in `conditioning_head`.
        width: Channels of the first layer; they double with each layer after it.
        kernel_size: Side of every kernel.

    Returns:
        Keras model from `[batch, frames, bins, features]` to a logit `[batch, 1]`; with conditions, as in
        `conditioning_head`.

    Raises:
        ValueError: If the layers cannot process this shape, or an option is out of range.
    """
    halved(representation, LEVELS)
    check_positive_int("width", width)
    check_positive_int("kernel_size", kernel_size)
    check_weights((kernel_size**2 * width * 2 ** (LEVELS - 2), width * 2 ** (LEVELS - 1)))
    clips = keras.Input(representation.encoded_shape)
    x = clips
    for level in range(LEVELS):
        x = layers.LeakyReLU(0.2)(layers.Conv2D(width * 2**level, kernel_size, 2, **_CONVOLUTION)(x))
    return conditioning_head(clips, layers.Flatten()(x), conditions_width, conditioning, name="specgan_discriminator")


_CONVOLUTION = {"padding": "same", "data_format": "channels_last"}
