"""MIDI files to notes and back."""

from keras_musicgan.music.midi.errors import MidiError
from keras_musicgan.music.midi.reading import LARGEST_BYTES, LONGEST_BEATS, read
from keras_musicgan.music.midi.writing import TICKS_PER_BEAT, write

__all__ = ["LARGEST_BYTES", "LONGEST_BEATS", "TICKS_PER_BEAT", "MidiError", "read", "write"]
