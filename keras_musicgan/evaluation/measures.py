"""What is measured of a set of music, as functions of which of its pieces and which of the real ones take part."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from keras_musicgan import metrics
from keras_musicgan.conditions import Pitch
from keras_musicgan.embeddings import Embedding
from keras_musicgan.evaluation.features import Features
from keras_musicgan.metrics.ndb import MIN_ITEMS_PER_BIN

Numbers = np.ndarray
COPIES_BY_CHANCE = 0.01  # share of held-out pieces that are as near to training music as a copy is
OF_ROLLS = {
    "in_scale_rate": ("notes in the best scale", "share"),
    "notes_per_bar": ("notes a bar", ""),
    "pitches_per_bar": ("pitches a bar", ""),
    "chord_polyphony": ("notes in a chord", ""),
    "empty_bar_rate": ("empty bars", "share"),
}


@dataclass(frozen=True)
class Measure:
    """One measure of a set of music against real music.

    Args:
        key: Short name.
        title: What it is; `{embedding}` and `{n}` stand for the embedding's name and the number of pieces.
        better: `"lower"`, `"higher"` or `"as real"`.
        prepare: Function of the set and of the real one that works out what the measure needs of all pieces, and
            gives the measure as a function of the numbers of those that take part, of the set and of the real one.
        unit: Its unit, or `""`.
        best: Name of the set that has the best value.
        worst: Name of the set that has the worst.
        squared: Whether it is the square of a distance.
        unbiased: Whether it may lie below 0 by chance where the truth is 0.
    """

    key: str
    title: str
    better: str
    prepare: Callable[[Features, Features], Callable[[Numbers, Numbers], float]]
    unit: str = ""
    best: str = "training"
    worst: str = "noise"
    squared: bool = False
    unbiased: bool = False

    def title_of(self, embedding: Embedding, n: int) -> str:
        """The title of an evaluation with this embedding and number of pieces."""
        return self.title.format(embedding=embedding.name, n=f"{n:,}")


def measures_for(generated: Features, held_out: Features, training: Features) -> list[Measure]:
    """The measures that these sets allow.

    Args:
        generated: What is measured.
        held_out: The real music to measure against.
        training: All music that was trained on, to find copies of it.
    """
    found = [*_distances(), _copies(training)]
    if held_out.pieces.is_audio:
        found.append(Measure("diversity", "log-mel distance of two pieces", "as real", _diversity, "dB", "held-out"))
    if all("pitch" in each.pieces.known for each in (generated, held_out)) and held_out.pieces.is_audio:
        found.append(Measure("right_pitch", "heard at the asked pitch", "higher", _right_pitch, "share", "held-out"))
    if held_out.classifier is not None:
        found += _of_classifier(generated, held_out)
    if held_out.pieces.rolls is not None and generated.pieces.rolls is not None:
        found += [
            Measure(key, title, "as real", _musicality(key), unit, "held-out")
            for key, (title, unit) in OF_ROLLS.items()
        ]
    return found


def _distances():
    """Measures of how the embeddings of two sets lie."""
    patches = "patches"  # every patch counts
    return [
        Measure(
            "frechet",
            "Fréchet distance ({embedding}, n={n})",
            "lower",
            _of(metrics.frechet_distance, patches),
            squared=True,
        ),
        Measure(
            "frechet_infinity",
            "Fréchet distance, limit for n → ∞ ({embedding})",
            "lower",
            _of(metrics.frechet_infinity, patches),
            squared=True,
            unbiased=True,
        ),
        Measure("kernel", "kernel distance ({embedding})", "lower", _kernel, squared=True, unbiased=True),
        Measure("precision", "precision: generated that could be real", "higher", _of(metrics.precision), "share"),
        Measure("recall", "recall: real that could be generated", "higher", _of(metrics.recall), "share"),
        Measure("density", "density", "higher", _of(metrics.density)),
        Measure("coverage", "coverage", "higher", _of(metrics.coverage), "share"),
        Measure("ndb", "statistically different bins", "lower", _different_bins, "share"),
    ]


def _of(function, part="vectors"):
    """A measure of the embeddings of those that take part."""

    def prepare(candidates, references):
        a, b = getattr(candidates, part), getattr(references, part)
        return lambda some, others: function(a[some], b[others])

    return prepare


def _different_bins(candidates, references):
    """The share of bins that differ, of equally many bins for all and for half of the pieces."""
    bins = max(min(len(candidates), len(references)) // (4 * MIN_ITEMS_PER_BIN), 2)

    def share(some, others):
        return metrics.ndb(candidates.vectors[some], references.vectors[others], bins).share

    return share


def _kernel(candidates, references):
    """The kernel distance, from kernels that are worked out once."""
    kernels = metrics.kernel_matrices(candidates.patches, references.patches)

    def distance(some, others):
        weights = np.zeros(len(candidates)), np.zeros(len(references))
        weights[0][some] = weights[1][others] = 1.0
        return kernels.distance(*weights)

    return distance


def _copies(training):
    def rows(heard):
        return heard.spectrograms if heard.pieces.is_audio else heard.vectors

    def prepare(candidates, references):
        quantile = max(COPIES_BY_CHANCE, 1 / len(references))
        copies = metrics.find_copies(rows(candidates), rows(training), rows(references), quantile)
        return lambda some, _: copies.is_copy[some].mean()

    return Measure("copies", "copies of training music", "lower", prepare, "share", "held-out", "training")


def _diversity(candidates, _):
    def mean(some, _):
        return candidates.distances[np.ix_(some, some)].sum() / (len(some) * (len(some) - 1))

    return mean


def _right_pitch(candidates, _):
    any_pitch = Pitch(0, 127)
    asked = np.array([any_pitch.number(value) for value in candidates.pieces.known["pitch"]])
    right = np.abs(candidates.pitch - asked) <= 0.5
    return lambda some, _: right[some].mean()


def _of_classifier(generated, held_out):
    classifier = held_out.classifier
    label = classifier.network.label

    def score(candidates, _):
        return lambda some, _: metrics.inception_score(candidates.probabilities[some])

    def entropy(candidates, _):
        return lambda some, _: metrics.class_entropy(candidates.probabilities[some])

    found = [
        Measure("inception_score", f"inception score ({label})", "higher", score, "", "held-out"),
        Measure("class_entropy", f"entropy of {label} heard", "as real", entropy, "bit", "held-out"),
    ]

    def right(candidates, _):
        asked = classifier.indices(candidates.pieces.known[label])
        right = candidates.probabilities.argmax(axis=1) == asked
        return lambda some, _: right[some].mean()

    if all(label in each.pieces.known for each in (generated, held_out)):
        found.append(Measure("right_label", f"heard as the asked {label}", "higher", right, "share", "held-out"))
    return found


def _musicality(key):
    def prepare(candidates, _):
        values = candidates.musicality[key]

        def mean(some, _):
            known = values[some][~np.isnan(values[some])]
            if not len(known):
                raise ValueError("Pieces must have notes for it. Received: pieces without any")
            return known.mean()

        return mean

    return prepare
