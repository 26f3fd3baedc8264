"""Representations encode music into the tensors that networks process, and decode tensors into music."""

from keras_musicgan.representations.bar_codes import BarCodes
from keras_musicgan.representations.base import AudioRepresentation, NotesRepresentation, Representation
from keras_musicgan.representations.complex_spectrum import ComplexSpectrum
from keras_musicgan.representations.instantaneous_frequency import InstantaneousFrequency
from keras_musicgan.representations.lead_sheet import LeadSheet
from keras_musicgan.representations.log_magnitude import LogMagnitude
from keras_musicgan.representations.pianoroll import PianoRoll
from keras_musicgan.representations.pitch_sequence import PitchSequence
from keras_musicgan.representations.pitch_sequence_with_scale import PitchSequenceWithScale
from keras_musicgan.representations.spectrogram import SpectrogramRepresentation
from keras_musicgan.representations.waveform import Waveform

REPRESENTATIONS = {
    "pitch_sequence": PitchSequence,
    "pitch_sequence_with_scale": PitchSequenceWithScale,
    "pianoroll": PianoRoll,
    "lead_sheet": LeadSheet,
    "bar_codes": BarCodes,
    "waveform": Waveform,
    "log_magnitude": LogMagnitude,
    "instantaneous_frequency": InstantaneousFrequency,
    "complex_spectrum": ComplexSpectrum,
}

__all__ = [
    "REPRESENTATIONS",
    "AudioRepresentation",
    "BarCodes",
    "ComplexSpectrum",
    "InstantaneousFrequency",
    "LeadSheet",
    "LogMagnitude",
    "NotesRepresentation",
    "PianoRoll",
    "PitchSequence",
    "PitchSequenceWithScale",
    "Representation",
    "SpectrogramRepresentation",
    "Waveform",
]
