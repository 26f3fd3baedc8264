"""The result of an evaluation: numbers with intervals and anchors, as text and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from keras_musicgan.evaluation import figure
from keras_musicgan.evaluation.sets import MusicSet
from keras_musicgan.music import plots
from keras_musicgan.utils.files import replacing
from keras_musicgan.utils.notebook import paragraphs, picture
from keras_musicgan.utils.tables import html_table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Estimate:
    """One number of an evaluation.

    Args:
        key: Short name, the same in every evaluation: `"frechet"`.
        title: Long name, with the embedding where there is one.
        unit: Its unit, or `""`.
        better: `"lower"`, `"higher"` or `"as real"`, near the value of real music.
        value: The number.
        low: Lower end of its 95 % interval.
        high: Upper end.
        best: Its value for real music, the best to be expected.
        worst: Its value for noise, or for training music where copies are the worst.
        squared: Whether it is the square of a distance.
        deviations: Deviations of its half-samples from their mean, `[resamples]`.
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
        """Position of the value between the anchors: 0 for the worst, 1 for the best."""
        return self.scaled(self.value)

    def scaled(self, value: float) -> float:
        """Position of another value of the measure between the anchors, which must differ."""
        best, worst = self.best, self.worst
        if self.squared:
            value, best, worst = (np.sign(number) * np.sqrt(abs(number)) for number in (value, best, worst))
        if self.better == "as real":
            return float(1 - abs(value - best) / abs(best - worst))
        return float((value - worst) / (best - worst))


@dataclass(frozen=True)
class Evaluation:
    """Measures of some music against held-out real music.

    Args:
        name: Name of the measured music.
        embedding: Name of the embedding of distances.
        counts: Dict from the name of each set to its number of pieces.
        estimates: The numbers.
        left_out: Dict from the title of each measure that was left out to the reason.
        remarks: Remarks, as that a set was resampled.
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
            KeyError: If there is none; the message names those that there are.
        """
        for estimate in self.estimates:
            if estimate.key == key:
                return estimate
        raise KeyError(f"no estimate {key!r}; there are {', '.join(e.key for e in self.estimates)}")

    def text(self) -> str:
        """The numbers as a table."""
        above, below = self._remarks()
        return "\n".join([*above, "", *align(self._rows()), *below])

    def _repr_html_(self):
        (header, *rows), (above, below) = self._rows(), self._remarks()
        shown = picture(plots.png(self.figure(), compress_level=9)) if self.points else ""
        return paragraphs(above) + html_table(header, rows) + paragraphs(below) + shown

    def _rows(self) -> list[tuple[str, ...]]:
        """The header and a row for each number, as text."""
        rows: list[tuple[str, ...]] = [("", self.name, "95 % interval", "real", "worst", "better")]
        for each in self.estimates:
            title = f"{each.title}{', ' + each.unit if each.unit else ''}"
            between = f"{format_number(each.low)} to {format_number(each.high)}"
            numbers = [format_number(value) for value in (each.value, each.best, each.worst)]
            rows.append((title, numbers[0], between, *numbers[1:], each.better))
        return rows

    def _remarks(self):
        """The lines above and below the numbers."""
        counts = ", ".join(f"{n:,} {name}" for name, n in self.counts.items())
        above = [f"pieces: {counts}; distances in {self.embedding}", *self.remarks]
        return above, [f"not measured: {title}: {reason}" for title, reason in self.left_out.items()]

    def as_dict(self) -> dict:
        """All numbers, as in JSON."""
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


def format_number(value: float) -> str:
    """A number with three significant digits, thousands separated by commas."""
    if value == 0 or 0.001 <= abs(value) < 1000:
        digits = 2 if value == 0 else max(0, 2 - int(np.floor(np.log10(abs(value)))))
        return f"{value:.{digits}f}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1e}"


def align(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Rows of cells as lines with aligned columns, the first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for first, *others in rows:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *cells]))
    return lines
