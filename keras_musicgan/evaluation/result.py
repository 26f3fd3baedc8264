"""What an evaluation found: numbers with intervals and anchors, as text, as JSON, compared with another's."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from keras_musicgan.evaluation import figure
from keras_musicgan.evaluation.intervals import interval
from keras_musicgan.evaluation.sets import MusicSet
from keras_musicgan.utils.files import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Estimate:
    """One number of an evaluation.

    Args:
        key: Short name, the same in every evaluation: `"frechet"`.
        title: What it is, with the embedding where there is one.
        unit: Its unit, or `""`.
        better: `"lower"`, `"higher"` or `"as real"`: nearest to what real music has.
        value: The number.
        low: Lower end of its 95 % interval.
        high: Upper end.
        best: The same of real music, the best that can be hoped for.
        worst: The same of noise, or of copies where that is worst.
        squared: Whether it is the square of a distance.
        deviations: Those of its half-samples from their mean, `[resamples]`.
    """

    key: str
    title: str
    unit: str
    better: str
    value: float
    low: float
    high: float
    best: float
    worst: float
    squared: bool
    deviations: np.ndarray = field(repr=False, compare=False)

    @property
    def score(self) -> float:
        """Where the value lies between the anchors: 0 as the worst, 1 as the best, or nearer to real than that."""
        return self.scaled(self.value)

    def scaled(self, value: float) -> float:
        """Where another value of the same measure lies between the anchors, which must differ."""
        best, worst = self.best, self.worst
        if self.squared:
            value, best, worst = (np.sign(number) * np.sqrt(abs(number)) for number in (value, best, worst))
        if self.better == "as real":
            return float(1 - abs(value - best) / abs(best - worst))
        return float((value - worst) / (best - worst))


@dataclass(frozen=True)
class Evaluation:
    """What was measured of some music, against real music that was held out.

    Args:
        name: What was measured.
        embedding: Name of the embedding that distances are taken in.
        counts: Dict from the name of each set to its number of pieces.
        estimates: The numbers.
        left_out: Dict from the title of what could not be measured to the reason.
        remarks: What else is to be known, such as that a set was resampled.
        points: Dict from the name of each set to its embeddings `[n, dims]`, for the figure.
        examples: Dict from the name of each set to a few of its pieces, for the figure.
    """

    name: str
    embedding: str
    counts: dict[str, int]
    estimates: tuple[Estimate, ...]
    left_out: dict[str, str]
    remarks: tuple[str, ...] = ()
    points: dict[str, np.ndarray] = field(default_factory=dict, repr=False, compare=False)
    examples: dict[str, MusicSet] = field(default_factory=dict, repr=False, compare=False)

    def __getitem__(self, key: str) -> Estimate:
        """The estimate with this key.

        Raises:
            KeyError: If there is none; the message says why, or names those that there are.
        """
        for estimate in self.estimates:
            if estimate.key == key:
                return estimate
        raise KeyError(f"no estimate {key!r}; there are {', '.join(e.key for e in self.estimates)}")

    def text(self) -> str:
        """The table."""
        counts = ", ".join(f"{n:,} {name}" for name, n in self.counts.items())
        rows = [("", self.name, "95 % interval", "real", "worst", "better")]
        for each in self.estimates:
            title = f"{each.title}{', ' + each.unit if each.unit else ''}"
            between = f"{number(each.low)} to {number(each.high)}"
            rows.append((title, number(each.value), between, number(each.best), number(each.worst), each.better))
        lines = [f"pieces: {counts}; distances in {self.embedding}", *self.remarks, "", *aligned(rows)]
        lines += [f"not measured: {title}: {reason}" for title, reason in self.left_out.items()]
        return "\n".join(lines)

    def as_dict(self) -> dict:
        """All numbers, as JSON has them."""
        numbers = ("title", "unit", "better", "value", "low", "high", "best", "worst")
        return {
            "name": self.name,
            "embedding": self.embedding,
            "counts": self.counts,
            "confidence": 0.95,
            "measures": {each.key: {name: getattr(each, name) for name in numbers} for each in self.estimates},
            "not_measured": self.left_out,
            "remarks": list(self.remarks),
        }

    def figure(self) -> "Figure":
        """Real and generated music side by side, their embeddings, and each number between its anchors."""
        return figure.draw(self)

    def save(self, stem: str | Path) -> list[Path]:
        """Writes the numbers as `stem.json` and the figure as `stem.png`; existing files are replaced.

        Returns:
            The two paths.
        """
        paths = [Path(f"{stem}{ending}") for ending in (".json", ".png")]
        with replacing(paths[0]) as temporary:
            temporary.write_text(json.dumps(self.as_dict(), indent=2, ensure_ascii=False) + "\n")
        with replacing(paths[1]) as temporary:
            self.figure().savefig(temporary)
        return paths


@dataclass(frozen=True)
class Difference:
    """How two evaluations differ in one number.

    Args:
        title: What it is.
        a: The number of the first.
        b: That of the second.
        low: Lower end of the 95 % interval of a − b.
        high: Upper end.
        better: Name of the better one, or `None` where the interval holds 0 and they cannot be told apart.
    """

    title: str
    a: float
    b: float
    low: float
    high: float
    better: str | None


def differences(a: Evaluation, b: Evaluation) -> list[Difference]:
    """What two evaluations against the same music say of each other, number by number.

    Args:
        a: An evaluation.
        b: Another, with the same embedding, references and seed, so that both were measured against the same halves.

    Raises:
        ValueError: If they were measured with different embeddings or against different references.
    """
    if a.embedding != b.embedding or a.counts["held-out"] != b.counts["held-out"]:
        raise ValueError(
            "Two evaluations must have the same embedding and held-out music. Received: "
            f"{a.embedding} with {a.counts['held-out']} pieces and {b.embedding} with {b.counts['held-out']}"
        )
    others = {each.key: each for each in b.estimates}
    return [_difference(a.name, b.name, each, others[each.key]) for each in a.estimates if each.key in others]


def comparison_text(a: Evaluation, b: Evaluation) -> str:
    """The table of `differences`, with what it says in words."""
    rows = [("", a.name, b.name, "95 % interval of the difference", "better")]
    for each in differences(a, b):
        between = f"{number(each.low)} to {number(each.high)}"
        rows.append((each.title, number(each.a), number(each.b), between, each.better or "not told apart"))
    return "\n".join(aligned(rows))


def number(value: float) -> str:
    """A number with three digits that count, and thousands set apart."""
    if value == 0 or 0.001 <= abs(value) < 1000:
        digits = 2 if value == 0 else max(0, 2 - int(np.floor(np.log10(abs(value)))))
        return f"{value:.{digits}f}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1e}"


def aligned(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows of cells as lines of columns, the first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for first, *others in rows:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *cells]))
    return lines


def _difference(name_a, name_b, a, b):
    low, high = interval(a.value - b.value, a.deviations - b.deviations)
    better = None
    if not low <= 0 <= high:
        better = name_a if _is_better(a, b) else name_b
    return Difference(a.title, a.value, b.value, low, high, better)


def _is_better(a, b):
    if a.better == "as real":
        return abs(a.value - a.best) < abs(b.value - b.best)
    return (a.value < b.value) == (a.better == "lower")
