"""WaveGAN's pair: one-dimensional convolutions over samples.

Reference: Adversarial Audio Synthesis (Donahue, McAuley and Puckette, 2019).
"""

import math

import keras
from keras import layers

from keras_musicgan.networks.heads import conditioning_head
from keras_musicgan.networks.layers import FoldedConv1D, FoldedConv1DTranspose, PhaseShuffle
from keras_musicgan.networks.weights import check_weights
from keras_musicgan.representations import Waveform
from keras_musicgan.representations.waveform import next_length
from keras_musicgan.utils.checks import check_choice, check_positive_int

MIN_FRAMES = 16  # at the coarsest layer; at most 31
UPSAMPLING = ("transposed", "nearest")


def waveform_generator(
    representation: Waveform,
    input_dim: int,
    width: int = 64,
    kernel_size: int = 25,
    upsampling: str = "transposed",
    post_filter: int = 0,
) -> keras.Model:
    """A generator of audio.

    Args:
        representation: A `Waveform`; its length determines the number of layers, five for 16,384 samples.
        input_dim: Length of the vector of latents and conditions.
        width: Channels of the last hidden layer; they double with each layer before it.
        kernel_size: Kernel size of every convolution.
        upsampling: `"transposed"` convolution as in the paper, or `"nearest"` neighbour followed by a convolution,
            which is slower and leaves fewer artefacts.
        post_filter: Kernel size of a learned filter on the output, 512 in the paper; 0 for none.

    Returns:
        Keras model from `[batch, input_dim]` to `[batch, length, channels]`, in [−1, 1] without a post filter.

    Raises:
        ValueError: If the layers cannot produce clips of this length, or an option is out of range.
    """
    _check_options(representation, width, kernel_size, input_dim)
    check_choice("upsampling", upsampling, UPSAMPLING)
    strides = strides_for(representation.length)
    widths = [width * 2**level for level in reversed(range(len(strides)))]
    frames = representation.length // math.prod(strides)

    latents = keras.Input((input_dim,))
    x = layers.Reshape((frames, widths[0]))(layers.Dense(frames * widths[0])(latents))
    for stride, filters in zip(strides, [*widths[1:], representation.channels], strict=True):
        x = layers.ReLU()(x)
        if upsampling == "transposed":
            x = FoldedConv1DTranspose(filters, kernel_size, stride)(x)
        else:
            x = layers.UpSampling1D(stride)(x)
            x = layers.Conv1D(filters, kernel_size, padding="same", data_format="channels_last")(x)
    x = layers.Activation("tanh")(x)
    if post_filter:
        check_positive_int("post_filter", post_filter)
        x = layers.Conv1D(
            representation.channels, post_filter, padding="same", use_bias=False, data_format="channels_last"
        )(x)
    return keras.Model(latents, x, name="waveform_generator")


def waveform_discriminator(
    representation: Waveform,
    conditions_width: int = 0,
    width: int = 64,
    kernel_size: int = 25,
    phase_shuffle: int = 2,
    conditioning: str = "projection",
) -> keras.Model:
    """A discriminator of audio.

    Args:
        representation: A `Waveform`; its length determines the number of layers.
        conditions_width: Length of the vector of conditions; 0 for none.
        width: Channels of the first layer; they double with each layer after it.
        kernel_size: Kernel size of every convolution.
        phase_shuffle: Largest random shift in samples between two convolutions; 0 for none.
        conditioning: `"projection"` or `"auxiliary"`, as in `conditioning_head`.

    Returns:
        Keras model from `[batch, length, channels]` to a logit `[batch, 1]`; with conditions, as in
        `conditioning_head`.

    Raises:
        ValueError: If the layers cannot process clips of this length, or an option is out of range.
    """
    _check_options(representation, width, kernel_size)
    strides = strides_for(representation.length)
    audio = keras.Input(representation.encoded_shape)
    x = audio
    for level, stride in enumerate(strides):
        if level and phase_shuffle:
            x = PhaseShuffle(phase_shuffle)(x)
        x = layers.LeakyReLU(0.2)(FoldedConv1D(width * 2**level, kernel_size, stride)(x))
    return conditioning_head(audio, layers.Flatten()(x), conditions_width, conditioning, name="waveform_discriminator")


def strides_for(length: int) -> list[int]:
    """Strides of the layers between `length` samples and 16 to 31 frames: 4, and 2 for the last one if necessary.

    Raises:
        ValueError: If no strides fit; the message names the nearest lengths.

    Example:
        >>> strides_for(16_384), strides_for(32_768)
        ([4, 4, 4, 4, 4], [4, 4, 4, 4, 4, 2])
    """
    if length < 2 * MIN_FRAMES or next_length(length) != length:
        above = next_length(max(length, 2 * MIN_FRAMES))
        step = 2 ** max(0, (length // MIN_FRAMES).bit_length() - 1)
        below = [length // step * step] if length > 2 * MIN_FRAMES else []
        raise ValueError(
            "Strided layers need clips of 16 to 31 times a power of two samples, at least 32. "
            f"Received: length={length}. The nearest are {' and '.join(map(str, [*below, above]))}."
        )
    doublings = (length // MIN_FRAMES).bit_length() - 1
    return [4] * (doublings // 2) + [2] * (doublings % 2)


def _check_options(representation, width, kernel_size, input_dim=1):
    if not isinstance(representation, Waveform):
        raise TypeError(f"These networks need waveforms. Received: a representation {type(representation).__name__}")
    check_positive_int("width", width)
    check_positive_int("kernel_size", kernel_size)
    coarsest = width * 2 ** (len(strides_for(representation.length)) - 1)
    check_weights((kernel_size * coarsest, coarsest // 2), (MIN_FRAMES * coarsest, input_dim))
