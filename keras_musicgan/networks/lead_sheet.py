"""A pair for lead sheets: a generator that chooses events, and a discriminator that sees the melody's intervals.

The discriminator's features of the melody are sums of products of the one-hot events. So their gradient at an event
tells the generator what every other event would give in its place.

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
from keras_musicgan.utils.checks import check_kind

KINDS = 3  # of events: onset, hold, rest
REACH = 12  # largest melodic interval in semitones that is told from wider ones
LONGEST = 8  # steps of a note; longer ones count alike
NEARNESS = 2.0  # standard deviation in semitones of the pitches near the contour
EXCURSION = 8.0  # semitones of the contour for a logit of 1


def lead_sheet_generator(representation: LeadSheet, input_dim: int, width: int = 128) -> keras.Model:
    """A generator of events and rolls.

    Each step has logits of onset, hold and rest, a contour in semitones, and logits of the twelve pitch classes and of
    all pitches. An onset has the pitch of the largest sum of its own logit, that of its class, and its nearness to the
    contour: a line that moves little makes steps of the scale that the classes form.

    Args:
        representation: A `LeadSheet`.
        input_dim: Length of the vector of latents and conditions.
        width: Channels at the resolution of beats; twice as many at bars, half as many at steps.

    Returns:
        Keras model from `[batch, input_dim]` to `[batch, steps, features]` of 0 and 1.
    """
    check_kind("representation", representation, LeadSheet)
    n_pitches, n_tracks = representation.roll_shape[1:]
    latents = keras.Input((input_dim,))
    sizes = (KINDS, 1, 12, n_pitches, n_pitches * (n_tracks - 1))
    logits = metrical_logits(latents, representation, sum(sizes), width)
    kinds, contour, classes, pitches, chords = ops.split(logits, np.cumsum(sizes)[:-1].tolist(), axis=-1)
    rows = np.arange(n_pitches, dtype="float32")
    class_of_row = np.eye(12, dtype="float32")[:, np.arange(n_pitches) % 12]
    distance = (EXCURSION * contour + n_pitches / 2 - rows) / NEARNESS
    pitch = StraightThroughOneHot()(pitches + ops.matmul(classes, class_of_row) - 0.5 * ops.square(distance))
    kind = StraightThroughOneHot()(kinds)
    chords = StraightThrough()(chords - 2.0)  # few notes in the beginning
    clip = ops.concatenate([kind[..., :1] * pitch, kind[..., 1:], chords], axis=-1)
    return keras.Model(latents, clip, name="lead_sheet_generator")


def lead_sheet_discriminator(
    representation: LeadSheet, conditions_width: int = 0, width: int = 128, conditioning: str = "projection"
) -> keras.Model:
    """A discriminator of events and rolls.

    At each step it sees the events and rolls, the pitch that sounds, onsets of chords and pitch classes, and what is
    the same in every key: the interval from the note before, the length of a note that begins, and the intervals of the
    melody to the chords and to all pitches of the clip. It also sees the means of the latter over the clip, and of the
    events and chord onsets at each step of a bar.

    Args:
        representation: A `LeadSheet`.
        conditions_width: Length of the vector of conditions; 0 for none.
        width: Channels at the resolution of beats; twice as many at bars, half as many at steps.
        conditioning: `"projection"` or `"auxiliary"`, as in `conditioning_head`.

    Returns:
        Keras model from `[batch, steps, features]` to a logit `[batch, 1]`; with conditions, as in `conditioning_head`.
    """
    check_kind("representation", representation, LeadSheet)
    n_pitches, n_tracks = representation.roll_shape[1:]
    clip = keras.Input(representation.encoded_shape)
    onsets, hold, rest, rolls = ops.split(clip, [n_pitches, n_pitches + 1, n_pitches + 2], axis=-1)
    onset = ops.sum(onsets, axis=-1, keepdims=True)
    last_pitch = sustain(onsets, 1.0 - onset)
    sounding = last_pitch * sustain(onset, hold)
    roll_onsets = ops.relu(rolls - later(rolls))
    chord = ops.matmul(rolls, np.tile(np.eye(n_pitches, dtype="float32"), (n_tracks - 1, 1)))  # of all tracks
    class_of_row = np.eye(12, dtype="float32")[np.arange(n_pitches) % 12]
    classes = [ops.matmul(part, class_of_row) for part in (sounding, chord)]

    before = later(last_pitch)
    intervals = Intervals(REACH)([onsets, before])
    wider = onset * ops.sum(before, axis=-1, keepdims=True) - ops.sum(intervals, axis=-1, keepdims=True)
    to_chord = Intervals()([sounding, chord])
    to_clip = Intervals()([onsets, ops.mean(sounding + chord, axis=1, keepdims=True)])
    relative = ops.concatenate([intervals, wider, to_chord, to_clip, _lengths(onset, hold)], axis=-1)

    x = metrical_features(ops.concatenate([clip, sounding, roll_onsets, *classes, relative], -1), representation, width)
    n_chord_onsets = ops.sum(roll_onsets, axis=-1, keepdims=True)
    rhythm = ops.concatenate([onset, hold, rest, n_chord_onsets], axis=-1)
    rhythm = ops.mean(ops.reshape(rhythm, (-1, representation.bars, representation.steps_per_bar * 4)), axis=1)
    means = ops.concatenate([ops.mean(relative, axis=1), rhythm], axis=-1)
    x = ops.concatenate([x, layers.LeakyReLU(0.2)(layers.Dense(width)(means))], axis=-1)
    x = layers.LeakyReLU(0.2)(layers.Dense(width)(MinibatchDeviation()(x)))
    return conditioning_head(clip, x, conditions_width, conditioning, name="lead_sheet_discriminator")


def _lengths(onset, hold):
    """1 where a note begins, in the feature of its length in steps; `[batch, steps, LONGEST + 1]`."""
    features = []
    for _ in range(LONGEST):
        hold = ops.pad(hold[:, 1:], ((0, 0), (0, 1), (0, 0)))
        features.append(onset * (1.0 - hold))
        onset = onset * hold
    return ops.concatenate([*features, onset], axis=-1)
