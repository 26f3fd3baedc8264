"""What the networks see: each representation encodes music into tensors and decodes tensors into music."""

from keras_musicgan.representations.base import NotesRepresentation, Representation
from keras_musicgan.representations.pianoroll import PianoRoll
from keras_musicgan.representations.pitch_sequence import PitchSequence

REPRESENTATIONS = {"pitch_sequence": PitchSequence, "pianoroll": PianoRoll}

__all__ = ["REPRESENTATIONS", "NotesRepresentation", "PianoRoll", "PitchSequence", "Representation"]
