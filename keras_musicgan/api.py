"""Everything that users of the package see; importing it registers all classes, so that saved models load."""

import sys

import keras_musicgan.music.display  # noqa: F401  # says how notes show themselves
from keras_musicgan import (  # type: ignore[attr-defined]  # `callbacks/` lies beside the package
    backends,
    callbacks,
    conditions,
    datasets,
    embeddings,
    evaluation,
    experiments,
    metrics,
    networks,
    page,
    presets,
    processes,
    representations,
    synth,
)
from keras_musicgan.adversarial import augmentations, losses, penalties
from keras_musicgan.conditions import Label, Pitch, Tempo, Value
from keras_musicgan.gan import MusicGAN
from keras_musicgan.generation import latents
from keras_musicgan.music import audio, compare, midi, notes, plots
from keras_musicgan.networks import layers

__all__ = [
    "Label",
    "MusicGAN",
    "Pitch",
    "Tempo",
    "Value",
    "audio",
    "augmentations",
    "backends",
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
    "page",
    "penalties",
    "plots",
    "presets",
    "processes",
    "representations",
    "synth",
]

# `from keras_musicgan.losses import Hinge` works like `km.losses.Hinge`, whichever room the module is in.
for _module in (audio, augmentations, compare, latents, layers, losses, midi, notes, penalties, plots):
    sys.modules[f"keras_musicgan.{_module.__name__.rpartition('.')[2]}"] = _module
