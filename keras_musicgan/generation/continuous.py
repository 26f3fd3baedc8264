"""Music of any length: clips along a path of latents, each crossfaded into the next."""

import itertools
import numbers
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np

from keras_musicgan.generation import latents as latent_vectors
from keras_musicgan.generation.crossfade import best_match, crossfade
from keras_musicgan.generation.sustain import sounding_part
from keras_musicgan.music.notes import Notes
from keras_musicgan.music.synthesizer import render
from keras_musicgan.representations import NotesRepresentation
from keras_musicgan.utils.checks import check_memory, check_number, check_positive_int, check_seed

STEPS = 8  # clips from one drawn latent to the next
MIN_SECONDS = 0.02  # of sound in a clip, to be joined
SEARCH = 0.25  # share of an overlap by which a clip may be moved into phase with the previous one
FADE = 64  # samples in which the whole fades in and out
MAX_SILENT_IN_A_ROW = 64  # clips after which a model counts as silent


def generate_continuous(
    gan: keras.Model,
    seconds: float,
    seed: int | None = None,
    *,
    overlap: float = 0.5,
    steps: int = STEPS,
    latents: np.ndarray | None = None,
    truncation: float | None = None,
    batch_size: int = 32,
    **conditions: object,
) -> np.ndarray:
    """Generates music of any length without audible seams.

    The latents move from one drawn point to the next in equal steps, one clip per step. In the audio domain each clip,
    without the silence at its ends, overlaps with the previous one: it is moved to where both correlate best, then
    crossfaded at constant power. In the notes domain each piece begins on the bar line after the previous one, and
    `synth.render` plays the whole.

    Args:
        gan: `MusicGAN`.
        seconds: Length, above 0. The whole must fit into memory; `blocks` of audio need no more than a batch.
        seed: Seed of drawn latents and conditions.
        overlap: Share of a clip, in (0, 0.5], that overlaps with the next; pieces of notes do not overlap.
        steps: Clips from one drawn latent to the next; with more, the sound changes more slowly.
        latents: Latents `[n, latent_dim]`, n at least 2, to cycle through instead of drawn ones.
        truncation: Largest number in drawn latents, or `None`.
        batch_size: Clips generated at a time.
        **conditions: Conditions of the model, one value each for the whole. Those left out are drawn once.

    Returns:
        float32 `[seconds · sample_rate, channels]` in [−1, 1].

    Raises:
        ValueError: If an option is out of range, the music does not fit into the machine's memory, a condition is
            unknown to the model, or all clips are silent.

    Reference: the overlap-add with alignment by correlation of An overlap-add technique based on waveform similarity
    (WSOLA) for high quality time-scale modification of speech (Verhelst and Roelands, 1993).
    """
    check_number("seconds", seconds, above=0)
    options: dict[str, Any] = {
        "steps": steps,
        "latents": latents,
        "truncation": truncation,
        "batch_size": batch_size,
        **conditions,
    }
    _check_overlap(overlap)
    check_seed("seed", seed)
    n_samples = max(round(seconds * gan.representation.sample_rate), 1)
    check_length(gan, seconds)
    if isinstance(gan.representation, NotesRepresentation):
        audio = render(continuous_notes(gan, seconds, seed, **options), gan.representation.sample_rate)
        return _cut(np.concatenate([audio, np.zeros((max(n_samples - len(audio), 0), 1), "float32")]), n_samples)
    music = blocks(gan, seed, overlap=overlap, **options)
    parts, n_generated = [], 0
    while n_generated < n_samples:
        parts.append(next(music))
        n_generated += len(parts[-1])
    return _cut(np.concatenate(parts), n_samples)


def blocks(
    gan: keras.Model,
    seed: int | None = None,
    *,
    overlap: float = 0.5,
    steps: int = STEPS,
    latents: np.ndarray | None = None,
    truncation: float | None = None,
    batch_size: int = 32,
    **conditions: object,
) -> Iterator[np.ndarray]:
    """The music of `generate_continuous` without an end, as blocks `[samples, channels]`, for radio and for long files.

    Only one batch of clips is in memory. Arguments and errors as in `generate_continuous`.

    Raises:
        TypeError: If the model is not of the audio domain.
    """
    representation = gan.representation
    if isinstance(representation, NotesRepresentation):
        raise TypeError(
            "`blocks` needs a model of the audio domain. Received: a model whose representation is "
            f"{type(representation).__name__}. Use `generate_continuous` or `continuous_notes`."
        )
    _check_overlap(overlap)
    check_seed("seed", seed)
    path = _path(gan, seed, steps, latents, truncation, batch_size)
    conditions = _constant(gan, conditions, seed)
    return _crossfaded(_sounding_clips(gan, path, conditions, batch_size), overlap)


def continuous_notes(
    gan: keras.Model,
    seconds: float,
    seed: int | None = None,
    *,
    steps: int = STEPS,
    latents: np.ndarray | None = None,
    truncation: float | None = None,
    batch_size: int = 32,
    **conditions: object,
) -> Notes:
    """Generates a piece of any length in the notes domain: whole clips, each beginning on a bar line.

    Arguments and errors as in `generate_continuous`.

    Returns:
        `keras_musicgan.notes.Notes` of at least `seconds`, a whole number of clips.

    Raises:
        TypeError: If the model is not of the notes domain.
    """
    check_number("seconds", seconds, above=0)
    check_seed("seed", seed)
    check_length(gan, seconds)
    if not isinstance(gan.representation, NotesRepresentation):
        raise TypeError(
            "`continuous_notes` needs a model of the notes domain. Received: a model whose representation is "
            f"{type(gan.representation).__name__}. Use `generate_continuous` for audio."
        )
    conditions = _constant(gan, conditions, seed)
    path = _path(gan, seed, steps, latents, truncation, batch_size)
    batches = (gan.generate_notes(latents=points, batch_size=batch_size, **conditions) for points in path)
    music = itertools.chain.from_iterable(batches)
    pieces, n_seconds = [], 0.0
    while n_seconds < seconds * (1 - 1e-9):
        pieces.append(next(music))
        n_seconds += pieces[-1].seconds
    return _concatenated(pieces)


