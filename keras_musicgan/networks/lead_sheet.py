"""A pair for lead sheets: a generator that chooses events, and a discriminator that sees the melody's intervals.

All features of the melody are sums of products of the one-hot events: their gradient at an event tells the generator
what every other event would have given there.

References: MuseGAN (Dong et al., 2018); for one-hot events with a straight-through gradient, Categorical
Reparameterization with Gumbel-Softmax (Jang, Gu and Poole, 2017).
"""

import keras
import numpy as np
from keras import layers, ops

from keras_musicgan.networks.heads import conditioning_head
from keras_musicgan.networks.layers import Intervals, MinibatchDeviation, StraightThrough, StraightThroughOneHot
from keras_musicgan.networks.metre import metrical_features, metrical_logits
from keras_musicgan.representations import LeadSheet
from keras_musicgan.representations.sustain import later, sustain

REACH = 12  # largest melodic interval that is told from others, in semitones
LONGEST = 8  # steps; longer notes are one kind


def lead_sheet_generator(representation: LeadSheet, input_dim: int, width: int = 192) -> keras.Model:
    """A generator of events and rolls.

    At each step it chooses one of onset, hold and rest, and one pitch, which counts at onsets.

    Args:
        representation: A `LeadSheet`.
        input_dim: Length of the vector of latents and conditions.
        width: Channels at the resolution of beats; twice as many at bars, half as many at steps.

    Returns:
        Keras model from `[batch, input_dim]` to `[batch, steps, features]` of 0 and 1.
    """
    n_pitches, n_tracks = representation.roll_shape[1:]
    latents = keras.Input((input_dim,))
    logits = metrical_logits(latents, representation, 3 + n_pitches * n_tracks, width)
    kind = StraightThroughOneHot()(logits[..., :3])
    pitch = StraightThroughOneHot()(logits[..., 3 : 3 + n_pitches])
    chords = StraightThrough()(logits[..., 3 + n_pitches :] - 2.0)  # few notes in the beginning
    clip = ops.concatenate([kind[..., :1] * pitch, kind[..., 1:], chords], axis=-1)
    return keras.Model(latents, clip, name="lead_sheet_generator")


def lead_sheet_discriminator(
    representation: LeadSheet, conditions_width: int = 0, width: int = 192, conditioning: str = "projection"
) -> keras.Model:
    """A discriminator of events and rolls.

    It sees at each step, beside the events and rolls, the pitch that sounds, the interval from the note before, the
    lengths of notes, the intervals of the melody to the chords and to all pitches of the clip; and in the end how often
    each of them occurs in the whole clip.

    Args:
        representation: A `LeadSheet`.
        conditions_width: Length of the vector of conditions; 0 for none.
        width: Channels at the resolution of beats; twice as many at bars, half as many at steps.
        conditioning: `"projection"` or `"auxiliary"`, as in `conditioning_head`.

    Returns:
        Keras model from `[batch, steps, features]` to a logit `[batch, 1]`; with conditions, as in `conditioning_head`.
    """
    n_pitches, n_tracks = representation.roll_shape[1:]
    clip = keras.Input(representation.encoded_shape)
    onsets, hold, rest = (clip[..., :n_pitches], clip[..., n_pitches : n_pitches + 1], clip[..., n_pitches + 1 : n_pitches + 2])
    chords = clip[..., n_pitches + 2 :]
