"""Generative adversarial networks for music, trained with Keras `model.fit()`."""

from keras_musicgan import (
    audio,
    augmentations,
    callbacks,
    compare,
    datasets,
    latents,
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
    "augmentations",
    "callbacks",
    "compare",
    "datasets",
    "latents",
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
