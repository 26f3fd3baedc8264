"""The part of a model in a piece: the notes that it plays, and its inputs for each of them."""

from dataclasses import dataclass

import keras
import numpy as np

from keras_musicgan.conditions import Label
from keras_musicgan.generation.note_inputs import is_one, note_conditions, note_latents
from keras_musicgan.generation.octaves import in_range
from keras_musicgan.music.drums import drum_kind, drum_name, nearest_drums, ringing_seconds
from keras_musicgan.music.notes import Notes

N_PITCHES = 128


@dataclass(frozen=True, eq=False)
class Part:
    """The notes that a model plays.

    Attributes:
        gan: The model.
        notes: `keras_musicgan.notes.Notes`, all tones or all drums, with all tracks of the piece.
        seconds: Time for which each note is held, float64 `[n]`; infinite for a drum that nothing cuts off.
        latents: float32 `[n, latent_dim]`.
        numbers: Dict of float32 `[n]` by the names of the model's conditions.
        is_drum: Whether the notes are strokes of drums.
        changes: What is played otherwise than written, in words.
    """

    gan: keras.Model
    notes: Notes
    seconds: np.ndarray
    latents: np.ndarray
    numbers: dict[str, np.ndarray]
    is_drum: bool
    changes: list[str]

    @property
    def sample_rate(self) -> int:
        """Rate of the model in Hz."""
        return self.gan.representation.sample_rate


def tone_part(
    gan: keras.Model,
    notes: Notes,
    given: dict,
    seed: int | None,
    truncation: float | None,
    timbre: str,
    latents: np.ndarray | None,
    transpose: int,
) -> Part:
    """The part of a model with `Pitch`; arguments as of `play`, `notes` those of the model's tracks."""
    pitch = gan.conditions["pitch"]
    notes, changes = in_range(notes, pitch.low, pitch.high, transpose)
    latents = note_latents(gan, notes, timbre, seed, latents, truncation)
    given = {name: values for name, values in given.items() if name in gan.conditions}
    numbers = note_conditions(gan, notes, given, seed)
    return Part(gan, notes, notes.seconds_of_notes[1], latents, numbers, False, changes)


def drum_part(gan: keras.Model, notes: Notes, given: dict, seed: int | None, truncation: float | None) -> Part:
    """The part of a model in one track of drums; arguments as of `play`, `notes` those of the track.

    Every drum, that is every MIDI pitch, has one latent vector, and all strokes of it sound alike. A model with a
    `Label` of drums plays each with the label that is nearest to it; strokes without one are left out.
    """
    changes = []
    label = drum_label(gan)
    (track,) = np.unique(notes.track)
    given = {name: values if is_one(values) else values[track] for name, values in given.items()}
    given = {name: value for name, value in given.items() if name in gan.conditions}
    if label is not None:
        drums = nearest_drums(label.names)
        n_written = len(notes)
        has_label = np.isin(notes.pitch, list(drums))
        if not has_label.all():
            missing = ", ".join(map(drum_name, np.unique(notes.pitch[~has_label])))
            changes.append(
                f"{(~has_label).sum()} of {n_written} strokes left out: the model has no drum like {missing}"
            )
            notes = notes.where(has_label)
        others = {p: drums[p] for p in np.unique(notes.pitch) if drum_kind(drums[p]) != drum_kind(drum_name(p))}
        if others:
            words = ", ".join(f"{drum_name(pitch)} by {name}" for pitch, name in others.items())
            n_others = np.isin(notes.pitch, list(others)).sum()
            changes.append(f"{n_others} of {n_written} strokes played by other drums: {words}")
        given[label.name] = [drums.get(pitch, label.names[0]) for pitch in range(N_PITCHES)]
    latents = gan.sample_latents(N_PITCHES, seed, truncation)[notes.pitch]
    numbers = gan.conditions.complete(given, N_PITCHES, seed)
    numbers = {name: column[notes.pitch] for name, column in numbers.items()}
    seconds = ringing_seconds(notes.seconds_of_notes[0], notes.pitch)
    return Part(gan, notes, seconds, latents, numbers, True, changes)


def open_conditions(gan: keras.Model, is_drum: bool) -> list[str]:
    """Names of a model's conditions that notes do not set."""
    label = drum_label(gan) if is_drum else None
    return [name for name in gan.conditions.names if name != "pitch" and (label is None or name != label.name)]


def drum_label(gan: keras.Model) -> Label | None:
    """The condition whose names are those of drums, of several the one with the most; `None` if there is none."""
    labels = [condition for condition in gan.conditions if isinstance(condition, Label)]
    n_drums = [sum(drum_kind(name) is not None for name in label.names) for label in labels]
    return labels[int(np.argmax(n_drums))] if any(n_drums) else None
