"""Measures what a model makes, or any set of music, against real music that was held out."""

from collections.abc import Sequence

import keras
import numpy as np

from keras_musicgan.datasets.batches import Batches
from keras_musicgan.embeddings import Classifier, Embedding, LogMelPatches, NoteStatistics
from keras_musicgan.evaluation import sets
from keras_musicgan.evaluation.features import Features
from keras_musicgan.evaluation.intervals import deviations, interval
from keras_musicgan.evaluation.measures import measures_for
from keras_musicgan.evaluation.result import Estimate, Evaluation
from keras_musicgan.evaluation.sets import MusicSet
from keras_musicgan.utils.checks import check_positive_int

MIN_PIECES = 8  # of each set
EXAMPLES = 12


def evaluate(
    music: keras.Model | MusicSet,
    data: Batches | tuple[MusicSet, MusicSet],
    n: int = 1000,
    embedding: Embedding | None = None,
    classifier: Classifier | None = None,
    resamples: int = 200,
    seed: int = 0,
    name: str = "generated",
    remarks: Sequence[str] = (),
) -> Evaluation:
    """Measures music against real music that was held out, each number with its interval and beside its anchors.

    The anchors of a number are the same number for real music (training music against held-out: the best one can hope
    for) and for noise (the worst). What is measured, training music and noise have equally many pieces, since distances
    depend on it. Intervals are those of `evaluation.intervals`. What cannot be measured, for want of pieces or since
    the music does not have it, is left out and named with its reason.

    Args:
        music: A trained `MusicGAN`, which is told the conditions of the held-out music, or a `MusicSet`.
        data: Dataset of this package with a `held_out` part, split as it was for training; for a `MusicSet` two
            others, to train on and held out.
        n: Pieces of each set, at most; no more are measured than there are to train on.
        embedding: What distances are taken in; if not given `LogMelPatches` for sound and `NoteStatistics` for notes,
            fitted to the training music.
        classifier: `embeddings.Classifier` to ask what it hears, or `None`.
        resamples: Half-samples for the intervals.
        seed: Seed of latents, choices and half-samples.
        name: What to call what is measured.
        remarks: What else is to be known of it; kept in the result.

    Returns:
        `Evaluation`: its `text()` is a table, `figure()` a picture, and `save(stem)` writes JSON and PNG.

    Raises:
        ValueError: If a set has fewer than 8 pieces or holds NaN, sets are of different kinds, or a number is out of
            range.
        TypeError: If a `MusicSet` comes with a dataset.

    Example:
        >>> import keras_musicgan as km
        >>> gan = km.MusicGAN.from_preset("lecture", latent_dim=8, representation={"length": 16})
        >>> tunes = km.datasets.melodies(64, gan, held_out=0.5)
        >>> found = km.evaluation.evaluate(gan, tunes, resamples=20)
        >>> found["kernel"].best < found["kernel"].value  # an untrained model is further away than real tunes
        True
    """
    check_positive_int("n", n)
    check_positive_int("resamples", resamples)
    training, held_out = data if isinstance(data, tuple) else _real_sets(data, music, n, seed)
    _check_size("training", training)
    _check_size("held-out", held_out)
    n = min(n, len(training))
    if isinstance(music, MusicSet):
        generated = music.take(np.random.default_rng(seed).permutation(len(music))[:n])
    else:
        generated = sets.from_model(music, n, seed, like=held_out)
    _check_size(name, generated)
    n = len(generated)
    compared = {
        "generated": generated,
        "training": training.take(np.arange(n)),
        "noise": sets.noise_like(held_out, n, seed),
        "held-out": held_out,
    }
    _check_kinds(compared.values())
    embedding = fitted_embedding(training, len(held_out)) if embedding is None else embedding
    heard = {key: Features(pieces, embedding, classifier) for key, pieces in compared.items()}
    whole = Features(training, embedding, classifier)
    estimates, left_out = [], {}
    for measure in measures_for(heard["generated"], heard["held-out"], whole):
        title = measure.title_of(embedding, n)
        try:
            estimates.append(_estimate(measure, title, heard, resamples, seed))
        except ValueError as reason:
            left_out[title] = str(reason)
    return Evaluation(
        name,
        embedding.name,
        {key: len(compared[key]) for key in ("generated", "held-out", "training", "noise")},
        tuple(estimates),
        left_out,
        tuple(remarks),
        {key: each.vectors for key, each in heard.items()},
        {key: compared[key].take(np.arange(min(EXAMPLES, len(compared[key])))) for key in ("generated", "held-out")},
    )


def fitted_embedding(training: MusicSet, n_held_out: int) -> Embedding:
    """The embedding to measure in where none is given, fitted to training music.

    Sounds get 32 dimensions, or fewer where there are not four held-out clips for each: a Fréchet distance needs more
    clips than dimensions.
    """
    dims = max(min(32, 2 ** int(np.log2(min(len(training), n_held_out) / 4))), 2)
    embedding = LogMelPatches(dims) if training.is_audio else NoteStatistics()
    return embedding.fit(training.music, training.sample_rate)


def _estimate(measure, title, heard, resamples, seed):
    references = heard["held-out"]
    numbers = np.arange(len(references))

    def whole(candidates):
        return float(measure.prepare(candidates, references)(np.arange(len(candidates)), numbers))

    measured = measure.prepare(heard["generated"], references)
    value = float(measured(np.arange(len(heard["generated"])), numbers))
    spread = deviations(measured, len(heard["generated"]), len(references), resamples, seed)
    anchors = whole(heard[measure.best]), whole(heard[measure.worst])
    low, high = interval(value, spread)
    low = low if measure.unbiased else max(low, 0.0)
    high = min(high, 1.0) if measure.unit == "share" else high
    return Estimate(
        measure.key, title, measure.unit, measure.better, value, low, high, *anchors, measure.squared, spread
    )


def _real_sets(data, music, n, seed):
    """Music to train on and held out, of a dataset."""
    if isinstance(music, MusicSet):
        raise TypeError("A `MusicSet` is measured against a pair of them, (training, held_out). Received: a dataset")
    if data.held_out is None:
        raise ValueError(
            "`data` must have a part that is held out, to measure against. Received: a dataset without one. Make it "
            "with `held_out` above 0."
        )
    parts = (("training", data), ("held-out", data.held_out))
    return tuple(sets.from_dataset(name, part, music, n, seed) for name, part in parts)


def _check_size(name, pieces):
    if len(pieces) < MIN_PIECES:
        raise ValueError(
            f"Each set must have at least {MIN_PIECES} pieces, for numbers that mean something. Received: "
            f"{len(pieces)} in {name}. Give more music, or hold out a larger share of it."
        )


def _check_kinds(pieces):
    kinds = {each.name: f"audio at {each.sample_rate} Hz" if each.is_audio else "notes" for each in pieces}
    if len(set(kinds.values())) > 1:
        raise ValueError(f"All sets must be of one kind, audio at one sample rate or notes. Received: {kinds}")
