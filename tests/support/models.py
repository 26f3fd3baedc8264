"""Presets at a size that trains in a second."""

import keras_musicgan as km

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
SMALL["pianoroll"]["representation"] = {"sample_rate": 8000}
SMALL["wavegan"]["representation"] = {"length": 512}
SMALL["wavegan"]["recipe"] = {"discriminator_steps": 2}  # five take long to compile
SMALL["wavegan-small"]["representation"] = {"length": 1024}
SMALL["specgan"]["representation"] = {"length": 1024, "n_fft": 64, "hop_length": 32}
SMALL["specgan"]["recipe"] = {"discriminator_steps": 2}
SMALL["gansynth-small"]["representation"] = {"length": 1024, "n_fft": 128, "hop_length": 64}
SMALL["gansynth"]["representation"] = {"length": 1024, "n_fft": 64, "hop_length": 32, "n_mels": None}


def small_gan(preset="lecture", **overrides):
    """A preset at a size that trains in a second."""
    return km.MusicGAN.from_preset(preset, **{**SMALL[preset], **overrides})
