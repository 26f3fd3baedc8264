"""The diversity of a dataset, measured as that of generated clips."""

import dataclasses

import keras
import numpy as np

from keras_musicgan.datasets.batches import Batches
from keras_musicgan.metrics.collapse import SECONDS, diagnose
from keras_musicgan.music.synthesizer import render
from keras_musicgan.representations import NotesRepresentation, Representation

MAX_NOTES_RATE = 16000
MIN_PAIRS = 6
CLIPS_MEASURED, NOTES_MEASURED = 64, 16


def data_diversity(data: Batches, model: keras.Model, n: int | None = None, seed: int = 0) -> dict[str, float]:
    """The diversity of real clips, encoded and decoded by the model's representation.

    Args:
        data: Dataset.
        model: `MusicGAN` or `DataSpec` that the dataset was made for.
        n: Number of clips, at most, and of pairs; by default 64, or 16 of notes, which are slow to render.
        seed: Seed of the choice.

    Returns:
        Dict of mean log-mel distances in dB, as `metrics.diagnose` measures them: `data_diversity` of any two clips;
        for a model with conditions `data_conditional_diversity` of two with the same conditions, NaN if fewer than six
        pairs have these. Empty for a dataset of one clip.
    """
    if n is None:
        n = NOTES_MEASURED if isinstance(model.representation, NotesRepresentation) else CLIPS_MEASURED
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(data.n_clips)[:n]
    if len(chosen) < 2:
        return {}
    found = {"data_diversity": _measures(data, model, chosen)["output_diversity"]}
    if data.conditions:
        pairs = _pairs_alike(data.conditions, n, rng)
        within = float("nan")
        if len(pairs) >= MIN_PAIRS:
            groups = np.repeat(np.arange(len(pairs)), 2)
            within = _measures(data, model, pairs.ravel(), groups)["conditional_diversity"]
        found["data_conditional_diversity"] = within
    return found


def to_clips(representation: Representation, encoded: np.ndarray) -> tuple[np.ndarray, int]:
    """Clips to diagnose and their sample rate; of notes, which are slow to render, the beginning at a low rate."""
    if not isinstance(representation, NotesRepresentation):
        return representation.decode(encoded), representation.sample_rate
    rate = min(representation.sample_rate, MAX_NOTES_RATE)
    clips = np.zeros((len(encoded), SECONDS * rate, 1), "float32")
    for clip, notes in zip(clips, representation.to_notes(encoded), strict=True):
        beginning = notes.where(notes.to_seconds(notes.start) < SECONDS)
        sound = render(dataclasses.replace(beginning, length=0.0), rate)[: len(clip)]
        clip[: len(sound)] = sound
    return clips, rate


def _measures(data, model, chosen, groups=None):
    encoded = keras.ops.convert_to_numpy(model.representation(data.load(chosen)))
    return diagnose(*to_clips(model.representation, encoded), groups).measures


def _pairs_alike(conditions, n, rng):
    """Numbers of clips `[pairs, 2]` with the same conditions, at most `n` pairs and no clip twice."""
    rows = np.stack(list(conditions.values()), axis=1)
    order = rng.permutation(len(rows))
    _, group = np.unique(rows[order], axis=0, return_inverse=True)
    order, group = (values[np.argsort(group.ravel(), kind="stable")] for values in (order, group.ravel()))
    pairs, index = [], 0
    while index + 1 < len(order):
        alike = group[index] == group[index + 1]
        if alike:
            pairs.append(order[index : index + 2])
        index += 2 if alike else 1
    return rng.permutation(np.array(pairs, int).reshape(-1, 2))[:n]
