"""A convolutional pair for piano rolls, in the manner of MuseGAN.

Resolution in time follows the hierarchy of music: bars, beats, steps. A convolution whose kernel size equals its stride
is written as a reshape and a dense layer, which is the same arithmetic and much faster on a CPU.

References: MuseGAN (Dong et al., 2018); for the discriminator's chroma and onset features, Convolutional Generative
Adversarial Networks with Binary Neurons (Dong and Yang, 2018).
"""

import keras
from keras import layers, ops

from keras_musicgan.networks.heads import conditioning_head
from keras_musicgan.networks.layers import MinibatchDeviation, StraightThrough
from keras_musicgan.networks.weights import check_weights
from keras_musicgan.representations import PianoRoll
from keras_musicgan.utils.checks import check_positive_int


def pianoroll_generator(representation: PianoRoll, input_dim: int, width: int = 192) -> keras.Model:
    """A generator of binary rolls.

    Args:
        representation: A `PianoRoll`.
        input_dim: Length of the vector of latents and conditions.
        width: Channels at the resolution of beats; twice as many at bars, half as many at steps.

    Returns:
        Keras model from `[batch, input_dim]` to `[batch, steps, pitches, tracks]` of 0 and 1.
    """
    r = representation
    steps, n_pitches, n_tracks = r.encoded_shape
    check_positive_int("width", width)
    check_weights((input_dim, r.bars * 2 * width), (6 * width, 2 * width), (2 * width, n_pitches * n_tracks))

    latents = keras.Input((input_dim,))
    x = layers.Reshape((r.bars, 2 * width))(layers.Dense(r.bars * 2 * width)(latents))
    x = _block(x, 2 * width)
    logits = _repeat(_logits(x, n_pitches * n_tracks, "bars", spread=0.05, bias=-2.0), steps)
    x = _block(_unfold(x, r.pulses_per_bar, width), width)
    logits += _repeat(_logits(x, n_pitches * n_tracks, "beats", spread=0.05), steps)
    for factor in _prime_factors(r.steps_per_pulse):
        x = _block(_unfold(x, factor, width // 2), width // 2)
        logits += _repeat(_logits(x, n_pitches * n_tracks, f"parts_of_{x.shape[1]}", spread=0.01), steps)
    roll = StraightThrough()(layers.Reshape((steps, n_pitches, n_tracks))(logits))
    return keras.Model(latents, roll, name="pianoroll_generator")


def pianoroll_discriminator(
    representation: PianoRoll, conditions_width: int = 0, width: int = 192, conditioning: str = "projection"
) -> keras.Model:
    """A discriminator of rolls.

    Args:
        representation: A `PianoRoll`.
        conditions_width: Length of the vector of conditions; 0 for none.
        width: Channels at the resolution of beats; twice as many at bars, half as many at steps.
        conditioning: `"projection"` or `"auxiliary"`, as in `conditioning_head`.

    Returns:
        Keras model from `[batch, steps, pitches, tracks]` to a logit `[batch, 1]`; with conditions, as in
        `conditioning_head`.
    """
    r = representation
    steps, n_pitches, n_tracks = r.encoded_shape
    n_octaves = -(-n_pitches // 12)
    check_positive_int("width", width)
    check_weights((r.bars * 2 * width, width), (6 * width, 2 * width), (2 * n_pitches * n_tracks, width // 2))

    roll = keras.Input(r.encoded_shape)
    whole_octaves = ops.pad(roll, ((0, 0), (0, 0), (0, n_octaves * 12 - n_pitches), (0, 0)))
    chroma = ops.sum(ops.reshape(whole_octaves, (-1, steps, n_octaves, 12 * n_tracks)), axis=2)
    onsets = ops.relu(roll - ops.pad(roll[:, :-1], ((0, 0), (1, 0), (0, 0), (0, 0))))
    features = [layers.Reshape((steps, n_pitches * n_tracks))(part) for part in (roll, onsets)]
    x = layers.LeakyReLU(0.2)(layers.Dense(width // 2)(ops.concatenate([*features, chroma], axis=-1)))
    x = _convolution(x, width // 2)
    x = _fold(x, r.steps_per_pulse, width)
    x = _convolution(x, width)
    x = _fold(x, r.pulses_per_bar, 2 * width)
    x = _convolution(x, 2 * width)
    x = layers.Dense(width)(layers.Flatten()(x))
    x = layers.Dense(width)(MinibatchDeviation()(layers.LeakyReLU(0.2)(x)))
    return conditioning_head(
        roll, layers.LeakyReLU(0.2)(x), conditions_width, conditioning, name="pianoroll_discriminator"
    )


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
