"""Notes to audio: by additive synthesis, or sung by a model that was trained on pitched sounds."""

from keras_musicgan.generation.play import PlayWarning, play
from keras_musicgan.music.synthesizer import MIX_LEVEL, TIMBRES, Timbre, frequency, render

__all__ = ["MIX_LEVEL", "TIMBRES", "PlayWarning", "Timbre", "frequency", "play", "render"]
