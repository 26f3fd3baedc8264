"""The latents and conditions of a model for each note of a piece."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from keras_musicgan.generation import latents as latent_vectors
from keras_musicgan.music.notes import Notes
from keras_musicgan.utils.checks import check_choice

TIMBRES = ("held", "wandering")
WANDER_SECONDS = 8.0  # from one drawn timbre to the next
WANDER_STEPS = 16  # timbres between them


def note_latents(
    gan: keras.Model,
    notes: Notes,
    timbre: str,
    seed: int | None,
    latents: np.ndarray | None,
    truncation: float | None = None,
) -> np.ndarray:
    """The latents of every note, float32 `[notes, latent_dim]`.

    Args:
        gan: `MusicGAN`.
        notes: `keras_musicgan.notes.Notes`.
        timbre: `"held"` for one timbre per track; `"wandering"` for a path through timbres along the piece.
        seed: Seed of the drawn latents.
        latents: Latents instead of drawn ones: for held timbres one for all tracks or one for each; for a wandering
            timbre at least two, a path from the beginning of the piece to its end, for all tracks.
        truncation: Largest number in drawn latents, as in `gan.generate`.

    Raises:
        ValueError: If the name is unknown, or the latents have another shape or number.
    """
    check_choice("timbre", timbre, TIMBRES)
    n_tracks = len(notes.tracks)
    onset_seconds = notes.to_seconds(notes.start)
    if latents is not None:
        latents = gan.check_latents(np.atleast_2d(np.asarray(latents, "float32")))
    if timbre == "held":
        if latents is None:
            latents = gan.sample_latents(n_tracks, seed, truncation)
        if len(latents) not in (1, n_tracks):
            raise ValueError(
                f"`latents` of held timbres must be one for all tracks, or one for each of {n_tracks}. "
                f"Received: {len(latents)} latents. With timbre='wandering' they are a path."
            )
        return np.broadcast_to(latents, (n_tracks, gan.latent_dim))[notes.track]
    method = latent_vectors.METHOD_OF[gan.latent_distribution]
    if latents is not None:
        steps = max(round(notes.seconds / WANDER_SECONDS * WANDER_STEPS / max(len(latents) - 1, 1)), 1)
        path = latent_vectors.interpolate(latents, steps, method)
        places = np.rint(onset_seconds / notes.seconds * (len(path) - 1)).astype(int)
        return path[places]
    n_points = int(notes.seconds // WANDER_SECONDS) + 2
    drawn = gan.sample_latents(n_tracks * n_points, seed, truncation).reshape(n_tracks, n_points, gan.latent_dim)
    paths = np.stack([latent_vectors.interpolate(points, WANDER_STEPS, method) for points in drawn])
    return paths[notes.track, np.rint(onset_seconds / WANDER_SECONDS * WANDER_STEPS).astype(int)]


def note_conditions(gan: keras.Model, notes: Notes, given: dict, seed: int | None) -> dict[str, np.ndarray]:
    """The numbers of all conditions for every note, float32 `[notes]` by name; only the pitch changes within a track.

    Args:
        gan: `MusicGAN` with `Pitch`.
        notes: `keras_musicgan.notes.Notes` in the model's range, of the tracks that it plays.
        given: Dict from a condition's name to one value, or one for each track of the piece; those for tracks without
            a note do not count. The others are drawn for each track to fit the given ones and the median pitch of the
            track.
        seed: Seed of the drawn conditions.

    Raises:
        ValueError: If a value is out of range.
    """
    n_tracks = len(notes.tracks)
    own = np.unique(notes.track)
    stand_in = np.full(n_tracks, own[0])  # another model plays the other tracks, so that their values may be unknown
    stand_in[own] = own
    values = {
        name: of_track if is_one(of_track) else [of_track[i] for i in stand_in] for name, of_track in given.items()
    }
    median = np.array([np.median(notes.pitch[notes.track == index]).round() for index in stand_in])
    numbers = gan.conditions.complete({**values, "pitch": median}, n_tracks, seed)
    return {**{name: values[notes.track] for name, values in numbers.items()}, "pitch": notes.pitch.astype("float32")}


def check_conditions(given: dict, names: Sequence[str], n_tracks: int) -> None:
    """Raises ValueError unless all conditions are known, with one value or one for each track.

    Args:
        given: Dict from names to values, as `note_conditions` takes it.
        names: The models' conditions that a piece of notes leaves open.
        n_tracks: Number of tracks of the piece.
    """
    for name, values in given.items():
        if name not in names:
            listed = ", ".join(map(repr, names)) or "none with these models"
            raise ValueError(
                f"`play` takes the conditions that notes do not set: {listed}. Received: {name}={values!r}. "
                "Leave it out."
            )
        if not is_one(values) and len(values) != n_tracks:
            raise ValueError(
                f"`{name}` must be one value, or one for each of {n_tracks} tracks. Received: {len(values)} values"
            )


def is_one(values: Any) -> bool:
    """Whether a condition is given as one value, for all tracks."""
    return isinstance(values, str) or not np.ndim(values)
