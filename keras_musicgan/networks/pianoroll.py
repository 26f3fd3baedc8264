"""A convolutional pair for piano rolls, in the manner of MuseGAN.

Time grows and shrinks along the music's own hierarchy: bars, beats, steps. Pitch does the same: octaves, then
the twelve pitches of each. A convolution whose kernel equals its stride is written as a reshape and a dense
layer, which is the same arithmetic and much faster on a CPU.

Reference: MuseGAN (Dong et al., 2018); the chroma and onset features of the discriminator follow
Convolutional Generative Adversarial Networks with Binary Neurons (Dong and Yang, 2018).
"""

import keras
from keras import layers, ops

from keras_musicgan.layers import MinibatchDeviation, StraightThrough


def pianoroll_generator(representation, latent_dim, width=192):
    """Latents to binary rolls.

    Args:
        representation: A `PianoRoll`.
        latent_dim: Length of the latent vector.
        width: Channels at the level of beats; twice as many at that of bars, half at that of steps.

    Returns:
        Keras model from `[batch, latent_dim]` to `[batch, steps, pitches, tracks]` of 0 and 1.
    """
    r = representation
    steps, n_pitches, _ = r.encoded_shape
    n_octaves = -(-n_pitches // 12)

    latents = keras.Input((latent_dim,))
    x = layers.Reshape((r.bars, 2 * width))(layers.Dense(r.bars * 2 * width)(latents))
    x = _block(x, 2 * width, kernel_size=3)
    x = _block(_unfold(x, r.beats_per_bar, width), width, kernel_size=3)
    x = _block(_unfold(x, r.steps_per_beat, width // 2), width // 2, kernel_size=3)

    rests = keras.initializers.Constant(-3.0)  # most cells of a roll are empty, from the first step on
    tracks = []
    for name in r.tracks:
        track = layers.Dense(n_octaves * 32, name=f"{name}_octaves")(x)
        track = layers.LeakyReLU(0.2)(layers.Reshape((steps, n_octaves, 32))(track))
        track = layers.Dense(12, bias_initializer=rests, name=f"{name}_pitches")(track)
        track = layers.Reshape((steps, n_octaves * 12))(track)
        skip = layers.Dense(n_octaves * 12, name=f"{name}_skip")(x)
        tracks.append((track + skip)[:, :, :n_pitches])
    return keras.Model(latents, StraightThrough()(ops.stack(tracks, axis=-1)), name="pianoroll_generator")


def pianoroll_discriminator(representation, width=192):
    """Rolls to scores.

    Args:
        representation: A `PianoRoll`.
        width: Channels at the level of beats; twice as many at that of bars, half at that of steps.

    Returns:
        Keras model from `[batch, steps, pitches, tracks]` to a logit `[batch, 1]`.
    """
    r = representation
    steps, n_pitches, n_tracks = r.encoded_shape
    n_octaves = -(-n_pitches // 12)

    roll = keras.Input(r.encoded_shape)
    whole_octaves = layers.ZeroPadding2D(((0, 0), (0, n_octaves * 12 - n_pitches)))(roll)
    chroma = ops.sum(ops.reshape(whole_octaves, (-1, steps, n_octaves, 12 * n_tracks)), axis=2)
    onsets = ops.relu(roll - ops.pad(roll[:, :-1], ((0, 0), (1, 0), (0, 0), (0, 0))))
    features = [layers.Reshape((steps, n_pitches * n_tracks))(part) for part in (roll, onsets)]
    x = layers.LeakyReLU(0.2)(layers.Dense(width // 2)(ops.concatenate([*features, chroma], axis=-1)))
    x = layers.LeakyReLU(0.2)(layers.Conv1D(width // 2, 3, padding="same")(x))
    x = _fold(x, r.steps_per_beat, width)
    x = layers.LeakyReLU(0.2)(layers.Conv1D(width, 3, padding="same")(x))
    x = _fold(x, r.beats_per_bar, 2 * width)
    x = layers.LeakyReLU(0.2)(layers.Conv1D(2 * width, 3, padding="same")(x))
    x = layers.Dense(width)(layers.Flatten()(x))
    x = layers.Dense(width)(MinibatchDeviation()(layers.LeakyReLU(0.2)(x)))
    return keras.Model(roll, layers.Dense(1)(layers.LeakyReLU(0.2)(x)), name="pianoroll_discriminator")


def _block(x, width, kernel_size):
    x = layers.LeakyReLU(0.2)(layers.LayerNormalization()(x))
    return layers.LeakyReLU(0.2)(layers.LayerNormalization()(layers.Conv1D(width, kernel_size, padding="same")(x)))


def _unfold(x, factor, width):
    """Time `factor` times as long: every moment is repeated, and a transposed convolution tells the parts apart.

    The second part begins small, so that notes last from the first step on and need not learn not to flicker.
    """
    held = layers.UpSampling1D(factor)(layers.Dense(width)(x))
    apart = layers.Dense(factor * width, kernel_initializer=keras.initializers.RandomNormal(stddev=0.01))(x)
    return layers.add([held, layers.Reshape((x.shape[1] * factor, width))(apart)])


def _fold(x, factor, width):
    """Time `factor` times as short: a convolution whose kernel equals its stride."""
    x = layers.Reshape((x.shape[1] // factor, factor * x.shape[2]))(x)
    return layers.LeakyReLU(0.2)(layers.Dense(width)(x))
