"""Sets of music to be measured: sounds or notes, generated, real, or noise."""

import dataclasses
from dataclasses import dataclass, field

import keras
import numpy as np
from keras import ops

from keras_musicgan.datasets.batches import Batches
from keras_musicgan.music.notes import Notes
from keras_musicgan.representations import NotesRepresentation, PianoRoll, Representation
from keras_musicgan.spectra.log_mel import check_clips
from keras_musicgan.utils.checks import check_positive_int

BATCH = 32


@dataclass(frozen=True)
class MusicSet:
    """Some pieces of music of one kind and what is known of each.

    Args:
        name: What to call the set.
        music: Clips, floating-point `[n, samples, channels]` in [−1, 1], or a list of `Notes`.
        sample_rate: Rate of the clips in Hz; `None` for notes.
        known: Dict from the name of a condition or label to an array `[n]` of values, as `generate` takes them.
        rolls: The same notes as rolls of 0 and 1, `[n, steps, pitches, tracks]`, or `None`.
        steps_per_bar: Steps of a bar of these, or `None`.

    Raises:
        ValueError: If there is no piece, the clips are not finite numbers of this shape, or what is known is not known
            of each.

    Example:
        >>> tones = MusicSet("tones", np.zeros((3, 8000, 1)), 8000, {"pitch": np.array([60, 62, 64])})
        >>> tones.take([2, 0]).known["pitch"].tolist()
        [64, 60]
    """

    name: str
    music: np.ndarray | list[Notes]
    sample_rate: int | None = None
    known: dict[str, np.ndarray] = field(default_factory=dict)
    rolls: np.ndarray | None = None
    steps_per_bar: int | None = None

    def __post_init__(self):
        if self.is_audio:
            check_clips(self.name, self.music)
            check_positive_int("sample_rate", self.sample_rate)
        if not len(self.music):
            raise ValueError(f"`{self.name}` must hold at least one piece. Received: none")
        for name, values in self.known.items():
            if len(values) != len(self):
                raise ValueError(
                    f"`known` must hold one value for each of the {len(self)} pieces of {self.name}. Received: "
                    f"{name!r} with {len(values)}"
                )

    def __len__(self):
        return len(self.music)

    @property
    def is_audio(self) -> bool:
        """Whether the music is sound, not notes."""
        return not isinstance(self.music, list)

    def take(self, indices: np.ndarray) -> "MusicSet":
        """The pieces of these numbers."""
        indices = np.asarray(indices, int)
        return MusicSet(
            self.name,
            self.music[indices] if self.is_audio else [self.music[index] for index in indices],
            self.sample_rate,
            {name: np.asarray(values)[indices] for name, values in self.known.items()},
            None if self.rolls is None else self.rolls[indices],
            self.steps_per_bar,
        )


def from_dataset(name: str, data: Batches, model: keras.Model, n: int, seed: int = 0) -> MusicSet:
    """At most `n` clips of a dataset, drawn without repetition.

    Args:
        name: What to call the set.
        data: A dataset of this package.
        model: What it was made for: a `MusicGAN`, or another object with a `representation` and `conditions`.
        n: Number of clips.
        seed: Seed of the choice.
    """
    chosen = np.random.default_rng(seed).permutation(data.n_clips)[:n]
    clips = data.load(chosen)
    known = {label: np.asarray(values)[chosen] for label, values in data.labels.items()}
    numbers = {name: values[chosen] for name, values in (data.conditions or {}).items()}
    known.update(_values(model.conditions, numbers))
    if isinstance(model.representation, NotesRepresentation):
        return from_encoded(name, _encoded(model.representation, clips), model.representation, known)
    return MusicSet(name, clips, model.representation.sample_rate, known)


def from_model(model: keras.Model, n: int, seed: int = 0, like: MusicSet | None = None) -> MusicSet:
    """Clips that a model generates.

    Args:
        model: `MusicGAN`.
        n: Number of clips.
        seed: Seed of the latents.
        like: Set whose conditions the model is told, over and over; drawn as the training data have them if not given.
    """
    latents, numbers = model.draw(n, seed, **conditions_like(model, like, n))
    encoded = model.generate_encoded(latents=latents, **numbers)
    return from_encoded("generated", encoded, model.representation, _values(model.conditions, numbers))


def conditions_like(model: keras.Model, like: MusicSet | None, n: int) -> dict[str, list]:
    """The conditions of a set's pieces, over and over for `n` pieces, as `MusicGAN.generate` takes them."""
    known = {} if like is None else like.known
    return {name: np.resize(known[name], n).tolist() for name in model.conditions.names if name in known}


def from_encoded(name: str, encoded: np.ndarray, representation: Representation, known: dict | None = None) -> MusicSet:
    """The music of encoded clips `[n, *encoded_shape]`.

    Raises:
        ValueError: If they are not finite, as those of a model that has diverged.
    """
    if not np.isfinite(encoded).all():
        raise ValueError(
            f"`{name}` must be finite numbers. Received: clips with NaN or infinity. A model that makes them has "
            "diverged: go back to an earlier checkpoint, or train with a lower learning rate."
        )
    if not isinstance(representation, NotesRepresentation):
        return MusicSet(name, representation.decode(encoded), representation.sample_rate, known or {})
    rolls = (encoded > 0.5, representation.steps_per_bar) if isinstance(representation, PianoRoll) else ()
    return MusicSet(name, representation.to_notes(encoded), None, known or {}, *rolls)


def noise_like(like: MusicSet, n: int, seed: int = 0) -> MusicSet:
    """What no model should come near: white noise as loud as a set, or a set's notes thrown about at random.

    Args:
        like: The set; what is known of its pieces is said of the noise.
        n: Number of pieces.
        seed: Seed.
    """
    rng = np.random.default_rng(seed)
    known = {name: np.resize(values, n) for name, values in like.known.items()}
    if like.is_audio:
        level = np.sqrt(np.mean(np.square(like.music, dtype="float64")))
        noise = rng.normal(0, level, (n, *like.music.shape[1:])).clip(-1, 1)
        return MusicSet("noise", noise.astype("float32"), like.sample_rate, known)
    pieces = [like.music[index % len(like)] for index in range(n)]
    pitches, starts = (np.concatenate([getattr(piece, part) for piece in like.music]) for part in ("pitch", "start"))
    thrown = [
        dataclasses.replace(
            piece, pitch=rng.choice(pitches, len(piece.pitch)), start=rng.choice(starts, len(piece.start))
        )
        for piece in pieces
    ]
    rolls = None
    if like.rolls is not None:
        rolls = np.resize(like.rolls, (n, *like.rolls.shape[1:]))
        rolls = rng.permuted(rolls.ravel()).reshape(rolls.shape)
    return MusicSet("noise", thrown, None, known, rolls, like.steps_per_bar)


def _encoded(representation, clips):
    batches = (clips[first : first + BATCH] for first in range(0, len(clips), BATCH))
    return np.concatenate([ops.convert_to_numpy(representation(batch)) for batch in batches])


def _values(conditions, numbers):
    return {name: np.array(values) for name, values in conditions.values(numbers).items()}
