"""A pair for spectrograms that trains on a CPU: convolutions over time, with all bins of a frame as features.

The partials of a note stay in the same bins for as long as it sounds. So the networks process whole frames: the layer
next to the spectrogram has weights for every bin (`layers.FeaturesToBins`, `layers.BinsToFeatures`), and the others
are convolutions over time. The generator's input, the pitch above all, scales the features at every level. It also
gives a spectrum of its own, the same in all frames: log magnitudes of a source and of a filter add up, so that the
partials of a pitch and the colour of an instrument are learned once each. Partials and noise add up in power, and a
struck sound decays exponentially, which is a straight line in dB, at a rate for each bin. Nearly all the arithmetic is
matrix products, while a pyramid of two-dimensional convolutions spends its time on the few channels of its finest
level.

Beside 64 latents, a one-hot pitch is an eighth in length, and its weights have to grow before it matters; amplified, it
matters from the start. Where the partials of a pitch lie is known: the spectrum of the input may begin with them.

References: for the scaling by the input and the smoothing after every upsampling, A style-based generator architecture
(Karras, Laine and Aila, 2019); for conditions as long as latents, Training generative adversarial networks with limited
data (Karras et al., 2020).
"""

import math
from collections.abc import Sequence

import keras
import numpy as np
from keras import layers, ops

from keras_musicgan.conditions import Conditions, Pitch
from keras_musicgan.networks.grids import spectrogram_shape
from keras_musicgan.networks.harmonic_kernel import harmonic_kernel
from keras_musicgan.networks.heads import conditioning_head
from keras_musicgan.networks.layers import (
    BinsToFeatures,
    Decay,
    FeaturesToBins,
    MinibatchDeviation,
    PixelNorm,
    SmoothFrames,
)
from keras_musicgan.networks.layers.smooth_bins import kernel_sizes
from keras_musicgan.networks.weights import check_weights
from keras_musicgan.representations import Representation
from keras_musicgan.representations.banded import BandedRepresentation
from keras_musicgan.utils.checks import check_number, check_positive_int

DAMPING = 4.0  # subtracted for a damping of 1; tanh turns about 3 into silence
UNDAMPED = -2.0  # before a softplus, at the beginning of a training
UNDAMPED_SO_FAR = -6.0  # the same where the damping of all frames adds up
ABOVE_EQUALS = 0.075  # the level of two equal sounds at once above each: 3 dB where the range from −1 to 1 is 80
NOISE_SPREAD = 3.0  # radians between two latents, about
MIN_FRAMES = 4  # at the coarsest level; at most 7


