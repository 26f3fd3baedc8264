"""Clips, notes and latents from a trained model."""

import dataclasses
import math

import keras
import numpy as np
from keras import ops

from keras_musicgan.generation import latents as latent_vectors
from keras_musicgan.music.notes import Notes
from keras_musicgan.music.synthesizer import render
from keras_musicgan.representations import AudioRepresentation, NotesRepresentation
from keras_musicgan.utils.batching import in_batches
from keras_musicgan.utils.checks import check_memory, check_positive_int, check_seed


def sample_latents(gan: keras.Model, n: int, seed: int | None = None, truncation: float | None = None) -> np.ndarray:
    """Latents as training draws them, `[n, latent_dim]` float32; `latents.draw` has the details."""
    return latent_vectors.draw(n, gan.latent_dim, gan.latent_distribution, seed, truncation)


def check_latents(gan: keras.Model, latents: np.ndarray) -> np.ndarray:
    """The latents as float32, or a ValueError unless they are finite and of shape `[n, latent_dim]`."""
    try:
        latents = np.asarray(latents, "float32")
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"`latents` must be an array of shape (n, {gan.latent_dim}). Received: {type(latents).__name__}: {error}"
        ) from error
    if latents.ndim != 2 or latents.shape[1] != gan.latent_dim or not len(latents):
        raise ValueError(f"`latents` must have shape (n, {gan.latent_dim}). Received: shape {latents.shape}")
    if not np.isfinite(latents).all():
        raise ValueError("`latents` must be finite numbers. Received: latents with NaN or infinity")
    return latents


def check_size(gan: keras.Model, n: int | None) -> None:
    """Raises ValueError if `n` clips, encoded and as audio, do not fit into the machine's memory; `None` passes."""
    if n is None:
        return
    check_positive_int("n", n)
    representation = gan.representation
    clip = 2 * math.prod(representation.encoded_shape)  # a batch and the whole, float32
    if isinstance(representation, AudioRepresentation):
        clip += representation.length * representation.channels
    check_memory(f"{n} clips", 4.0 * n * (clip + gan.latent_dim), "Generate fewer at a time, with other seeds.")


def generate(
    gan: keras.Model,
    n: int | None = None,
    seed: int | None = None,
    latents: np.ndarray | None = None,
    batch_size: int = 32,
    truncation: float | None = None,
    **conditions,
) -> np.ndarray:
    """Generates audio.

    Args:
        gan: `MusicGAN`; in its method of the same name, the model itself.
        n: Number of clips; by default the number of latents or of values of a condition, or one.
        seed: Seed of drawn latents and conditions, an integer of at least 0; the same seed gives the same clips on
            every backend.
        latents: Latents `[n, latent_dim]` instead of drawn ones, such as those of `latents.interpolate`.
        batch_size: Clips generated at a time.
        truncation: Largest number in drawn latents, for more typical and less varied results, or `None`.
        **conditions: Conditions of the model by name: one value for all clips, or one for each, as in
            `generate(3, pitch=[60, 64, 67], label="flute")`. Those left out are drawn from the distribution of the
            training data.

    Returns:
        float32 `[n, samples, channels]` in [−1, 1] at `representation.sample_rate` Hz. In a notebook,
        `audio.Player(clips, sample_rate)` plays them.

    Raises:
        ValueError: If a number is out of range, the clips do not fit into the machine's memory, the latents have
            another shape or are not finite, or a condition is unknown to the model, out of range or of another length.
    """
    check_size(gan, n)
    latents, numbers = gan.draw(n, seed, latents, truncation, **conditions)
    encoded = gan.generate_encoded(latents=latents, batch_size=batch_size, **numbers)
    if "tempo" in numbers and isinstance(gan.representation, NotesRepresentation):
        return _padded([render(notes, gan.representation.sample_rate) for notes in _notes(gan, encoded, numbers)])
    return gan.representation.decode(encoded)


def generate_notes(
    gan: keras.Model,
    n: int | None = None,
    seed: int | None = None,
    latents: np.ndarray | None = None,
    batch_size: int = 32,
    truncation: float | None = None,
    **conditions,
) -> list[Notes]:
    """Generates pieces in the notes domain, for `midi.write` and `synth.render`; arguments and errors as in `generate`.

    Returns:
        List of `n` `keras_musicgan.notes.Notes`, at their tempo for a model with the condition `tempo`.

    Raises:
        TypeError: If the model is not of the notes domain.
    """
    if not isinstance(gan.representation, NotesRepresentation):
        raise TypeError(
            "`generate_notes` needs a model of the notes domain. Received: a model whose representation is "
            f"{type(gan.representation).__name__}. Use `generate` for audio."
        )
    check_size(gan, n)
    latents, numbers = gan.draw(n, seed, latents, truncation, **conditions)
    return _notes(gan, gan.generate_encoded(latents=latents, batch_size=batch_size, **numbers), numbers)


def generate_encoded(
    gan: keras.Model,
    n: int | None = None,
    seed: int | None = None,
    latents: np.ndarray | None = None,
    batch_size: int = 32,
    truncation: float | None = None,
    **conditions,
) -> np.ndarray:
    """The generator's output, float32 `[n, *encoded_shape]`; arguments and errors as in `generate`."""
    check_positive_int("batch_size", batch_size)
    check_size(gan, n)
    latents, numbers = gan.draw(n, seed, latents, truncation, **conditions)
    check_size(gan, len(latents))
    return np.asarray(in_batches(gan.predict_on_batch, gan.generator_inputs(latents, numbers), batch_size), "float32")


def draw(
    gan: keras.Model,
    n: int | None = None,
    seed: int | None = None,
    latents: np.ndarray | None = None,
    truncation: float | None = None,
    **conditions,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The latents and conditions of `generate`; arguments and errors as there.

    Returns:
        Latents float32 `[n, latent_dim]`, and a dict of float32 `[n]` by the conditions' names, empty for a model
        without conditions. `generate` takes these numbers; `conditions.values` converts them to pitches, labels and so
        on.
    """
    check_seed("seed", seed)
    given = gan.conditions.numbers(conditions)
    if latents is None:
        n = max((len(values) for values in given.values()), default=1) if n is None else n
        latents = gan.sample_latents(n, seed, truncation)
    latents = gan.check_latents(latents)
    if n not in (None, len(latents)):
        raise ValueError(f"`n` must be the number of latents, {len(latents)}, or be left out. Received: n={n}")
    return latents, gan.conditions.complete(conditions, len(latents), seed)


def generator_inputs(gan: keras.Model, latents: np.ndarray, numbers: dict[str, np.ndarray]) -> np.ndarray:
    """The generator's input, float32 `[n, input_dim]`, from the latents and conditions of `draw`."""
    if not len(gan.conditions):
        return latents
    return np.concatenate([latents, ops.convert_to_numpy(gan.conditions(numbers))], axis=1)


def _notes(gan, encoded, numbers):
    """Notes of encoded clips, at the tempo of their condition."""
    pieces = gan.representation.to_notes(encoded)
    if "tempo" not in numbers:
        return pieces
    return [dataclasses.replace(piece, tempo=float(t)) for piece, t in zip(pieces, numbers["tempo"], strict=True)]


def _padded(clips):
    """Clips of different lengths as one array, padded with zeros."""
    result = np.zeros((len(clips), max(map(len, clips)), clips[0].shape[1]), "float32")
    for row, clip in zip(result, clips, strict=True):
        row[: len(clip)] = clip
    return result
