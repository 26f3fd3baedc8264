"""Notes to audio, by additive synthesis or by a model that was trained with the condition `Pitch`."""

from keras_musicgan.generation.play import PlayWarning, play
from keras_musicgan.music.synthesizer import MIX_LEVEL, TIMBRES, Timbre, frequency, render

__all__ = ["MIX_LEVEL", "TIMBRES", "PlayWarning", "Timbre", "frequency", "play", "render"]
