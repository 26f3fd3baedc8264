"""What a page offers of a model: its keys, the conditions to choose from, and sounds with a walk between them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import keras
import numpy as np

from keras_musicgan.conditions import Label, Pitch
from keras_musicgan.generation import latents as latent_vectors
from keras_musicgan.utils.checks import check_number, check_positive_int

MAX_VALUES = 64  # of a condition to choose from
MAX_ROWS = 16  # of pads, one for each label
N_SOUNDS, N_PADS = 4, 16  # by default: of a page with keys or rows of labels, and of one with pads alone
N_STEPS = 4  # by default, from one sound to the next


@dataclass(frozen=True)
class Axis:
    """A condition with the values that a page offers.

    Attributes:
        name: Its name.
        values: Values as `generate` takes them.
    """

    name: str
    values: tuple


@dataclass(frozen=True)
class Layout:
    """Everything that can be played on a page: each key at each position of the walk with each choice of conditions.

    Attributes:
        keys: The condition whose values are keys: pitches of a keyboard or labels of pads; `None` for pads that are
            sounds alone.
        choices: The other conditions.
        n_sounds: Number of sounds, that is of latents.
        n_steps: Steps of the walk from one sound to the next.
    """

    keys: Axis | None
    choices: tuple[Axis, ...]
    n_sounds: int
    n_steps: int

    @property
    def n_positions(self) -> int:
        """Positions of the walk; every `n_steps`-th is a sound."""
        return (self.n_sounds - 1) * self.n_steps + 1

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of positions, of values of each choice, and of keys."""
        n_keys = 1 if self.keys is None else len(self.keys.values)
        return (self.n_positions, *(len(axis.values) for axis in self.choices), n_keys)

    @property
    def n_clips(self) -> int:
        """Number of clips."""
        return math.prod(self.shape)

    @property
    def clips_per_position(self) -> int:
        """Number of clips of one sound."""
        return math.prod(self.shape[1:])

    def conditions(self, clips: np.ndarray) -> dict[str, list]:
        """Values of all conditions for the clips with these numbers `[n]`, by name."""
        axes = [*self.choices, *([] if self.keys is None else [self.keys])]
        places = np.unravel_index(clips, self.shape)[1:]
        return {axis.name: [axis.values[index] for index in column] for axis, column in zip(axes, places, strict=False)}

    def path(self, gan: keras.Model, seed: int, truncation: float | None = None) -> np.ndarray:
        """The latents of all positions, `[n_positions, latent_dim]`; fewer sounds are the first of more."""
        return walk(gan, gan.sample_latents(self.n_sounds, seed, truncation), self.n_steps)


def walk(gan: keras.Model, latents: np.ndarray, steps: int) -> np.ndarray:
    """The latents of a walk from each sound to the next, `[(n_sounds − 1) · steps + 1, latent_dim]`."""
    method = latent_vectors.METHOD_OF[gan.latent_distribution]
    return latent_vectors.interpolate(latents, steps, method) if len(latents) > 1 else latents


def layout_of(
    gan: keras.Model,
    sounds: int | None = None,
    steps: int | None = None,
    pitches: tuple[object, object] | None = None,
    given: Mapping[str, object] | None = None,
) -> Layout:
    """The layout of a model's page before anything is left out of it.

    The keys are the pitches of a model with `Pitch`. Those of another model are the values of its first `Label` that
    has at most 16, or its sounds. A condition that is a number has its lowest, middle and highest value to choose from.

    Args:
        gan: `MusicGAN`.
        sounds: Number of sounds; by default 4, or 16 where they are the keys.
        steps: Steps from one sound to the next; by default 4.
        pitches: Lowest and highest pitch; by default the model's.
        given: Values of conditions to choose from, one or several by name, instead of all.

    Raises:
        ValueError: If a number or a value is out of range, the model has no such condition, or a condition has more
            than 64 values.
    """
    given = dict(given or {})
    gan.conditions.check_known(given)
    if pitches is not None:
        given["pitch"] = _pitch_range(gan, pitches, given)
    axes = [Axis(each.name, _values(each, given.get(each.name))) for each in gan.conditions]
    pitched = [axis for axis in axes if isinstance(gan.conditions[axis.name], Pitch)]
    labels = [axis for axis in axes if isinstance(gan.conditions[axis.name], Label) and len(axis.values) <= MAX_ROWS]
    keys = next(iter([*pitched, *labels]), None)
    choices = tuple(axis for axis in axes if axis is not keys)
    for axis in choices:
        if len(axis.values) > MAX_VALUES:
            raise ValueError(
                f"A page offers at most {MAX_VALUES} values of a condition. Received: {len(axis.values):,} of "
                f"`{axis.name}`. Name some: {axis.name}={axis.values[0]},{axis.values[1]}"
            )
    for name, number in (("sounds", sounds), ("steps", steps)):
        if number is not None:
            check_positive_int(name, number)
    return Layout(keys, choices, sounds or (N_PADS if keys is None else N_SOUNDS), steps or N_STEPS)