def _cut(audio, n_samples):
    """The first samples of longer audio, faded out so that the end does not click."""
    audio = audio[:n_samples]
    n_fall = min(FADE, n_samples)
    audio[n_samples - n_fall :] *= np.arange(n_fall)[::-1, None] / np.float32(FADE)
    return audio


def check_length(gan: keras.Model, seconds: float) -> None:
    """Raises ValueError if music of this length does not fit into the machine's memory."""
    representation = gan.representation
    samples = seconds * representation.sample_rate * getattr(representation, "channels", 1)
    check_memory(f"{seconds:g} seconds", 8.0 * samples, "Generate a shorter piece.")  # its parts and the whole


def _check_overlap(overlap):
    if not (isinstance(overlap, numbers.Real) and 0 < overlap <= 0.5):
        raise ValueError(f"`overlap` must lie in (0, 0.5]. Received: overlap={overlap!r}")


def _constant(gan, conditions, seed):
    """All conditions of the model, one value each."""
    for name, values in conditions.items():
        if not isinstance(values, str) and np.ndim(values):
            raise ValueError(f"`{name}` must be one value for the whole. Received: {name}={values!r}")
    numbers = gan.conditions.complete(conditions, 1, seed)
    return {name: values[0] for name, values in gan.conditions.values(numbers).items()}


def _path(gan, seed, steps, latents, truncation, batch_size):
    """Latents without an end, in batches `[batch_size, latent_dim]`."""
    check_positive_int("steps", steps)
    check_positive_int("batch_size", batch_size)
    method = latent_vectors.METHOD_OF[gan.latent_distribution]
    if latents is not None:
        latents = gan.check_latents(np.asarray(latents, "float32"))
        ring = latent_vectors.interpolate(np.concatenate([latents, latents[:1]]), steps, method)[:-1]
        segments = itertools.repeat(ring)
    else:
        segments = _drawn_segments(gan, seed, steps, truncation, method)
    return _batches(segments, batch_size)


def _drawn_segments(gan, seed, steps, truncation, method):
    seeds = np.random.default_rng(seed)
    (point,) = gan.sample_latents(1, int(seeds.integers(2**31)), truncation)
    while True:
        (goal,) = gan.sample_latents(1, int(seeds.integers(2**31)), truncation)
        yield latent_vectors.interpolate(np.stack([point, goal]), steps, method)[:-1]
        point = goal


def _batches(segments, batch_size):
    waiting = next(segments)
    while True:
        while len(waiting) < batch_size:
            waiting = np.concatenate([waiting, next(segments)])
        yield waiting[:batch_size]
        waiting = waiting[batch_size:]


def _sounding_clips(gan, path, conditions, batch_size):
    """Clips `[samples, channels]` without the silence at their ends; silent clips are left out."""
    sample_rate = gan.representation.sample_rate
    n_silent = 0
    for points in path:
        for clip in gan.generate(latents=points, batch_size=batch_size, **conditions):
            first, last = sounding_part(clip, sample_rate)
            if last - first >= MIN_SECONDS * sample_rate or last - first == len(clip):
                n_silent = 0
                yield clip[first:last]
                continue
            n_silent += 1
            if n_silent == MAX_SILENT_IN_A_ROW:
                raise ValueError(
                    f"Continuous music needs a model whose clips sound. Received: a model with {n_silent} silent clips "
                    "in a row. Take another seed, or train it further."
                )


def _crossfaded(clips, overlap):
    """Blocks of the music, each from the end of one crossfade to the end of the next."""
    current = next(clips)
    n_rise = min(FADE, len(current))
    current = current * np.append(np.arange(n_rise) / FADE, np.ones(len(current) - n_rise))[:, None]
    n_done = 0  # samples of the current clip that are part of the previous crossfade
    for following in clips:
        n_left = len(current) - n_done
        n_fade = max(round(overlap * min(len(current), len(following))), 1)
        n_fade = min(n_fade, max(int(n_left / (1 + SEARCH)), 1))
        n_search = min(round(SEARCH * n_fade), n_left - n_fade)
        begin = len(current) - n_fade - n_search
        offset, correlation = best_match(following[:n_fade], current[begin:])
        begin += offset
        joint = crossfade(current[begin : begin + n_fade], following[:n_fade], correlation)
        yield np.concatenate([current[n_done:begin], joint]).astype("float32")
        current, n_done = following, n_fade


def _concatenated(pieces):
    """One piece of several, each beginning on the bar line after the previous one."""
    first = pieces[0]
    _, numerator, denominator = first.time_signatures[0]
    bar = numerator * 4 / denominator
    lengths = [np.ceil(piece.length / bar - 1e-9) * bar for piece in pieces]
    begins = np.concatenate([[0.0], np.cumsum(lengths)])
    return Notes(
        start=np.concatenate([piece.start + begin for piece, begin in zip(pieces, begins[:-1], strict=True)]),
        duration=np.concatenate([piece.duration for piece in pieces]),
        pitch=np.concatenate([piece.pitch for piece in pieces]),
        velocity=np.concatenate([piece.velocity for piece in pieces]),
        track=np.concatenate([piece.track for piece in pieces]),
        tempo=first.tempo,
        tracks=first.tracks,
        time_signatures=first.time_signatures,
        length=float(begins[-1]),
    )
