"""Models that train in a moment."""

import keras
import numpy as np

import keras_musicgan as km
from keras_musicgan.conditions import Conditions
from keras_musicgan.networks import conditioning_head
from keras_musicgan.representations import PianoRoll, PitchSequence, Waveform

SMALL = {
    "lecture": {"generator": {"units": (16, 16)}, "discriminator": {"units": (16,)}, "latent_dim": 8},
    "pianoroll": {"generator": {"width": 8}, "discriminator": {"width": 8}, "latent_dim": 8},
    "wavegan": {"generator": {"width": 2}, "discriminator": {"width": 2}, "latent_dim": 8},
    "wavegan-small": {"generator": {"width": 4}, "discriminator": {"width": 4}, "latent_dim": 8},
    "specgan": {"generator": {"width": 1}, "discriminator": {"width": 1}, "latent_dim": 8},
    "gansynth-small": {"generator": {"width": 8}, "discriminator": {"width": 8}, "latent_dim": 8},
    "gansynth": {"generator": {"channels": (8, 4)}, "discriminator": {"channels": (8, 4)}, "latent_dim": 8},
}
SMALL["lecture"]["representation"] = {"length": 16, "sample_rate": 8000}
SMALL["lecture-plain"] = SMALL["lecture"]
SMALL["pianoroll"]["representation"] = {"sample_rate": 8000, "n_codes": 8, "width": 8, "steps": 2}
SMALL["wavegan"]["representation"] = {"length": 512}
SMALL["wavegan"]["recipe"] = {"discriminator_steps": 2}  # five take long to compile
SMALL["wavegan-small"]["representation"] = {"length": 1024}
SMALL["specgan"]["representation"] = {"length": 1024, "n_fft": 64, "hop_length": 32}
SMALL["specgan"]["recipe"] = {"discriminator_steps": 2}
SMALL["gansynth-small"]["representation"] = {"length": 1024, "n_fft": 128, "hop_length": 64}
SMALL.update(dict.fromkeys(("drums", "notes", "sounds"), SMALL["gansynth-small"]))
SMALL["gansynth"]["representation"] = {"length": 1024, "n_fft": 64, "hop_length": 32, "n_mels": None}

# Tracing a step takes longer than a few eager ones; JAX compiles each operation of an eager step.
EAGER = keras.backend.backend() != "jax"

DOMAINS = {
    "audio": (Waveform, {"length": 1024, "sample_rate": 8000}),
    "notes": (PitchSequence, {"length": 16, "sample_rate": 8000}),
    "rolls": (PianoRoll, {"bars": 1, "sample_rate": 8000}),
}


def run_eagerly(patch):
    """Lets every model run eagerly, also where it is compiled otherwise, through a `monkeypatch`."""
    patch.setattr(km.MusicGAN, "run_eagerly", property(lambda model: True, lambda model, value: None))


def small_gan(preset="lecture-plain", **overrides):
    """A preset at a small size."""
    return km.MusicGAN.from_preset(preset, **{**SMALL[preset], **overrides})


def toy_gan(
    domain="audio",
    conditions=(),
    conditioning="projection",
    hidden=(),
    generator=None,
    activation=None,
    kind=km.MusicGAN,
    latent_dim=4,
    ema_momentum=0.999,
    **representation,
):
    """The smallest model of a domain: networks of one dense layer, after `hidden` ones.

    Args:
        domain: A key of `DOMAINS`, or a representation.
        conditions: Of the model, which takes them by `conditioning`.
        hidden: Units of dense layers in each network.
        generator: Instead of the dense one.
        activation: Of the dense generator, instead of one for the domain.
        kind: Class of the model.
        **representation: Options that differ from those of `DOMAINS`.
    """
    if isinstance(domain, str):
        maker, options = DOMAINS[domain]
        domain = maker(**{**options, **representation})
    layers, shape, conditions = keras.layers, tuple(domain.encoded_shape), Conditions(conditions)
    if generator is None:
        units = [layers.Dense(n, "relu") for n in hidden]
        activation = activation or ("sigmoid" if isinstance(domain, PianoRoll) else "tanh")
        last = [layers.Dense(int(np.prod(shape)), activation, name="last"), layers.Reshape(shape)]
        generator = keras.Sequential([keras.Input((latent_dim + conditions.width,)), *units, *last])
    clips = keras.Input(shape)
    features = layers.Flatten()(clips)
    for n in hidden:
        features = layers.Dense(n, "relu")(features)
    discriminator = conditioning_head(clips, features, conditions.width, conditioning)
    return kind(generator, discriminator, domain, latent_dim, conditions=conditions, ema_momentum=ema_momentum)
