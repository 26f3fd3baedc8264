"""Projection of a sound: the latents whose output is nearest to a given clip."""

from dataclasses import dataclass

import keras
import numpy as np

from keras_musicgan.conditions import Value
from keras_musicgan.generation.latent_descent import LatentDescent, LogMelDistance
from keras_musicgan.generation.sampling import check_size
from keras_musicgan.metrics import nearest_distances
from keras_musicgan.music import audio as audio_files
from keras_musicgan.representations import AudioRepresentation
from keras_musicgan.spectra.log_mel import fitting_n_mels
from keras_musicgan.utils.checks import check_number, check_positive_int, check_seed

ROUNDS = ((1 / 8, 4), (3 / 8, 16), (1 / 2, 64))  # of the descent: share of its steps, divisor of the starts that stay


@dataclass(frozen=True, eq=False)
class Projection:
    """The nearest output of a model to a given sound.

    Attributes:
        latents: float32 `[latent_dim]`.
        conditions: Dict from a condition's name to its value, as `generate` takes it.
        distance: Root mean square difference of the log-mel spectrograms in dB, as `metrics.nearest_distances`.
        audio: The model's output, float32 `[samples, channels]`.
        target: The given sound at the model's rate, length and channels: float32 `[samples, channels]`.
        changes: The changes to the given sound, in words.
    """

    latents: np.ndarray
    conditions: dict[str, object]
    distance: float
    audio: np.ndarray
    target: np.ndarray
    changes: tuple[str, ...]


def project(
    gan: keras.Model,
    audio: np.ndarray,
    sample_rate: int | None = None,
    *,
    normalize: str | None = None,
    candidates: int = 256,
    starts: int = 32,
    steps: int = 200,
    learning_rate: float = 0.1,
    seed: int | None = 0,
    **conditions: object,
) -> Projection:
    """Searches the latents whose output is nearest to a clip.

    The search starts from the nearest of many drawn latents. Adam minimizes the log-mel distance through the
    representation and the generator. The best quarter of the starts continues after an eighth of the steps, and the
    best quarter of those after half of them. Conditions that are not given are searched too: the starts hold as many
    pitches and labels as possible, which may mix in the first half of the steps.

    Args:
        gan: `MusicGAN` of the audio domain.
        audio: `[samples]` or `[samples, channels]`, integers or floating-point with full scale ±1; cut or filled with
            silence to the length of the model's clips.
        sample_rate: Its rate in Hz; the model's own if not given.
        normalize: `"peak"` or `"rms"` to bring the clip to the level of training data normalized in that way.
        candidates: Number of drawn latents; as many again, with the conditions of the nearest, where a condition is
            not given.
        starts: Number of the nearest candidates to descend from.
        steps: Steps of the descent, 0 for none.
        learning_rate: Learning rate of Adam at the first step; it falls to 0 along half a cosine.
        seed: Seed of the draws.
        **conditions: Known conditions of the sound, such as `pitch=60`, one value each.

    Returns:
        A `Projection`.

    Raises:
        TypeError: If the model is not of the audio domain.
        ValueError: If the clip is empty, silent or not finite, a condition is unknown or out of range, or an option is
            out of range.

    Reference: Generative Visual Manipulation on the Natural Image Manifold (Zhu et al., 2016).
    """
    representation = gan.representation
    if not isinstance(representation, AudioRepresentation):
        raise TypeError(
            "`project` needs a model of the audio domain. Received: a model whose representation is "
            f"{type(representation).__name__}."
        )
    check_positive_int("candidates", candidates)
    check_positive_int("starts", starts)
    if steps:
        check_positive_int("steps", steps)
    if sample_rate is not None:
        check_positive_int("sample_rate", sample_rate)
    check_number("learning_rate", learning_rate, above=0)
    check_seed("seed", seed)
    check_size(gan, 2 * candidates)
    target, changes = _fitted(audio, sample_rate, representation, normalize)
    network = gan.inference_generator
    distance = LogMelDistance(network, representation, target)
    inputs = _nearest_draws(gan, distance, conditions, candidates, starts, seed)
    if steps:
        inputs = _descended(gan, distance, inputs, conditions, steps, learning_rate)
    return _best(gan, inputs, conditions, target, changes)


