"""Generative adversarial networks for music, trained with Keras `model.fit()`."""

from keras_musicgan import (
    callbacks,
    conditions,
    datasets,
    embeddings,
    evaluation,
    experiments,
    metrics,
    networks,
    presets,
    representations,
    synth,
)
from keras_musicgan.adversarial import augmentations, losses, penalties
from keras_musicgan.conditions import Label, Pitch, Tempo, Value
from keras_musicgan.gan import MusicGAN
from keras_musicgan.generation import latents
from keras_musicgan.music import audio, compare, midi, notes, plots
from keras_musicgan.networks import layers

__version__ = "0.1.0"

__all__ = [
    "Label",
    "MusicGAN",
    "Pitch",
    "Tempo",
    "Value",
    "audio",
    "augmentations",
    "callbacks",
    "compare",
    "conditions",
    "datasets",
    "embeddings",
    "evaluation",
    "experiments",
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
