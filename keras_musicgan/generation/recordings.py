"""The clips of a model that make an instrument: its inputs for each key, velocity layer and preset."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import keras
import numpy as np

from keras_musicgan.conditions import Label, Value
from keras_musicgan.generation.note_inputs import is_one
from keras_musicgan.generation.parts import N_PITCHES, drum_label
from keras_musicgan.music.drums import nearest_drums
from keras_musicgan.music.dynamics import dynamics, is_loudness
from keras_musicgan.utils.checks import check_memory

TONES, DRUMS, PADS = "tones", "drums", "pads"
ALL = "all"  # the values of a label
FIRST_PAD = 36
N_PADS, N_HITS = 16, 3  # by default
N_VALUE_LAYERS = 4  # velocity layers of a loudness that is a number
ONLY_LAYER = 127
REMEDY = "Ask for fewer sounds or conditions, or every third pitch."


@dataclass(frozen=True, eq=False)
class Recordings:
    """The clips of an instrument, one for each row.

    Attributes:
        kind: `TONES` of a model with `Pitch`, `DRUMS` of one with a `Label` of drums, `PADS` of any other.
        names: Names of the presets; of a single one without a label empty.
        preset: Index of the preset, int `[n]`.
        key: MIDI pitch, int `[n]`.
        velocity: MIDI velocity that the clip stands for, int `[n]`; several hits of a drum have the same.
        latents: float32 `[n, latent_dim]`.
        numbers: Dict of float32 `[n]` by the names of the model's conditions.
    """

    kind: str
    names: list[str]
    preset: np.ndarray
    key: np.ndarray
    velocity: np.ndarray
    latents: np.ndarray
    numbers: dict[str, np.ndarray]


def kind_of(gan: keras.Model) -> str:
    """What a model's clips are on a keyboard: `TONES`, `DRUMS` or `PADS`."""
    if "pitch" in gan.conditions:
        return TONES
    return PADS if drum_label(gan) is None else DRUMS


def recordings(
    gan: keras.Model,
    given: Mapping[str, object],
    seed: int | None = None,
    sounds: int | None = None,
    every: int = 1,
    hits: int | None = None,
    latents: np.ndarray | None = None,
    truncation: float | None = None,
) -> Recordings:
    """The clips to generate; arguments and errors as of `pack`."""
    kind = kind_of(gan)
    by_key = _name_by_key(gan, kind)
    lists = _lists(gan, given, by_key)
    combinations = [dict(zip(lists, values, strict=True)) for values in itertools.product(*lists.values())]
    sounds = _n_sounds(gan, kind, sounds, latents)
    hits = _n_hits(kind, hits, latents)
    loudness, velocities, levels = _layers(gan, lists)

    keys = _keys(gan, kind, every, sounds)
    n_sounds = 1 if kind == PADS else sounds  # of a combination
    sizes = (len(combinations), n_sounds, len(keys), hits, len(velocities))
    _check_memory(gan, math.prod(sizes))
    combination, sound, key, hit, layer = np.indices(sizes).reshape(5, -1)
    preset = combination * n_sounds + sound
    # The owner of a latent, and that of a draw of the conditions that are not given.
    if kind == DRUMS and latents is None:
        n_latents, of_latent = n_sounds * hits * N_PITCHES, (sound * hits + hit) * N_PITCHES + keys[key]
    else:
        n_latents, of_latent = sounds, key if kind == PADS else sound
    if latents is None:
        latents = gan.sample_latents(n_latents, seed, truncation)
    owner = preset if kind == TONES else (preset * len(keys) + key) * hits + hit

    _, firsts = np.unique(owner, return_index=True)
    columns = {name: [combinations[index][name] for index in combination[firsts]] for name in lists}
    if kind == TONES:
        columns["pitch"] = [int(np.median(keys))] * len(firsts)
    elif kind == DRUMS:
        drums = nearest_drums(gan.conditions[by_key].names)
        columns[by_key] = [drums[pitch] for pitch in keys[key[firsts]]]
    numbers = {name: column[owner] for name, column in gan.conditions.complete(columns, len(firsts), seed).items()}
    if kind == TONES:
        numbers["pitch"] = keys[key].astype("float32")
    if loudness is not None:
        numbers[loudness] = levels[layer]
    names = _names(combinations, lists, n_sounds)
    return Recordings(kind, names, preset, keys[key], velocities[layer], latents[of_latent], numbers)


