"""A melody as a sequence of pitches and the scale that they are taken from."""

from collections.abc import Iterable

import keras
import numpy as np
from keras import ops

from keras_musicgan.processes import on_first
from keras_musicgan.representations.base import batches_of_clips
from keras_musicgan.representations.pitch_sequence import PitchSequence
from keras_musicgan.utils.registration import serializable

PITCHES = np.arange(128)
CLASSES = 12
N_DEVIATIONS = 3.0  # to either side of the mean
MIN_DEVIATION = 1.0  # semitones; otherwise a tune on one note would have no range


@serializable
class PitchSequenceWithScale(PitchSequence):
    """A melody's pitches, then its scale: the pitch classes that it uses; `[batch, length + 12]`.

    The first `length` numbers are the pitches: 0 is the mean of the data of `adapt`, ±1 is three standard deviations
    from it, and pitches further away lie beyond. Before `adapt`, −1 and 1 are the pitches 0 and 127. The last 12
    numbers, from C to B, are 1 for a pitch class of the melody and −1 for any other.

    `to_notes` takes the nearest pitch of the clip's own scale for each note, so that no generated note lies outside
    the scale that was generated with it. Which pitch classes make a scale is left to the networks to learn.

    Args:
        *args, **kwargs: `length`, `beats_per_note`, `tempo` and `sample_rate`, as for `PitchSequence`.

    Example:
        >>> representation = PitchSequenceWithScale(length=3)
        >>> encoded = keras.ops.convert_to_numpy(representation(np.array([[60, 64, 67]])))
        >>> encoded.shape, np.flatnonzero(encoded[0, 3:] > 0).tolist()
        ((1, 15), [0, 4, 7])
        >>> encoded[0, 1] += 1.4 / 63.5  # an F is nearer now
        >>> representation.to_pitches(encoded).tolist()
        [[60, 64, 67]]
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.encoded_shape = (self.length + CLASSES,)
        self.mean = self.add_statistic("mean", PITCHES.mean())
        self.deviation = self.add_statistic("deviation", PITCHES.mean() / N_DEVIATIONS)
        self.add_adapted()

    def adapt(self, data: np.ndarray | keras.utils.PyDataset | Iterable) -> None:
        """Computes mean and standard deviation of the pitches of a dataset, which replace earlier ones.

        Args:
            data: MIDI pitches `[n, length]`; or a `keras.utils.PyDataset` or another finite iterable whose items are
                batches of such clips or tuples that begin with one.

        Raises:
            ValueError: If there are no clips.
        """
        counts = on_first(lambda: _counts(data))
        if not counts.any():
            raise ValueError("`adapt` needs at least one clip. Received: data without any")
        mean = np.average(PITCHES, weights=counts)
        variance = np.average(np.square(PITCHES - mean), weights=counts)
        self.mean.assign(mean)
        self.deviation.assign(max(np.sqrt(variance), MIN_DEVIATION))
        self.mark_adapted()

    def call(self, x):
        """MIDI pitches `[batch, length]` as `[batch, length + 12]`."""
        pitches = ops.cast(x, "float32")
        scaled = (pitches - self.mean) / (N_DEVIATIONS * self.deviation)
        classes = ops.one_hot(ops.cast(ops.round(pitches), "int32") % CLASSES, CLASSES, dtype="float32")
        scale = 2.0 * ops.max(classes, axis=1) - 1.0
        return ops.cast(ops.concatenate([scaled, scale], axis=1), self.compute_dtype)

    def compute_output_shape(self, input_shape):
        """12 numbers more than pitches."""
        return (input_shape[0], *self.encoded_shape)

    def to_pitches(self, encoded: np.ndarray) -> np.ndarray:
        """MIDI pitches `[n, length]` of encoded clips: the nearest of each clip's scale.

        Of two that are equally near it is the lower. A clip whose scale is empty has the nearest whole pitches.
        """
        mean, deviation = (ops.convert_to_numpy(each) for each in (self.mean, self.deviation))
        wanted = N_DEVIATIONS * deviation * encoded[:, : self.length] + mean
        return np.stack([_nearest(*clip) for clip in zip(wanted, encoded[:, self.length :] > 0, strict=True)])


def _counts(data):
    """How often each pitch occurs, `[128]`."""
    counts = np.zeros(len(PITCHES), int)
    for clips in batches_of_clips(data):
        pitches = np.rint(ops.convert_to_numpy(clips)).astype(int)
        counts += np.bincount(pitches.ravel(), minlength=len(PITCHES))
    return counts


def _nearest(wanted, in_scale):
    """The whole pitches nearest to those wanted, `[length]`, among the pitch classes of a scale, bool `[12]`."""
    pitches = PITCHES[in_scale[PITCHES % CLASSES]] if in_scale.any() else PITCHES
    return pitches[np.abs(wanted[:, None] - pitches).argmin(axis=1)]
