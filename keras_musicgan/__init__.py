"""Generative adversarial networks for music, trained with Keras `model.fit()`."""

from keras_musicgan import (
    audio,
    callbacks,
    compare,
    datasets,
    layers,
    losses,
    metrics,
    midi,
    networks,
    notes,
    penalties,
    plots,
    presets,
    representations,
    synth,
)
from keras_musicgan.gan import MusicGAN

__version__ = "0.1.0"

__all__ = [
    "MusicGAN",
    "audio",
    "callbacks",
    "compare",
    "datasets",
    "layers",
    "losses",
    "metrics",
    "midi",
    "networks",
    "notes",
    "penalties",
    "plots",
    "presets",
    "representations",
    "synth",
]
