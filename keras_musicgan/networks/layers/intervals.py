"""Intervals between two sets of pitches."""

import keras
import numpy as np
from keras import ops

from keras_musicgan.utils.checks import check_positive_int
from keras_musicgan.utils.registration import serializable


@serializable
class Intervals(keras.layers.Layer):
    """How many pairs of pitches lie each interval apart: `Σ_p pitches[p] · references[p − k]` for interval k.

    It is the same in every key, and linear in either argument: the gradient at one-hot pitches tells for every pitch
    the interval that it would make. A product of Fourier transforms, which costs less than a sum for each interval.

    Args:
        reach: Largest interval in semitones, up or down; `None` for intervals upwards modulo an octave.

    Raises:
        ValueError: If `reach` is not a positive integer.

    Example:
        >>> import numpy as np
        >>> c, g = np.eye(12)[[0, 7]]
        >>> int(np.argmax(Intervals()([c[None], g[None]]))), int(np.argmax(Intervals(8)([c[None], g[None]]))) - 8
        (5, -7)
    """

    def __init__(self, reach: int | None = None, **kwargs):
        super().__init__(**kwargs)
        if reach is not None:
            check_positive_int("reach", reach)
        self.reach = reach

    def build(self, input_shape):
        """Computes the transforms, with a period that keeps the intervals apart."""
        n_pitches = input_shape[0][-1]
        intervals = np.arange(12) if self.reach is None else np.arange(-self.reach, self.reach + 1)
        period = 12 if self.reach is None else n_pitches + self.reach
        frequencies = np.arange(period // 2 + 1)
        angles = 2 * np.pi * np.outer(np.arange(n_pitches), frequencies) / period
        self._transform = np.concatenate([np.cos(angles), np.sin(angles)], axis=1).astype("float32")
        weights = np.where((frequencies == 0) | (2 * frequencies == period), 1, 2)[:, None] / period
        angles = 2 * np.pi * np.outer(frequencies, intervals) / period
        inverse = [weights * np.cos(angles), weights * np.sin(angles)]
        self._inverse = np.concatenate(inverse).astype("float32")

    def call(self, inputs):
        """Two `[..., pitches]` that broadcast, to `[..., 12]`, or `[..., 2 * reach + 1]` from the lowest interval."""
        transform, inverse = (ops.cast(each, self.compute_dtype) for each in (self._transform, self._inverse))
        (a, b), (c, d) = (ops.split(ops.matmul(pitches, transform), 2, axis=-1) for pitches in inputs)
        return ops.matmul(ops.concatenate([a * c + b * d, b * c - a * d], axis=-1), inverse)

    def compute_output_shape(self, input_shape):
        """The leading axes of the first input, and the intervals."""
        return (*input_shape[0][:-1], 12 if self.reach is None else 2 * self.reach + 1)

    def get_config(self):
        """Arguments of the constructor."""
        return {**super().get_config(), "reach": self.reach}