def fitted(layout: Layout, bytes_per_clip: float, megabytes: float, sounds: int | None, steps: int | None) -> Layout:
    """The layout with as many sounds and steps as fit into a size.

    Sounds are left out first, down to two with a walk between them, then steps of the walk; numbers that are asked for
    stay.

    Args:
        layout: The layout.
        bytes_per_clip: Size of a clip.
        megabytes: Largest size of all clips, in millions of bytes.
        sounds: Number of sounds that is asked for, or `None`.
        steps: Steps that are asked for, or `None`.

    Raises:
        ValueError: If nothing fits.

    Example:
        >>> layout = Layout(Axis("pitch", tuple(range(60, 72))), (), 4, 4)
        >>> small = fitted(layout, 10_000, 1.0, None, None)
        >>> small.n_sounds, small.n_steps
        (2, 4)
    """
    check_number("megabytes", megabytes, above=0)
    numbers_of_sounds = [layout.n_sounds] if sounds else [*range(layout.n_sounds, 1, -1)]
    numbers_of_steps = [layout.n_steps] if steps else [*range(layout.n_steps, 0, -1)]
    candidates = [
        *((n, numbers_of_steps[0]) for n in numbers_of_sounds),
        *((numbers_of_sounds[-1], n) for n in numbers_of_steps[1:]),
        *(() if sounds else ((1, layout.n_steps),)),
    ]
    for n_sounds, n_steps in candidates:
        smaller = replace(layout, n_sounds=n_sounds, n_steps=n_steps)
        if smaller.n_clips * bytes_per_clip <= megabytes * 1e6:
            return smaller
    axes = [*layout.choices, *([] if layout.keys is None else [layout.keys])]
    content = " and ".join([in_words(smaller), *(f"{len(axis.values):,} values of `{axis.name}`" for axis in axes)])
    raise ValueError(
        f"The page must fit into {megabytes:g} MB. Received: {smaller.n_clips:,} clips for {content}, "
        f"about {smaller.n_clips * bytes_per_clip / 1e6:,.1f} MB. Choose fewer values or pitches, "
        "fewer sounds or steps, or a larger size."
    )


def in_words(layout: Layout) -> str:
    """The sounds of a layout in words.

    Example:
        >>> in_words(Layout(None, (), 2, 4)), in_words(Layout(None, (), 1, 4))
        ('2 sounds 4 steps apart', '1 sound')
    """
    return "1 sound" if layout.n_sounds == 1 else f"{layout.n_sounds} sounds {layout.n_steps} steps apart"


def _pitch_range(gan, pitches, given):
    """All pitches from the lowest to the highest."""
    if "pitch" not in gan.conditions or "pitch" in given:
        reason = "`pitch` is given too" if "pitch" in given else "the model has no condition `pitch`"
        raise ValueError(
            f"`pitches` is the range of a model's pitches. Received: {pitches!r}, but {reason}. Leave it out."
        )
    low, high = (round(gan.conditions["pitch"].number(pitch)) for pitch in pitches)
    if low > high:
        raise ValueError(f"`pitches` must be a lowest and a highest pitch. Received: pitches={pitches!r}")
    return range(low, high + 1)


def _values(condition, given):
    """Values of a condition on a page: the given ones, each once, or those for all."""
    if given is not None:
        several = given if isinstance(given, Sequence | np.ndarray) and not isinstance(given, str) else [given]
        numbers = dict.fromkeys(condition.number(value) for value in several)
        numbers = sorted(numbers) if isinstance(condition, Pitch) else numbers
    elif isinstance(condition, Pitch):
        numbers = range(condition.low, condition.high + 1)
    elif isinstance(condition, Label):
        numbers = range(condition.width)
    else:
        numbers = np.linspace(condition.low, condition.high, 3)
    if not len(numbers):
        raise ValueError(f"`{condition.name}` must have a value. Received: {condition.name}={given!r}")
    return tuple(condition.value(number) for number in numbers)
