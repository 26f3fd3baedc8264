"""The pitch of a note as a condition."""

import numpy as np

from keras_musicgan.conditions.base import Category
from keras_musicgan.music.pitch_names import pitch_between
from keras_musicgan.utils.registration import serializable


@serializable
class Pitch(Category):
    """The MIDI pitch of a note, called `pitch`: a whole number or a name such as `C4`, `F#3`, `Fs3`, `Bb2`.

    Args:
        low: Lowest pitch, 0 to 127.
        high: Highest pitch, 0 to 127.

    Raises:
        ValueError: If the range is empty or leaves 0 to 127.

    Example:
        >>> Pitch(60, 83).number("Fs4")
        66.0
    """

    def __init__(self, low: int, high: int):
        if not all(isinstance(pitch, (int, np.integer)) and 0 <= pitch <= 127 for pitch in (low, high)) or low > high:
            raise ValueError(
                "`Pitch` takes a lowest and a highest MIDI pitch, whole numbers from 0 to 127. "
                f"Received: low={low!r}, high={high!r}"
            )
        self.name = "pitch"
        self.low, self.high = int(low), int(high)
        self.first, self.width = self.low, self.high - self.low + 1

    def number(self, value):
        """The number of a value; a ValueError if it is out of range."""
        return pitch_between(value, self.low, self.high)

    def value(self, number):
        """The value of a number."""
        return round(float(number))