def _fitted(audio, sample_rate, representation, normalize):
    """The clip at the model's rate, length and channels, and the changes in words."""
    samples = audio_files.as_audio(audio)
    rate, length, channels = representation.sample_rate, representation.length, representation.channels
    sample_rate = rate if sample_rate is None else sample_rate
    changes = []
    if sample_rate != rate:
        samples = audio_files.resample(samples, sample_rate, rate)
        changes.append(f"resampled from {sample_rate} to {rate} Hz")
    if samples.shape[1] != channels:
        changes.append(f"{samples.shape[1]} channel(s) mixed to {channels}")
        samples = audio_files.to_channels(samples, channels)
    if len(samples) > length:
        changes.append(f"cut from {len(samples) / rate:.3f} s to {length / rate:.3f} s")
    elif len(samples) < length:
        changes.append(f"filled with silence from {len(samples) / rate:.3f} s to {length / rate:.3f} s")
    samples = np.concatenate([samples[:length], np.zeros((max(length - len(samples), 0), channels), "float32")])
    if np.abs(samples).max() < audio_files.MIN_PEAK:
        raise ValueError(
            f"`audio` must hold a sound in its first {length / rate:.3f} s, as long as the model's clips are. "
            "Received: silence. Cut what comes before the sound."
        )
    levelled = audio_files.normalize(samples, normalize)
    if normalize is not None:
        changes.append(f"{normalize} level changed by {20 * np.log10(levelled.std() / samples.std()):.1f} dB")
    return levelled, tuple(changes)


def _nearest_draws(gan, distance, conditions, candidates, starts, seed):
    """The nearest of drawn inputs of the generator, `[starts, input_dim]`."""
    rng = np.random.default_rng(seed)
    latents = gan.sample_latents(candidates, int(rng.integers(2**31)))
    numbers = gan.conditions.complete(conditions, candidates, int(rng.integers(2**31)))
    inputs = gan.generator_inputs(latents, numbers)
    distances = distance.measure(inputs)
    if len(numbers) > len(conditions):
        # Pitch and label matter most: as many draws again, with those of the nearest.
        nearest = np.argsort(distances)[: max(starts, 1)]
        again = {name: np.resize(column[nearest], candidates) for name, column in numbers.items()}
        numbers = {name: np.concatenate([numbers[name], again[name]]) for name in numbers}
        latents = gan.sample_latents(candidates, int(rng.integers(2**31)))
        inputs = np.concatenate([inputs, gan.generator_inputs(latents, again)])
        distances = np.concatenate([distances, distance.measure(inputs[candidates:])])
    return inputs[_by_kind(gan, numbers, np.argsort(distances))[:starts]]


def _by_kind(gan, numbers, order):
    """`order` with the nearest of every pitch and label first, then the second nearest, and so on."""
    if not numbers:
        return order
    kinds = [column for name, column in numbers.items() if not isinstance(gan.conditions[name], Value)]
    _, kind = np.unique(np.stack([*kinds, np.zeros(len(order))], axis=1)[order], axis=0, return_inverse=True)
    rank, last_rank = np.zeros(len(order), int), {}
    for place, each in enumerate(kind.reshape(-1)):
        rank[place] = last_rank[each] = last_rank.get(each, -1) + 1
    return order[np.argsort(rank, kind="stable")]


def _descended(gan, distance, inputs, conditions, steps, learning_rate):
    """The nearest inputs after the descent."""
    free, categories = np.ones(inputs.shape[1], bool), []
    for condition, (first, last) in _parts(gan):
        free[first:last] = condition.name not in conditions
        if condition.name not in conditions and not isinstance(condition, Value):
            categories.append((first, last))
    n_starts = len(inputs)
    n_normal = gan.latent_dim if gan.latent_distribution == "normal" else 0
    for number, (share, divisor) in enumerate(ROUNDS, start=1):
        if number == len(ROUNDS):  # no mixture of pitches or labels
            for first, last in categories:
                free[first:last] = False
        inputs = LatentDescent(distance, inputs, free, n_normal, categories).run(
            max(round(share * steps), 1), learning_rate
        )
        for first, last in categories:
            inputs[:, first:last] = np.eye(last - first)[inputs[:, first:last].argmax(axis=1)]
        inputs = inputs[np.argsort(distance.measure(inputs))[: max(n_starts // divisor, 1)]]
    return inputs


def _best(gan, inputs, conditions, target, changes):
    """The projection of the nearest refined input, compared as `generate` outputs it."""
    numbers = {}
    given = gan.conditions.numbers(conditions, len(inputs))
    for condition, (first, last) in _parts(gan):
        if condition.name in given:
            numbers[condition.name] = given[condition.name]
        elif isinstance(condition, Value):
            share = (np.clip(inputs[:, first], -1.0, 1.0) + 1) / 2
            numbers[condition.name] = condition.low + share * (condition.high - condition.low)
        else:
            numbers[condition.name] = condition.first + inputs[:, first:last].argmax(axis=1)
    values = gan.conditions.values(numbers)
    latents = inputs[:, : gan.latent_dim]
    clips = gan.generate(latents=latents, batch_size=len(latents), **values)
    rate = gan.representation.sample_rate
    distances, _ = nearest_distances(clips, target[None], rate, fitting_n_mels(rate))
    best = int(np.argmin(distances))
    found = {name: column[best] for name, column in values.items()}
    return Projection(latents[best], found, float(distances[best]), clips[best], target, changes)


def _parts(gan):
    """Each condition with its place in the generator's input, as (first, after the last)."""
    for condition in gan.conditions:
        columns = gan.conditions.columns[condition.name]
        yield condition, (gan.latent_dim + columns.start, gan.latent_dim + columns.stop)
