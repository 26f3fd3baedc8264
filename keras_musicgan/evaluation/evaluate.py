"""Measures generated music, or any set of music, against held-out real music."""

from collections.abc import Sequence

import keras
import numpy as np

from keras_musicgan.datasets.batches import Batches
from keras_musicgan.embeddings import Classifier, Embedding, LogMelPatches, NoteStatistics
from keras_musicgan.evaluation.features import Features
from keras_musicgan.evaluation.figure import SHOWN
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
    """Measures music against held-out real music: each number with its interval and its anchors.

    The anchors of a number are its values for real music (training music against held-out music, the best to be
    expected) and for noise (the worst). Measured music, training music and noise have equally many pieces, since
    distances depend on the number. Intervals come from `evaluation.intervals`. Measures that need more pieces, or
    notes that are missing, are left out and listed with the reason.

    Args:
        music: A trained `MusicGAN`, which is conditioned on the conditions of the held-out music, or a `MusicSet`.
        data: Dataset of this package with a `held_out` part, split as for training; for a `MusicSet` a tuple of two
            others, training and held-out music.
        n: Pieces of each set, at most; no more than there are training pieces.
        embedding: Embedding for distances; `None` for `LogMelPatches` (audio) or `NoteStatistics` (notes), fitted to
            the training music.
        classifier: `embeddings.Classifier` for measures of its label, or `None`.
        resamples: Half-samples for the intervals.
        seed: Seed of latents, choices and half-samples.
        name: Name of the measured music.
        remarks: Remarks to be kept in the result.

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
        >>> found["kernel"].best < found["kernel"].value  # an untrained model is farther away than real tunes
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
        generated = MusicSet.from_model(music, n, seed, like=held_out)
    _check_size(name, generated)
    n = len(generated)
    _check_kinds([generated, training, held_out])
    embedding = fitted_embedding(training, len(held_out)) if embedding is None else embedding
    whole = Features(training, embedding, classifier)
    features = {
        "generated": Features(generated, embedding, classifier),
        "held-out": Features(held_out, embedding, classifier),
        "training": whole if len(whole) == n else Features(training.take(np.arange(n)), embedding, classifier),
        "noise": Features(held_out.noise(n, seed), embedding, classifier),
    }
    estimates, left_out = [], {}
    for measure in measures_for(features["generated"], features["held-out"], whole):
        title = measure.title_for(embedding, n)
        try:
            estimates.append(_estimate(measure, title, features, resamples, seed))
        except ValueError as reason:
            left_out[title] = str(reason)
    return Evaluation(
        name,
        embedding.name,
        counts={key: len(each) for key, each in features.items()},
        estimates=tuple(estimates),
        left_out=left_out,
        remarks=tuple(remarks),
        points={key: each.vectors for key, each in features.items()},
        examples={key: features[key].pieces.take(range(len(features[key]))[:EXAMPLES]) for key in SHOWN},
    )


def fitted_embedding(training: MusicSet, n_held_out: int) -> Embedding:
    """The default embedding, fitted to training music.

    Audio gets 32 dimensions, or fewer, so that there are four held-out clips for each: a Fréchet distance needs more
    clips than dimensions.
    """
    dims = max(min(32, 2 ** int(np.log2(min(len(training), n_held_out) / 4))), 2)
    embedding = LogMelPatches(dims) if training.is_audio else NoteStatistics()
    return embedding.fit(training.music, training.sample_rate)


def _estimate(measure, title, features, resamples, seed):
    candidates, references = features["generated"], features["held-out"]

    def of_all(prepared, candidates):
        return float(prepared(np.arange(len(candidates)), np.arange(len(references))))

    prepared = measure.prepare(candidates, references)
    value = of_all(prepared, candidates)
    spread = deviations(prepared, len(candidates), len(references), resamples, seed)
    anchors = [
        of_all(measure.prepare(features[key], references), features[key]) for key in (measure.best, measure.worst)
    ]
    low, high = interval(value, spread)
    low = low if measure.unbiased else max(low, 0.0)
    high = min(high, 1.0) if measure.unit == "share" else high
    return Estimate(
        measure.key, title, measure.unit, measure.better, value, low, high, *anchors, measure.squared, spread
    )


def _real_sets(data, music, n, seed):
    """Training and held-out music of a dataset."""
    if isinstance(music, MusicSet):
        raise TypeError("`data` of a `MusicSet` must be a pair of them, (training, held_out). Received: a dataset")
    if data.held_out is None:
        raise ValueError(
            "`data` must have a held-out part, to measure against. Received: a dataset without one. Make it with "
            "`held_out` above 0."
        )
    parts = (("training", data), ("held-out", data.held_out))
    return tuple(MusicSet.from_dataset(name, part, music, n, seed) for name, part in parts)


def _check_size(name, pieces):
    if len(pieces) < MIN_PIECES:
        raise ValueError(
            f"Each set must have at least {MIN_PIECES} pieces, for meaningful numbers. Received: "
            f"{len(pieces)} in {name}. Give more music, or hold out a larger share of it."
        )


def _check_kinds(pieces):
    kinds = {each.name: f"audio at {each.sample_rate} Hz" if each.is_audio else "notes" for each in pieces}
    if len(set(kinds.values())) > 1:
        raise ValueError(f"All sets must be of one kind, audio at one sample rate or notes. Received: {kinds}")