def spectrogram_generator(
    representation: Representation,
    input_dim: int,
    width: int = 256,
    kernel_size: int | Sequence[int] = 5,
    gate: bool | str = False,
    finest_width: int | None = None,
    conditions: Conditions | None = None,
    amplify_conditions: bool = False,
    partials: float = 0.0,
    noise_width: int = 0,
    noise_floor: bool = False,
) -> keras.Model:
    """A generator of spectrograms.

    Args:
        representation: Its `encoded_shape` must be `(frames, bins, features)`, the frames 4 to 7 times a power of two,
            at least 8. The bins may be any number.
        input_dim: Length of the vector of latents and conditions.
        width: Features of a frame, even.
        kernel_size: Neighbouring bins over which the last layer's weights are averaged, about as many as the main lobe
            of the window spans. Beside them, with a second number, over so many: the spectrum of noise is smooth then
            from early on, while partials can still stand out of it.
        gate: Whether levels fall, for log magnitudes in which −1 is silence: from each bin is subtracted what grows
            evenly with time, at a rate that the input sets, and from each frame a number, at least 0, all bins alike,
            which damps or ends a sound while its partials stand out as far as before. With `"cumulative"` the numbers
            of the frames add up, so that what has ended stays silent, as one-shots do.
        finest_width: Features of a frame at the last level, next to the spectrum; half of `width` if not given. More
            of them make the valleys between partials deeper, and the step slower.
        conditions: Those at the end of the input.
        amplify_conditions: Whether they are amplified to the length of the latents. Pitches and instruments are learned
            in fewer steps then.
        partials: How far the partials of a pitch stand out before any training, in levels from −1 to 1, so that notes
            are in tune from the start; 0 for not at all. For magnitudes conditioned on a `Pitch`; others begin as ever.
        noise_width: Numbers for each frame that differ from frame to frame, as noise does, and follow from the latents;
            0 for none.
        noise_floor: Whether a second spectrum is added in power. Partials are made by one then and what lies between
            them by the other, so that neither has to be exact where it is the softer one; the step is slower.

    Returns:
        Keras model from `[batch, input_dim]` to `[batch, frames, bins, features]` in [−1, 1].

    Raises:
        TypeError: If the encoded clips are not spectrograms.
        ValueError: If the layers cannot produce this number of frames, or a number is out of range.
    """
    conditions = Conditions() if conditions is None else conditions
    check_number("partials", partials, at_least=0)
    if gate not in (False, True, "cumulative"):
        raise ValueError(f"`gate` must be False, True or 'cumulative'. Received: gate={gate!r}")
    start, doublings, finest_width = _check_options(representation, width, kernel_size, finest_width, input_dim)
    vector = keras.Input((input_dim,))
    latent_dim = input_dim - conditions.width
    amplification = math.sqrt(latent_dim) if amplify_conditions else 1.0  # a one-hot condition as long as the latents
    scales = [1.0] * latent_dim + [amplification] * conditions.width
    inputs = layers.Rescaling(scales)(vector) if amplify_conditions else vector
    x = layers.Reshape((start, width))(_dense(inputs, start * width))
    x = _normalized(_convolution(_normalized(x), width))
    for level in reversed(range(doublings)):
        filters = width if level else finest_width
        x = _dense(_styled(x, inputs), 2 * filters)
        x = SmoothFrames()(layers.Reshape((2 * x.shape[1], filters))(x))
        if noise_width and not level:
            noise = _noise(vector[:, :latent_dim], x.shape[1], noise_width)
            x = x + _dense(noise, filters)
        x = _normalized((x + _convolution(_normalized(x), filters)) / math.sqrt(2))
    _, bins, features = representation.encoded_shape
    quiet = keras.initializers.VarianceScaling(0.1)  # outputs begin near 0, the middle of the range
    styled, of_input = _styled(x, inputs), layers.Reshape((1, input_dim))(inputs)

    def spectrum(name, x):
        return FeaturesToBins(bins, features, kernel_size, kernel_initializer=quiet, name=name)(x)

    x = spectrum("spectra", styled) + spectrum("spectrum_of_input", of_input)
    if noise_floor:
        x = _added_in_power(x, spectrum("noise_floor", styled))
    if gate:
        damping = layers.Dense(1, name="damping")(styled)
        x = _gated(x, spectrum("decay_rates", of_input), damping, cumulative=gate == "cumulative")
    x = layers.Activation("tanh")(x)
    generator = keras.Model(vector, x, name="spectrogram_generator")
    if isinstance(representation, BandedRepresentation):
        _begin_in_tune(generator.get_layer("spectrum_of_input"), representation, conditions, partials / amplification)
    return generator


