"""Generator–discriminator pairs, one per file. A builder takes a representation and sizes and returns a Keras model."""

from collections.abc import Callable

import keras

from keras_musicgan.networks.dense import dense_discriminator, dense_generator
from keras_musicgan.networks.gansynth import gansynth_discriminator, gansynth_generator
from keras_musicgan.networks.heads import conditioning_head
from keras_musicgan.networks.pianoroll import pianoroll_discriminator, pianoroll_generator
from keras_musicgan.networks.residual import residual_discriminator, residual_generator
from keras_musicgan.networks.specgan import specgan_discriminator, specgan_generator
from keras_musicgan.networks.spectrogram import spectrogram_discriminator, spectrogram_generator
from keras_musicgan.networks.waveform import waveform_discriminator, waveform_generator
from keras_musicgan.utils.deprecation import renamed

Builder = Callable[..., keras.Model]
BUILDERS: dict[str, tuple[Builder, Builder]] = {
    "dense": (dense_generator, dense_discriminator),
    "gansynth": (gansynth_generator, gansynth_discriminator),
    "pianoroll": (pianoroll_generator, pianoroll_discriminator),
    "residual": (residual_generator, residual_discriminator),
    "specgan": (specgan_generator, specgan_discriminator),
    "spectrogram": (spectrogram_generator, spectrogram_discriminator),
    "waveform": (waveform_generator, waveform_discriminator),
}

__all__ = [
    "BUILDERS",
    "conditioning_head",
    "dense_discriminator",
    "dense_generator",
    "gansynth_discriminator",
    "gansynth_generator",
    "pianoroll_discriminator",
    "pianoroll_generator",
    "residual_discriminator",
    "residual_generator",
    "specgan_discriminator",
    "specgan_generator",
    "spectrogram_discriminator",
    "spectrogram_generator",
    "waveform_discriminator",
    "waveform_generator",
]

__getattr__ = renamed(__name__, {"judge": "conditioning_head"})
