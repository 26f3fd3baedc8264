"""Clips of a model as a page plays them."""

from collections.abc import Iterator, Mapping, Sequence

import keras
import numpy as np

from keras_musicgan.conditions import Pitch
from keras_musicgan.music.synthesizer import frequency
from keras_musicgan.page.sounds import sound_data


def rendered(
    gan: keras.Model, latents: np.ndarray, conditions: Mapping[str, Sequence], batch_size: int
) -> Iterator[dict]:
    """The data of each clip, by `sound_data`; clips of a model with the condition `Pitch` are notes, which can be held.

    Args:
        gan: `MusicGAN`.
        latents: `[n, latent_dim]`.
        conditions: A list of `n` values for each condition, by name.
        batch_size: Clips generated at a time.
    """
    clips = gan.generate(latents=latents, batch_size=batch_size, **conditions)
    is_note = "pitch" in gan.conditions and isinstance(gan.conditions["pitch"], Pitch)
    for index, clip in enumerate(clips):
        f0_hz = float(frequency(conditions["pitch"][index])) if is_note else None
        yield sound_data(clip, gan.representation.sample_rate, f0_hz)
