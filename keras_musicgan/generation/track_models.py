"""The model that plays each track of a piece."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import keras

from keras_musicgan.music.notes import Notes

Models: TypeAlias = keras.Model | Mapping[int | str | None, keras.Model]


def models_of_tracks(gan: Models, drums: keras.Model | None, notes: Notes) -> list[keras.Model | None]:
    """The model of each track, `None` for tracks that nothing plays.

    Args:
        gan: A model for all tracks of tones, or a dict from a track's index or name to its model, with the key `None`
            for all other tracks of tones.
        drums: Model of the tracks of drums that the dict does not name.
        notes: `keras_musicgan.notes.Notes`.

    Raises:
        TypeError: If a model is not one of audio.
        ValueError: If the piece has no such track, two keys stand for one, or a model of tones has no `Pitch`.
    """
    models = dict(gan) if isinstance(gan, Mapping) else {None: gan}
    others = models.pop(None, None)
    of_track = [drums if track.is_drum else others for track in notes.tracks]
    named: dict[int, int | str | None] = {}
    for key, model in models.items():
        for index in _indices(key, notes):
            if index in named:
                raise ValueError(
                    f"A track has one model. Received: track {index} ({notes.track_name(index)!r}) as {named[index]!r} "
                    f"and as {key!r}. Leave one out."
                )
            named[index] = key
            of_track[index] = model
    for model, track in zip(of_track, notes.tracks, strict=True):
        if model is not None:
            _check_model(model, track.is_drum)
    return of_track


def distinct(models: Sequence[keras.Model | None]) -> list[keras.Model]:
    """Each model once, in the order of the tracks."""
    return list({id(model): model for model in models if model is not None}.values())


def highest_rate(gan: Models, drums: keras.Model | None) -> int:
    """The highest sample rate of all models in Hz; arguments as of `models_of_tracks`."""
    models = [*(gan.values() if isinstance(gan, Mapping) else [gan]), drums]
    return max(model.representation.sample_rate for model in models if model is not None)


def _indices(key, notes):
    """The tracks for which a key of the dict stands: an index, or a name, which several may have."""
    if isinstance(key, str):
        found = [index for index, track in enumerate(notes.tracks) if track.name == key]
    else:
        found = [key] if key in range(len(notes.tracks)) else []
    if not found:
        listed = ", ".join(
            f"{index}" + (f" ({track.name}{', drums' * track.is_drum})" if track.name else " (drums)" * track.is_drum)
            for index, track in enumerate(notes.tracks)
        )
        raise ValueError(f"A track must be one of the piece: {listed}. Received: track {key!r}")
    return found


def _check_model(model, is_drum):
    representation = model.representation
    if not hasattr(representation, "waveform"):
        raise TypeError(
            "`play` needs a model of the audio domain. Received: a model whose representation is "
            f"{type(representation).__name__}. `synth.render` plays the notes of other models."
        )
    if not is_drum and "pitch" not in model.conditions:
        names = ", ".join(condition.name for condition in model.conditions)
        raise ValueError(
            "`play` needs a model that was trained with the condition `Pitch`. Received: a model "
            + (f"with {names}" if names else "without conditions")
            + ". Train one with conditions=[Pitch(low, high)]; a model of drums goes to `drums`."
        )
