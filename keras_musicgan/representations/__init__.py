"""What the networks see: each representation encodes music into tensors and decodes tensors into music."""

from keras_musicgan.representations.base import AudioRepresentation, NotesRepresentation, Representation
from keras_musicgan.representations.pianoroll import PianoRoll
from keras_musicgan.representations.pitch_sequence import PitchSequence
from keras_musicgan.representations.waveform import Waveform

REPRESENTATIONS = {"pitch_sequence": PitchSequence, "pianoroll": PianoRoll, "waveform": Waveform}

__all__ = [
    "REPRESENTATIONS",
    "AudioRepresentation",
    "NotesRepresentation",
    "PianoRoll",
    "PitchSequence",
    "Representation",
    "Waveform",
]
