"""A convolutional pair for piano rolls, in the manner of MuseGAN.

Resolution in time follows the hierarchy of music: bars, beats, steps.

References: MuseGAN (Dong et al., 2018); for the discriminator's chroma and onset features, Convolutional Generative
Adversarial Networks with Binary Neurons (Dong and Yang, 2018).
"""

import keras
from keras import layers, ops

from keras_musicgan.networks.heads import conditioning_head
from keras_musicgan.networks.layers import MinibatchDeviation, StraightThrough
from keras_musicgan.networks.metre import metrical_features, metrical_logits
from keras_musicgan.representations import PianoRoll


def pianoroll_generator(representation: PianoRoll, input_dim: int, width: int = 192) -> keras.Model:
    """A generator of binary rolls.

    Args:
        representation: A `PianoRoll`.
        input_dim: Length of the vector of latents and conditions.
        width: Channels at the resolution of beats; twice as many at bars, half as many at steps.

    Returns:
        Keras model from `[batch, input_dim]` to `[batch, steps, pitches, tracks]` of 0 and 1.
    """
    steps, n_pitches, n_tracks = representation.encoded_shape
    latents = keras.Input((input_dim,))
    logits = metrical_logits(latents, representation, n_pitches * n_tracks, width, bias=-2.0)
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
    steps, n_pitches, n_tracks = representation.encoded_shape
    n_octaves = -(-n_pitches // 12)
    roll = keras.Input(representation.encoded_shape)
    whole_octaves = ops.pad(roll, ((0, 0), (0, 0), (0, n_octaves * 12 - n_pitches), (0, 0)))
    chroma = ops.sum(ops.reshape(whole_octaves, (-1, steps, n_octaves, 12 * n_tracks)), axis=2)
    onsets = ops.relu(roll - ops.pad(roll[:, :-1], ((0, 0), (1, 0), (0, 0), (0, 0))))
    features = [layers.Reshape((steps, n_pitches * n_tracks))(part) for part in (roll, onsets)]
    x = metrical_features(ops.concatenate([*features, chroma], axis=-1), representation, width)
    x = layers.Dense(width)(MinibatchDeviation()(x))
    return conditioning_head(
        roll, layers.LeakyReLU(0.2)(x), conditions_width, conditioning, name="pianoroll_discriminator"
    )
