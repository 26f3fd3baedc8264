"""Conditions of a model: pitch, tempo, a label, any number.

Their values are float32 arrays `[n]` by the condition's name: MIDI pitches, beats per minute, the index of a label.
The networks' input is their encodings, concatenated to one vector `[n, width]`.
"""

from keras_musicgan.conditions.base import Condition
from keras_musicgan.conditions.conditions import Conditions
from keras_musicgan.conditions.label import Label
from keras_musicgan.conditions.pitch import Pitch
from keras_musicgan.conditions.value import Tempo, Value

__all__ = ["Condition", "Conditions", "Label", "Pitch", "Tempo", "Value"]
