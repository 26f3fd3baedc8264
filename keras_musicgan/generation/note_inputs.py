"""The notes of a piece that a model can play, and its latents and conditions for each of them."""

import dataclasses

import keras
import numpy as np

from keras_musicgan.generation import latents as latent_vectors
from keras_musicgan.music.notes import Notes
from keras_musicgan.utils.checks import check_choice

TIMBRES = ("held", "wandering")
WANDER_SECONDS = 8.0  # from one drawn timbre to the next
WANDER_STEPS = 16  # timbres between them


def playable(notes: Notes, low: int, high: int) -> tuple[Notes, list[str]]:
    """A piece without drums, whose notes outside a range of pitches are moved into it by octaves.

    Args:
        notes: `keras_musicgan.notes.Notes`.
        low: Lowest MIDI pitch.
        high: Highest MIDI pitch.

    Returns:
        `Notes` in [low, high] with all tracks of the piece, and a list of the changes in words.

    Raises:
        ValueError: If there is no note, only drums, or a pitch that is in the range in no octave.

    Example:
        >>> playable(Notes([0, 1], [1, 1], [59, 60]), 60, 71)[1]
        ['1 of 2 notes moved by octaves into the range 60 to 71: 1 up, 0 down']
    """
    if not len(notes):
        raise ValueError("A piece to play must hold a note. Received: no notes")
    changes = []
    is_drum = np.array([track.is_drum for track in notes.tracks])[notes.track]
    if is_drum.all():
        raise ValueError(
            f"A piece to play must hold tones. Received: {len(notes)} notes, all of drums. `synth.render` plays drums."
        )
    if is_drum.any():
        names = sorted({notes.tracks[index].name or f"track {index + 1}" for index in notes.track[is_drum]})
        changes.append(f"{is_drum.sum()} of {len(notes)} notes left out: drums ({', '.join(names)})")
        notes = notes.where(~is_drum)
    up = -(-np.maximum(low - notes.pitch, 0) // 12)
    down = -(-np.maximum(notes.pitch - high, 0) // 12)
    pitch = notes.pitch + 12 * (up - down)
    beyond = np.unique(notes.pitch[(pitch < low) | (pitch > high)])
    if len(beyond):
        raise ValueError(
            "The model's range must hold every pitch of the piece in some octave. Received: a range of "
            f"{low} to {high} and {_listed(beyond)}. Transpose the piece, or train with a wider `Pitch`."
        )
    moved = (up + down) > 0
    if moved.any():
        changes.append(
            f"{moved.sum()} of {len(notes)} notes moved by octaves into the range {low} to {high}: "
            f"{(up > 0).sum()} up, {(down > 0).sum()} down"
        )
        notes = dataclasses.replace(notes, pitch=pitch)
    return notes, changes


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
        notes: `keras_musicgan.notes.Notes` in the model's range.
        given: Dict from a condition's name to one value, or one for each track; the others are drawn for each track
            to fit the given ones and the median pitch of the track.
        seed: Seed of the drawn conditions.

    Raises:
        ValueError: If a name is unknown, a value is out of range, or a list has another length.
    """
    if "pitch" in given:
        raise ValueError("The notes set the condition `pitch`. Received: pitch as an argument. Leave it out.")
    n_tracks = len(notes.tracks)
    for name, values in given.items():
        if not isinstance(values, str) and np.ndim(values) and len(values) != n_tracks:
            raise ValueError(
                f"`{name}` must be one value, or one for each of {n_tracks} tracks. Received: {len(values)} values"
            )
    median = np.full(n_tracks, np.median(notes.pitch).round())
    for index in np.unique(notes.track):
        median[index] = np.median(notes.pitch[notes.track == index]).round()
    numbers = gan.conditions.complete({**given, "pitch": median}, n_tracks, seed)
    return {**{name: values[notes.track] for name, values in numbers.items()}, "pitch": notes.pitch.astype("float32")}


def _listed(pitches):
    return ("pitch " if len(pitches) == 1 else "pitches ") + ", ".join(map(str, pitches[:8]))
