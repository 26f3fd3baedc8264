"""Sets of music to be measured: generated music, real music, or noise."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import keras
import numpy as np
from keras import ops

from keras_musicgan.datasets.batches import Batches
from keras_musicgan.datasets.spec import DataSpec
from keras_musicgan.music.notes import Notes
from keras_musicgan.representations import NotesRepresentation, PianoRoll, Representation
from keras_musicgan.spectra.log_mel import check_clips, fitting_n_mels, log_mel_spectrograms
from keras_musicgan.utils.batching import in_batches
from keras_musicgan.utils.checks import check_positive_int


@dataclass(frozen=True)
class MusicSet:
    """Pieces of music of one kind, with the known conditions and labels of each.

    Args:
        name: Name of the set.
        music: Clips, floating-point `[n, samples, channels]` in [−1, 1], or a list of `Notes`.
        sample_rate: Rate of the clips in Hz; `None` for notes.
        known: Dict from the name of a condition or label to its values `[n]`, as `generate` takes them.
        rolls: The same notes as rolls of 0 and 1, `[n, steps, pitches, tracks]`, or `None`.
        steps_per_bar: Steps in a bar of the rolls, or `None`.

    Raises:
        ValueError: If there is no piece, the clips are not finite numbers of this shape, or `known` has not one value
            for each piece.

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

    @classmethod
    def from_dataset(cls, name: str, data: Batches, model: keras.Model | DataSpec, n: int, seed: int = 0) -> "MusicSet":
        """Clips of a dataset, drawn at random without repetition.

        Args:
            name: Name of the set.
            data: Dataset of this package.
            model: Model or `DataSpec` that the dataset was made for.
            n: Number of clips, at most.
            seed: Seed of the choice.
        """
        chosen = np.random.default_rng(seed).permutation(data.n_clips)[:n]
        clips = data.load(chosen)
        known = {label: np.asarray(values)[chosen] for label, values in data.labels.items()}
        numbers = {name: values[chosen] for name, values in (data.conditions or {}).items()}
        known.update(_values(model.conditions, numbers))
        representation = model.representation.lossless()
        if not isinstance(representation, NotesRepresentation):
            return cls(name, clips, representation.sample_rate, known)
        encoded = in_batches(lambda batch: ops.convert_to_numpy(representation(batch)), clips)
        return cls.from_encoded(name, encoded, representation, known)

    @classmethod
    def from_model(cls, model: keras.Model, n: int, seed: int = 0, like: "MusicSet | None" = None) -> "MusicSet":
        """Clips that a model generates.

        Args:
            model: `MusicGAN`.
            n: Number of clips.
            seed: Seed of the latents.
            like: Set whose conditions the clips get, repeated as needed; if `None`, conditions are drawn as the
                training data have them.
        """
        conditions = {} if like is None else like.conditions_for(model, n)
        latents, numbers = model.draw(n, seed, **conditions)
        encoded = model.generate_encoded(latents=latents, **numbers)
        return cls.from_encoded("generated", encoded, model.representation, _values(model.conditions, numbers))

    @classmethod
    def from_encoded(
        cls, name: str, encoded: np.ndarray, representation: Representation, known: dict | None = None
    ) -> "MusicSet":
        """The music of encoded clips `[n, *encoded_shape]`.

        Raises:
            ValueError: If they are not finite, as those of a model that has diverged.
        """
        if not np.isfinite(encoded).all():
            raise ValueError(
                f"`{name}` must be finite numbers. Received: clips with NaN or infinity. The model that generated them "
                "has diverged: go back to an earlier checkpoint, or train with a lower learning rate."
            )
        if not isinstance(representation, NotesRepresentation):
            return cls(name, representation.decode(encoded), representation.sample_rate, known or {})
        rolls = (
            (representation.to_rolls(encoded), representation.steps_per_bar)
            if isinstance(representation, PianoRoll)
            else ()
        )
        return cls(name, representation.to_notes(encoded), None, known or {}, *rolls)

    def __len__(self):
        return len(self.music)

    @property
    def is_audio(self) -> bool:
        """Whether the music is audio, not notes."""
        return not isinstance(self.music, list)

    def clips(self) -> tuple[np.ndarray, int]:
        """The clips of a set of audio and their sample rate; a TypeError for notes."""
        if isinstance(self.music, list) or self.sample_rate is None:
            raise TypeError(f"`{self.name}` must be audio for this. Received: notes")
        return self.music, self.sample_rate

    @cached_property
    def spectrograms(self) -> np.ndarray:
        """Log-mel spectrograms of clips in dB of full scale, `[n, frames, bands]`; computed when first used."""
        clips, rate = self.clips()
        return log_mel_spectrograms(clips, rate, fitting_n_mels(rate))

    def take(self, indices: Sequence[int] | np.ndarray) -> "MusicSet":
        """The pieces of these indices."""
        indices = np.asarray(indices, int)
        music = self.music
        return dataclasses.replace(
            self,
            music=[music[index] for index in indices] if isinstance(music, list) else music[indices],
            known={name: np.asarray(values)[indices] for name, values in self.known.items()},
            rolls=None if self.rolls is None else self.rolls[indices],
        )

    def conditions_for(self, model: keras.Model, n: int) -> dict[str, list]:
        """The known conditions of a model, repeated for `n` pieces, as `MusicGAN.generate` takes them."""
        names = [name for name in model.conditions.names if name in self.known]
        return {name: np.resize(self.known[name], n).tolist() for name in names}

    def noise(self, n: int, seed: int = 0) -> "MusicSet":
        """`n` pieces of noise with the same known values: white noise of the same level, or randomly placed notes."""
        rng = np.random.default_rng(seed)
        known = {name: np.resize(values, n) for name, values in self.known.items()}
        if self.is_audio:
            clips, sample_rate = self.clips()
            level = np.sqrt(np.mean(np.square(clips, dtype="float64")))
            noise = rng.normal(0, level, (n, *clips.shape[1:])).clip(-1, 1)
            return MusicSet("noise", noise.astype("float32"), sample_rate, known)
        pieces = [self.music[index % len(self)] for index in range(n)]
        pitches, starts = (np.concatenate([getattr(piece, of) for piece in self.music]) for of in ("pitch", "start"))
        shuffled = [
            dataclasses.replace(piece, pitch=rng.choice(pitches, len(piece)), start=rng.choice(starts, len(piece)))
            for piece in pieces
        ]
        rolls = None
        if self.rolls is not None:
            rolls = np.resize(self.rolls, (n, *self.rolls.shape[1:]))
            rolls = rng.permuted(rolls.ravel()).reshape(rolls.shape)
        return MusicSet("noise", shuffled, None, known, rolls, self.steps_per_bar)


def _values(conditions, numbers):
    return {name: np.array(values) for name, values in conditions.values(numbers).items()}
