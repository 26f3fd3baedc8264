"""The measures of an evaluation, as functions of the pieces that take part."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from keras_musicgan import metrics
from keras_musicgan.conditions import Pitch
from keras_musicgan.embeddings import Embedding
from keras_musicgan.evaluation.features import Features
from keras_musicgan.metrics.memorization import is_authentic
from keras_musicgan.metrics.ndb import MIN_ITEMS_PER_BIN

Indices = np.ndarray
COPIES_BY_CHANCE = 0.01  # share of held-out pieces that are as near to training music as copies
MUSICALITY = {
    "in_scale_rate": ("notes in the best scale", "share"),
    "notes_per_bar": ("notes a bar", ""),
    "pitches_per_bar": ("pitches a bar", ""),
    "pitch_classes_per_bar": ("pitch classes a bar", ""),
    "qualified_note_rate": ("qualified notes", "share"),
    "chord_polyphony": ("notes in a chord", ""),
    "tonal_distance": ("tonal distance of two tracks", ""),
    "empty_bar_rate": ("empty bars", "share"),
}


@dataclass(frozen=True)
class Measure:
    """One measure of a set of music against real music.

    Args:
        key: Short name.
        title: Long name; `{embedding}` and `{n}` stand for the embedding's name and the number of pieces.
        better: `"lower"`, `"higher"` or `"as real"`.
        prepare: Function of the features of the set and of the real music. It returns the measure as a function of the
            indices of the pieces that take part, of the set and of the real music.
        unit: Its unit, or `""`.
        best: Name of the set with the best value.
        worst: Name of the set with the worst value.
        squared: Whether it is the square of a distance.
        unbiased: Whether it may fall below 0 by chance where the true value is 0.
    """

    key: str
    title: str
    better: str
    prepare: Callable[[Features, Features], Callable[[Indices, Indices], float]]
    unit: str = ""
    best: str = "training"
    worst: str = "noise"
    squared: bool = False
    unbiased: bool = False

    def title_for(self, embedding: Embedding, n: int) -> str:
        """The title in an evaluation with this embedding and number of pieces."""
        return self.title.format(embedding=embedding.name, n=f"{n:,}")


def measures_for(generated: Features, held_out: Features, training: Features) -> list[Measure]:
    """The measures that these sets allow.

    Args:
        generated: The music to be measured.
        held_out: The real music to measure against.
        training: All training music, to find copies of it.
    """
    found = [*_distances(), *_memorization(training)]
    if held_out.pieces.is_audio:
        found.append(Measure("diversity", "log-mel distance of two pieces", "as real", _diversity, "dB", "held-out"))
        if "pitch" in held_out.pieces.known:
            found += _pitches("pitch" in generated.pieces.known)
    if held_out.classifier is not None:
        label = held_out.classifier.network.label
        found += _classes(label, all(label in each.pieces.known for each in (generated, held_out)))
    if held_out.pieces.rolls is not None and generated.pieces.rolls is not None:
        found += _musicality(held_out.pieces.rolls.shape[-1])
    return found


def _distances():
    """Measures of the embeddings of two sets."""
    frechet, limit = (
        _of_both(function, "patches") for function in (metrics.frechet_distance, metrics.frechet_infinity)
    )
    title, limit_title = "Fréchet distance ({embedding}, n={n})", "Fréchet distance, limit for n → ∞ ({embedding})"
    precision, recall = "precision: generated that could be real", "recall: real that could be generated"
    return [
        Measure("frechet", title, "lower", frechet, squared=True),
        Measure("frechet_infinity", limit_title, "lower", limit, squared=True, unbiased=True),
        Measure("kernel", "kernel distance ({embedding})", "lower", _kernel, squared=True, unbiased=True),
        Measure("precision", precision, "higher", _of_both(metrics.precision), "share"),
        Measure("recall", recall, "higher", _of_both(metrics.recall), "share"),
        Measure("density", "density", "higher", _of_both(metrics.density)),
        Measure("coverage", "coverage", "higher", _of_both(metrics.coverage), "share"),
        Measure("ndb", "statistically different bins", "lower", _different_bins, "share"),
    ]


def _memorization(training):
    def rows(features):
        return features.spectrograms if features.pieces.is_audio else features.vectors

    def is_copy(candidates, references):
        quantile = max(COPIES_BY_CHANCE, 1 / len(references))
        return metrics.find_copies(rows(candidates), rows(training), rows(references), quantile).is_copy

    def authentic(candidates, _):
        return is_authentic(candidates.vectors, training.vectors)

    copies, variations = "copies of training music", "authentic: no variations of training music"
    return [
        Measure("copies", copies, "lower", _mean(is_copy), "share", "held-out", "training"),
        Measure("authenticity", variations, "higher", _mean(authentic), "share", "held-out", "training"),
    ]


def _pitches(target_known):
    def is_right(candidates, _):
        any_pitch = Pitch(0, 127)
        target = np.array([any_pitch.number(value) for value in candidates.pieces.known["pitch"]])
        return np.abs(candidates.pitch - target) <= 0.5

    entropy = _of_candidates(metrics.pitch_entropy, "pitch")
    found = [Measure("pitch_entropy", "entropy of pitches", "as real", entropy, "bit", "held-out")]
    if target_known:
        title = "clips at the target pitch"
        found.append(Measure("right_pitch", title, "higher", _mean(is_right), "share", "held-out"))
    return found


def _classes(label, target_known):
    def is_right(candidates, _):
        target = candidates.classifier.indices(candidates.pieces.known[label])
        return candidates.probabilities.argmax(axis=1) == target

    score, entropy = (
        _of_candidates(function, "probabilities") for function in (metrics.inception_score, metrics.class_entropy)
    )
    found = [
        Measure("inception_score", f"inception score ({label})", "higher", score, "", "held-out"),
        Measure("class_entropy", f"entropy of predicted {label}", "as real", entropy, "bit", "held-out"),
    ]
    if target_known:
        title = f"classified as the target {label}"
        found.append(Measure("right_label", title, "higher", _mean(is_right), "share", "held-out"))
    return found


def _musicality(n_tracks):
    def values(key):
        return _mean(lambda candidates, _: candidates.musicality[key])

    return [
        Measure(key, title, "as real", values(key), unit, "held-out")
        for key, (title, unit) in MUSICALITY.items()
        if n_tracks > 1 or key != "tonal_distance"
    ]


def _of_both(function, part="vectors"):
    """`prepare` of a function of the embeddings of both sets."""

    def prepare(candidates, references):
        a, b = getattr(candidates, part), getattr(references, part)
        return lambda some, others: function(a[some], b[others])

    return prepare


def _of_candidates(function, part):
    """`prepare` of a function of a feature of the measured set."""
    return lambda candidates, _: lambda some, _: function(getattr(candidates, part)[some])


def _mean(function):
    """`prepare` of the mean of a function's values for each piece, without those that are NaN."""

    def prepare(candidates, references):
        values = np.asarray(function(candidates, references), "float64")

        def mean(some, _):
            known = values[some][~np.isnan(values[some])]
            if not len(known):
                raise ValueError("Pieces must have the notes that it needs. Received: pieces without any")
            return known.mean()

        return mean

    return prepare


def _different_bins(candidates, references):
    """Share of bins that differ, of equally many bins for all and for half of the pieces."""
    bins = max(min(len(candidates), len(references)) // (4 * MIN_ITEMS_PER_BIN), 2)
    return lambda some, others: metrics.ndb(candidates.vectors[some], references.vectors[others], bins).share


def _kernel(candidates, references):
    """Kernel distance, from kernels that are computed once."""
    kernels = metrics.kernel_matrices(candidates.patches, references.patches)

    def distance(some, others):
        weights = np.zeros(len(candidates)), np.zeros(len(references))
        weights[0][some] = weights[1][others] = 1.0
        return kernels.distance(*weights)

    return distance


def _diversity(candidates, _):
    def mean(some, _):
        return candidates.distances[np.ix_(some, some)].sum() / (len(some) * (len(some) - 1))

    return mean
