"""Notes to audio: by additive synthesis, or sung by a model that was trained on pitched sounds."""

from keras_musicgan.synth.additive import MIX_LEVEL, TIMBRES, Timbre, frequency, render
from keras_musicgan.synth.play import PlayWarning, play

__all__ = ["MIX_LEVEL", "TIMBRES", "PlayWarning", "Timbre", "frequency", "play", "render"]
