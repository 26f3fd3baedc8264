"""What a generator is told beside its latents, and a discriminator judges: pitch, tempo, a label, any number.

Values travel as float32 arrays `[n]` by the condition's name: MIDI pitches, beats per minute, the index of a label.
Networks see them side by side as one vector `[n, width]`.
"""

from keras_musicgan.conditions.base import Condition
from keras_musicgan.conditions.conditions import Conditions
from keras_musicgan.conditions.label import Label
from keras_musicgan.conditions.pitch import Pitch
from keras_musicgan.conditions.value import Tempo, Value

__all__ = ["Condition", "Conditions", "Label", "Pitch", "Tempo", "Value"]