def _check_memory(gan, n_clips):
    clip = gan.representation.length * gan.representation.channels
    n_bytes = 4.0 * 4 * n_clips * clip  # with a loop as long as the clip, at two levels
    check_memory(f"{n_clips:,} clips of {clip:,} samples", n_bytes, REMEDY)


def _name_by_key(gan, kind):
    """Name of the condition that the keys set."""
    if kind == DRUMS:
        return drum_label(gan).name
    return "pitch" if kind == TONES else None


def _lists(gan, given, by_key) -> dict[str, list]:
    """Given conditions as lists of values, `"all"` those of a label."""
    gan.conditions.check_known(given)
    lists = {}
    for name, values in given.items():
        condition = gan.conditions[name]
        if name == by_key:
            raise ValueError(
                f"The keys of an instrument set its condition {name!r}. Received: {name}={values!r}. Leave it out."
            )
        several = [values] if is_one(values) else list(values)
        if values == ALL and isinstance(condition, Label) and ALL not in condition.names:
            several = condition.names
        lists[name] = [condition.value(condition.number(value)) for value in several]
        if not lists[name] or len(set(lists[name])) < len(lists[name]):
            raise ValueError(f"`{name}` must be one value or several different ones. Received: {name}={values!r}")
    return lists


def _n_sounds(gan, kind, sounds, latents):
    n_keys = N_PITCHES - FIRST_PAD
    if latents is not None:
        if sounds not in (None, len(latents)):
            raise ValueError(
                f"`sounds` must be the number of latents, {len(latents)}, or be left out. Received: sounds={sounds}"
            )
        sounds = len(latents)
    if kind == PADS and sounds is not None and sounds > n_keys:
        raise ValueError(
            f"`sounds` of a model without `Pitch` must be at most {n_keys}, the keys from {FIRST_PAD} on. Received: "
            f"{sounds} sounds. Write several files, with other seeds."
        )
    return sounds or (N_PADS if kind == PADS else 1)


def _n_hits(kind, hits, latents):
    if hits is not None and hits > 1 and (kind != DRUMS or latents is not None):
        raise ValueError(
            "`hits` are drawn for the drums of a model with a `Label` of drums. Received: "
            f"hits={hits} {'with latents' if kind == DRUMS else 'for another model'}. Leave it out."
        )
    return hits or (N_HITS if kind == DRUMS and latents is None else 1)


def _layers(gan, given):
    """Name of the condition that velocities set, the velocities of the layers, and its numbers; `None` without one."""
    for condition in gan.conditions:
        if condition.name in given:
            continue
        if isinstance(condition, Label) and (found := dynamics(condition.names, condition.name)):
            numbers = [condition.number(name) for name in found]
            return condition.name, np.array(list(found.values())), np.array(numbers, "float32")
        if isinstance(condition, Value) and is_loudness(condition.name):
            shares = (np.arange(N_VALUE_LAYERS) + 0.5) / N_VALUE_LAYERS
            numbers = condition.low + shares * (condition.high - condition.low)
            return condition.name, np.rint(127 * shares).astype(int), numbers.astype("float32")
    return None, np.array([ONLY_LAYER]), None


def _keys(gan, kind, every, sounds):
    if kind != TONES and every != 1:
        raise ValueError(
            f"`every` leaves out pitches of a model with `Pitch`. Received: every={every} for another model. Leave it "
            "out."
        )
    if kind == TONES:
        pitch = gan.conditions["pitch"]
        first = pitch.low + (pitch.high - pitch.low) % every // 2  # as far from either end
        return np.arange(first, pitch.high + 1, every)
    if kind == DRUMS:
        return np.array(sorted(nearest_drums(drum_label(gan).names)))
    return FIRST_PAD + np.arange(sounds)


def _names(combinations: Sequence[Mapping], given, n_sounds):
    """The names of presets: what differs between them, or else the labels that all share."""
    shown = [name for name, values in given.items() if len(values) > 1]
    shown = shown or [name for name, (value, *_) in given.items() if isinstance(value, str)]
    names = []
    for combination in combinations:
        words = [value if isinstance(value, str) else f"{name} {value:g}" for name, value in combination.items()
                 if name in shown]  # fmt: skip
        base = " ".join(words)
        names += [base] if n_sounds == 1 else [f"{base or 'sound'} {number + 1}" for number in range(n_sounds)]
    return names
