"""Data for `fit`: folders of MIDI and tunes that the package makes itself."""

from keras_musicgan.datasets.clips import Clips
from keras_musicgan.datasets.melodies import compose, melodies
from keras_musicgan.datasets.midi_folder import midi_folder

__all__ = ["Clips", "compose", "melodies", "midi_folder"]
