"""Measures generated music, or any set of music, against held-out real music."""

from collections.abc import Sequence

import keras
import numpy as np

from keras_musicgan.datasets.batches import Batches
from keras_musicgan.embeddings import Classifier, Embedding
from keras_musicgan.evaluation.figure import SHOWN
from keras_musicgan.evaluation.intervals import deviations, interval
from keras_musicgan.evaluation.measures import measures_for
from keras_musicgan.evaluation.real_music import RealMusic, check_kinds, check_size
from keras_musicgan.evaluation.result import Estimate, Evaluation
from keras_musicgan.evaluation.sets import MusicSet
from keras_musicgan.utils.checks import check_positive_int

EXAMPLES = 12


def evaluate(
    music: keras.Model | MusicSet,
    data: Batches | tuple[MusicSet, MusicSet] | RealMusic,
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
            others, training and held-out music. A `RealMusic` of them, with its embedding and classifier, serves any
            number of calls, and its features are computed once.
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
        TypeError: If a `MusicSet` comes with a dataset, or a `RealMusic` with another embedding or classifier.

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
    real = _real_music(data, music, n, seed, embedding, classifier)
    held_out, n = real.held_out.pieces, min(n, len(real.training))
    if isinstance(music, MusicSet):
        generated = music.take(np.random.default_rng(seed).permutation(len(music))[:n])
    else:
        generated = MusicSet.from_model(music, n, seed, like=held_out)
    check_size(name, generated)
    check_kinds([generated, held_out])
    n = len(generated)
    features = {"generated": real.features(generated), "held-out": real.held_out, **real.anchors(n, seed)}
    estimates, left_out = [], {}
    for measure in measures_for(features["generated"], real.held_out, real.training):
        title = measure.title_for(real.embedding, n)
        try:
            estimates.append(_estimate(measure, title, features, resamples, seed))
        except ValueError as reason:
            left_out[title] = str(reason)
    return Evaluation(
        name,
        real.embedding.name,
        counts={key: len(each) for key, each in features.items()},
        estimates=tuple(estimates),
        left_out=left_out,
        remarks=tuple(remarks),
        points={key: each.vectors for key, each in features.items()},
        examples={key: features[key].pieces.take(range(len(features[key]))[:EXAMPLES]) for key in SHOWN},
    )


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


def _real_music(data, music, n, seed, embedding, classifier):
    """The music to measure against: of a dataset, of two sets, or given as such."""
    if isinstance(data, RealMusic):
        if embedding is not None or classifier is not None:
            raise TypeError(
                "A `RealMusic` has its own embedding and classifier. Received: another beside it. Leave it out."
            )
        return data
    if isinstance(data, tuple):
        return RealMusic(*data, embedding, classifier)
    if isinstance(music, MusicSet):
        raise TypeError("`data` of a `MusicSet` must be a pair of them, (training, held_out). Received: a dataset")
    if data.held_out is None:
        raise ValueError(
            "`data` must have a held-out part, to measure against. Received: a dataset without one. Make it with "
            "`held_out` above 0."
        )
    parts = (("training", data), ("held-out", data.held_out))
    return RealMusic(*(MusicSet.from_dataset(*part, music, n, seed) for part in parts), embedding, classifier)
