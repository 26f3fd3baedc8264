"""The hierarchy of metre, bars, beats and steps, in both directions: what networks of bars have in common.

A convolution whose kernel size equals its stride is written as a reshape and a dense layer, which is the same
arithmetic and much faster on a CPU.

Reference: MuseGAN (Dong et al., 2018).
"""

import keras
from keras import layers

from keras_musicgan.networks.weights import check_weights
from keras_musicgan.representations import PianoRoll
from keras_musicgan.utils.checks import check_positive_int


def metrical_logits(latents, representation: PianoRoll, n_features: int, width: int, bias: float = 0.0):
    """Logits of every step, as the sum of those of its bar, its beat and each part of a beat.

    Args:
        latents: Vectors `[batch, input_dim]`.
        representation: A `PianoRoll`.
        n_features: Logits of a step.
        width: Channels at the resolution of beats; twice as many at bars, half as many at steps.
        bias: Of all logits in the beginning.

    Returns:
        `[batch, steps, n_features]`.
    """
    r = representation
    steps = r.roll_shape[0]
    check_positive_int("width", width)
    check_weights((latents.shape[-1], r.bars * 2 * width), (6 * width, 2 * width), (2 * width, n_features))
    x = layers.Reshape((r.bars, 2 * width))(layers.Dense(r.bars * 2 * width)(latents))
    x = _block(x, 2 * width)
    logits = _repeat(_logits(x, n_features, "bars", spread=0.05, bias=bias), steps)
    x = _block(_unfold(x, r.pulses_per_bar, width), width)
    logits += _repeat(_logits(x, n_features, "beats", spread=0.05), steps)
    for factor in _prime_factors(r.steps_per_pulse):
        x = _block(_unfold(x, factor, width // 2), width // 2)
        logits += _repeat(_logits(x, n_features, f"parts_of_{x.shape[1]}", spread=0.01), steps)
    return logits


def metrical_features(features, representation: PianoRoll, width: int):
    """One vector of the features of all steps, gathered into beats and bars.

    Args:
        features: `[batch, steps, n_features]`.
        representation: A `PianoRoll`.
        width: Channels at the resolution of beats; twice as many at bars, half as many at steps.

    Returns:
        `[batch, width]`.
    """
    r = representation
    check_positive_int("width", width)
    check_weights((r.bars * 2 * width, width), (6 * width, 2 * width), (features.shape[-1], width // 2))
    x = layers.LeakyReLU(0.2)(layers.Dense(width // 2)(features))
    x = _convolution(x, width // 2)
    x = _fold(x, r.steps_per_pulse, width)
    x = _convolution(x, width)
    x = _fold(x, r.pulses_per_bar, 2 * width)
    x = _convolution(x, 2 * width)
    return layers.LeakyReLU(0.2)(layers.Dense(width)(layers.Flatten()(x)))


def _block(x, width):
    x = layers.LeakyReLU(0.2)(layers.LayerNormalization()(x))
    x = layers.Conv1D(width, 3, padding="same", data_format="channels_last")(x)
    return layers.LeakyReLU(0.2)(layers.LayerNormalization()(x))


def _convolution(x, width):
    return layers.LeakyReLU(0.2)(layers.Conv1D(width, 3, padding="same", data_format="channels_last")(x))


def _logits(x, n_cells, name, spread, bias=0.0):
    """Logits of all cells at one resolution."""
    initializers = keras.initializers.RandomNormal(stddev=spread), keras.initializers.Constant(bias)
    return layers.Dense(n_cells, kernel_initializer=initializers[0], bias_initializer=initializers[1], name=name)(x)


def _repeat(x, steps):
    """Repeats bars, beats or parts of one at each of their steps."""
    return layers.UpSampling1D(steps // x.shape[1])(x)


def _unfold(x, factor, width):
    """A transposed convolution whose kernel size and stride are `factor`."""
    return layers.Reshape((x.shape[1] * factor, width))(layers.Dense(factor * width)(x))


def _prime_factors(n):
    """Prime factors, smallest first: 12 is 2 · 2 · 3."""
    divisor = next((d for d in range(2, n + 1) if n % d == 0), None)
    return [] if divisor is None else [divisor, *_prime_factors(n // divisor)]


def _fold(x, factor, width):
    """A convolution whose kernel size and stride are `factor`."""
    x = layers.Reshape((x.shape[1] // factor, factor * x.shape[2]))(x)
    return layers.LeakyReLU(0.2)(layers.Dense(width)(x))
