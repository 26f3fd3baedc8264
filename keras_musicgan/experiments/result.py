"""The result of a sweep: a row for each run, the effects of the hyperparameters, and both in words."""

import csv
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from keras_musicgan.experiments import figure
from keras_musicgan.experiments.effects import Effect, estimate_effects
from keras_musicgan.experiments.sweep_folder import SweepFolder
from keras_musicgan.music import plots
from keras_musicgan.runs.axes import Range, format_setting, format_value
from keras_musicgan.runs.stability import report
from keras_musicgan.utils.files import replacing
from keras_musicgan.utils.notebook import paragraphs, picture
from keras_musicgan.utils.tables import html_table

MEASURES = {  # by name: whether lower is better, and a title
    "quality_kernel": (True, "quality: kernel distance to held-out music, lower is better"),
    "diversity": (False, "diversity: mean difference of two outputs in dB, higher is more diverse"),
    "healthy": (False, "stability: share of runs with a healthy verdict, higher is better"),
    "score_spread": (True, "stability: spread of the score gap in the last third, 0 to 1, lower is better"),
}


@dataclass(frozen=True)
class SweepResult:
    """The finished runs of a sweep.

    Attributes:
        path: Its folder.
        axes: Dict from hyperparameter to its list or `Range`.
        rows: One dict for each finished run: `run`, `seed`, the hyperparameters, `outcome` (`"done"`, `"diverged"` or
            `"failed"`), `verdict`, `healthy` (1.0 or 0.0), `epochs`, `best_epoch`, `quality_kernel` and
            `quality_coverage` there, `diversity` there in dB, `relative_diversity` (1 for that of held-out music),
            `score_gap`, `score_spread`, `seconds`, `error`. Unknown numbers are NaN.
        effects: `Effect`s on each of `MEASURES`.
        held_out_diversity: The diversity of held-out music in dB, or `None`.
        left: Number of runs still to be done.
    """

    path: Path
    axes: dict[str, list | Range]
    rows: list[dict[str, Any]]
    effects: list[Effect]
    held_out_diversity: float | None
    left: int

    @property
    def best(self) -> dict[str, Any] | None:
        """The row with the lowest `quality_kernel` of a healthy run, or of any; `None` where none measured it."""
        measured = [row for row in self.rows if np.isfinite(row["quality_kernel"])]
        measured = [row for row in measured if row["healthy"] == 1] or measured
        return min(measured, key=lambda row: row["quality_kernel"]) if measured else None

    def text(self) -> str:
        """The result in words: for each measure and hyperparameter the means with their intervals, the best first."""
        lines = []
        for measure, (_, title) in MEASURES.items():
            effects = [_describe(effect) for effect in self.effects if effect.measure == measure]
            lines += [title, *(f"  {line}" for line in effects or [self._describe_absence(measure)])]
        if self.held_out_diversity is not None:
            lines.append(f"The diversity of held-out music is {self.held_out_diversity:.3g} dB.")
        verdicts = [row["verdict"] for row in self.rows]
        counts = dict(Counter(sorted(verdicts)).most_common())
        lines.append("Verdicts: " + ", ".join(f"{verdict} {count}" for verdict, count in counts.items()) + ".")
        if self.best is not None:
            setting = format_setting({name: self.best[name] for name in self.axes})
            lines.append(
                f"Best: {self.best['run']} with {setting}: quality_kernel {self.best['quality_kernel']:.3g} in epoch "
                f"{self.best['best_epoch']:.0f}."
            )
        return "\n".join(lines)

    def _repr_html_(self):
        names = ["run", "seed", *self.axes, "verdict", *list(MEASURES)]
        rows = [[format_value(row[name]) for name in names] for row in self.rows]
        drawn = picture(plots.png(figure.draw(self), compress_level=9)) if self.rows else ""
        return html_table(names, rows) + paragraphs(self.text().splitlines()) + drawn

    def _describe_absence(self, measure):
        known = sum(np.isfinite(row[measure]) for row in self.rows)
        if not known:
            return f"no run has a `{measure}`"
        return f"measured in {known} runs with the same values: nothing to compare"

    def save(self) -> None:
        """Writes `sweep.csv`, `effects.csv` and `sweep.png` into the folder."""
        folder = SweepFolder(self.path)
        _write_table(folder.table, self.rows)
        _write_table(
            folder.effects,
            [
                {"name": effect.name, "measure": effect.measure, "value": value, **vars(mean), "clear": effect.clear}
                for effect in self.effects
                for value, mean in effect.means.items()
            ],
        )
        with replacing(folder.figure) as temporary:
            figure.draw(self).savefig(temporary)


def read_sweep(path: str | Path) -> SweepResult:
    """The result of a sweep from its folder, finished or not.

    Raises:
        RunError: If the folder holds no sweep.
    """
    folder = SweepFolder(path)
    plan = folder.read_plan()
    axes = {name: Range(**axis) if isinstance(axis, Mapping) else axis for name, axis in plan["asked"]["tries"].items()}
    done = [run for run in plan["runs"] if run["outcome"] is not None]
    held_out_diversity = plan["held_out_diversity"]
    rows = [_row(folder, run, held_out_diversity) for run in done]
    settings = [run["setting"] for run in done]
    effects = [
        effect
        for measure, (lower_is_better, _) in MEASURES.items()
        for effect in estimate_effects(axes, settings, measure, [row[measure] for row in rows], lower_is_better)
    ]
    return SweepResult(folder.path, axes, rows, effects, held_out_diversity, len(plan["runs"]) - len(done))


def _row(folder, run, held_out_diversity):
    unknown = float("nan")
    try:
        found = report(folder.path / run["name"])
        verdict, healthy, measures = found.verdict, found.healthy, found.measures
    except (FileNotFoundError, ValueError):  # it failed before its first epoch was over
        verdict, healthy, measures = run["outcome"], False, {}
    if run["outcome"] != "done":
        verdict, healthy = run["outcome"], False
    diversity = measures.get("output_diversity", unknown)
    return {
        "run": run["name"],
        "seed": run["seed"],
        **run["setting"],
        "outcome": run["outcome"],
        "verdict": verdict,
        "healthy": unknown if verdict in ("failed", "too short to tell") else float(healthy),
        **{
            name: measures.get(name, unknown) for name in ("epochs", "best_epoch", "quality_kernel", "quality_coverage")
        },
        "diversity": diversity,
        "relative_diversity": diversity / held_out_diversity if held_out_diversity else unknown,
        **{name: measures.get(name, unknown) for name in ("score_gap", "score_spread")},
        "seconds": run.get("seconds", unknown),
        "error": run.get("error", ""),
    }


def _describe(effect):
    means = ", ".join(f"{value} → {_describe_mean(mean)}" for value, mean in effect.means.items())
    best, second, *_ = effect.means
    if effect.confounded_with:
        reason = f"it changed only together with {', '.join(effect.confounded_with)}"
    else:
        reason = f"the intervals of {best} and {second} {'do not overlap' if effect.clear else 'overlap'}"
    return f"{effect.name}: {means}; best {best}, {'clear' if effect.clear else 'not clear'}: {reason}"


def _describe_mean(mean):
    if math.isinf(mean.margin):
        return f"{mean.mean:.3g} (one run, of unknown interval)"
    return f"{mean.mean:.3g} ± {mean.margin:.2g} ({mean.runs} runs)"


def _write_table(file, rows):
    with replacing(file) as temporary, open(temporary, "w", newline="") as stream:
        if rows:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(
                {name: format_value(value) if isinstance(value, (list, dict)) else value for name, value in row.items()}
                for row in rows
            )