def spectrogram_discriminator(
    representation: Representation,
    conditions_width: int = 0,
    conditioning: str = "projection",
    width: int = 256,
    kernel_size: int | Sequence[int] = 5,
    finest_width: int | None = None,
    contrast: float = 0.0,
) -> keras.Model:
    """A discriminator of spectrograms: the generator's levels in reverse, then the minibatch deviation.

    Args:
        representation: As for `spectrogram_generator`.
        conditions_width: Length of the vector of conditions; 0 for none.
        conditioning: `"projection"` or `"auxiliary"`, as in `conditioning_head`.
        width: Features of a frame, even.
        kernel_size: Neighbouring bins over which the first layer's weights are averaged; several numbers for
            the sum of such averages.
        finest_width: Features of a frame at the first level, next to the spectrum; half of `width` if not given.
        contrast: How many times each bin is raised by what it stands out from those a main lobe away. The first layer
            is linear and smooth over bins, so that without it the network hardly sees how sharp partials are.

    Returns:
        Keras model from `[batch, frames, bins, features]` to a logit `[batch, 1]`; with conditions, as in
        `conditioning_head`.

    Raises:
        TypeError: If the encoded clips are not spectrograms.
        ValueError: If the layers cannot process this number of frames, or an option is out of range.
    """
    _, doublings, finest_width = _check_options(representation, width, kernel_size, finest_width)
    check_number("contrast", contrast, at_least=0)
    clips, distance = keras.Input(representation.encoded_shape), min(kernel_sizes(kernel_size)) // 2 + 1
    if contrast and clips.shape[2] <= 2 * distance:
        raise ValueError(f"`contrast` needs more than {2 * distance} bins. Received: {clips.shape[2]} bins")
    spectra = _with_contrast(clips, contrast, distance) if contrast else clips
    x = _activated(BinsToFeatures(finest_width, kernel_size)(spectra))
    for level in range(doublings):
        if level:
            x = (x + _activated(_convolution(x, width))) / math.sqrt(2)
        x = layers.Reshape((x.shape[1] // 2, 2 * x.shape[2]))(x)
        x = _activated(_dense(x, width))
    x = layers.Flatten()(_activated(_convolution(x, width)))
    x = MinibatchDeviation()(_activated(_dense(x, width)))
    return conditioning_head(clips, x, conditions_width, conditioning, name="spectrogram_discriminator")


def _check_options(representation, width, kernel_size, finest_width, input_dim=1):
    """Frames of the coarsest level, the number of doublings, and the features at the finest level."""
    check_positive_int("width", width)
    if width % 2:
        raise ValueError(f"`width` must be even. Received: width={width}")
    kernel_sizes(kernel_size)  # raises
    finest_width = width // 2 if finest_width is None else finest_width
    check_positive_int("finest_width", finest_width)
    shape = spectrogram_shape(representation)
    frames, doublings = shape[0], 0
    while frames % 2 == 0 and frames >= 2 * MIN_FRAMES:
        frames, doublings = frames // 2, doublings + 1
    if not doublings or frames >= 2 * MIN_FRAMES:
        step = 2 ** max(1, (shape[0] // MIN_FRAMES).bit_length() - 1)
        nearest = max(round(shape[0] / step), MIN_FRAMES) * step
        raise ValueError(
            "The frames must be 4 to 7 times a power of two, at least 8. Received: "
            f"encoded_shape={shape} with {shape[0]} frames. The nearest is {nearest}, set by `length` and `hop_length`."
        )
    _, bins, features = shape
    check_weights((input_dim, frames * width), (3 * width, width), (max(finest_width, input_dim), bins * features))
    return frames, doublings, finest_width


def _begin_in_tune(layer, representation, conditions, scale):
    """Adds to the weights of each pitch its harmonic spectrum; the last rows are those of the conditions."""
    for condition in conditions:
        if scale and isinstance(condition, Pitch):
            kernel = np.array(ops.convert_to_numpy(layer.kernel))
            rows = kernel[len(kernel) - conditions.width :][conditions.columns[condition.name]]
            rows += scale * harmonic_kernel(representation, condition, layer.window).reshape(rows.shape)
            layer.kernel.assign(kernel)


def _noise(latents, frames, width):
    """Fixed functions of the latents, `[batch, frames, width]`, as good as independent from frame to frame."""
    spread = keras.initializers.RandomNormal(stddev=NOISE_SPREAD / math.sqrt(latents.shape[-1]))
    phases = keras.initializers.RandomUniform(-math.pi, math.pi)
    x = layers.Dense(frames * width, kernel_initializer=spread, bias_initializer=phases, trainable=False)(latents)
    return layers.Reshape((frames, width))(math.sqrt(2) * ops.sin(x))


def _gated(levels, rates, damping, cumulative):
    """Levels less what `rates` give by the end, a bin at a time, and less the `damping` of each frame, in dB both."""
    rates = DAMPING * ops.softplus(rates + UNDAMPED)
    damping = DAMPING * ops.softplus(damping + (UNDAMPED_SO_FAR if cumulative else UNDAMPED))
    damping = ops.cumsum(damping, axis=1) if cumulative else damping
    return Decay()(levels, rates) - layers.Reshape((-1, 1, 1))(damping)


def _added_in_power(levels, others):
    """The levels of two sounds at once: a smooth maximum, within 0.5 dB of theirs and cheaper than logarithms."""
    return (levels + others + ops.sqrt(ops.square(levels - others) + (2.0 * ABOVE_EQUALS) ** 2)) / 2.0


def _with_contrast(spectra, weight, distance):
    """Spectra `[batch, frames, bins, features]`, each bin raised by its excess over those at both distances."""
    around = (spectra[:, :, : -2 * distance] + spectra[:, :, 2 * distance :]) / 2.0
    above = layers.ReLU()(spectra[:, :, distance:-distance] - around)
    above = layers.ZeroPadding2D(((0, 0), (distance, distance)), data_format="channels_last")(above)
    return spectra + weight * above


def _styled(x, inputs):
    """Scales each feature by a linear function of the network's input."""
    scale = layers.Dense(x.shape[-1], kernel_initializer="lecun_normal", bias_initializer="ones")(inputs)
    return x * layers.Reshape((1, x.shape[-1]))(scale)


def _dense(x, units):
    return layers.Dense(units, kernel_initializer="he_normal")(x)


def _convolution(x, filters):
    return layers.Conv1D(filters, 3, padding="same", kernel_initializer="he_normal", data_format="channels_last")(x)


def _activated(x):
    return layers.LeakyReLU(0.2)(x)


def _normalized(x):
    return PixelNorm()(_activated(x))
