"""What a sweep found: a row for each run, the effects of the hyperparameters, and both in words."""

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from keras_musicgan.experiments import figure
from keras_musicgan.experiments.axes import Range, shown
from keras_musicgan.experiments.effects import Effect, effects_of
from keras_musicgan.experiments.sweep_folder import SweepFolder
from keras_musicgan.runs.stability import report
from keras_musicgan.utils.files import replacing

MEASURES = {  # what the effects are told of, by the question that it answers
    "quality_kernel": "quality: kernel distance to held-out music, lower is better",
    "diversity": "diversity: mean difference of two outputs in dB",
    "healthy": "stability: share of runs that neither diverged, collapsed nor lost a side",
    "score_spread": "stability: spread of the score gap in the last third, 0 to 1, lower is steadier",
}


@dataclass(frozen=True)
class SweepResult:
    """A sweep, as far as it has come.

    Attributes:
        path: Its folder.
        axes: Dict from hyperparameter to the list or `Range` that was tried.
        rows: One dict for each run that is done: `run`, `seed`, the hyperparameters, `outcome` (`"done"`,
            `"diverged"` or `"failed"`), `verdict`, `healthy` (1.0 or 0.0), `epochs`, `best_epoch`, `quality_kernel` and
            `quality_coverage` there, `diversity` there in dB, `relative_diversity` (1 for that of held-out music),
            `score_gap`, `score_spread`, `seconds`, `error`. Numbers that are not known are NaN.
        effects: `Effect`s on each of `MEASURES`.
        held_out_diversity: The diversity of held-out music in dB, or `None`.
        left: Number of runs that are still to be done.
    """

    path: Path
    axes: dict[str, list | Range]
    rows: list[dict[str, object]]
    effects: list[Effect]
    held_out_diversity: float | None
    left: int

    @property
    def best(self) -> dict[str, object] | None:
        """The row with the lowest `quality_kernel` of a healthy run, or of any; `None` where none measured it."""
        measured = [row for row in self.rows if np.isfinite(row["quality_kernel"])]
        measured = [row for row in measured if row["healthy"] == 1] or measured
        return min(measured, key=lambda row: row["quality_kernel"]) if measured else None

    def text(self) -> str:
        """The answers in words: for each measure what each hyperparameter changed, by how much, and if it is clear."""
        lines = []
        for measure, title in MEASURES.items():
            lines.append(title)
            told = [_told(effect) for effect in self.effects if effect.measure == measure]
            lines += [f"  {line}" for line in told] or [f"  {self._nothing(measure)}"]
        if self.held_out_diversity is not None:
            lines.append(f"The diversity of held-out music is {self.held_out_diversity:.3g} dB.")
        verdicts = [row["verdict"] for row in self.rows]
        counts = dict(Counter(sorted(verdicts)).most_common())
        lines.append("Verdicts: " + ", ".join(f"{verdict} {count}" for verdict, count in counts.items()) + ".")
        if self.best is not None:
            setting = ", ".join(f"{name}={shown(self.best[name])}" for name in self.axes)
            lines.append(
                f"Best: {self.best['run']} with {setting}: quality_kernel {self.best['quality_kernel']:.3g} in epoch "
                f"{self.best['best_epoch']:.0f}."
            )
        return "\n".join(lines)

    def _nothing(self, measure):
        known = sum(np.isfinite(row[measure]) for row in self.rows)
        if not known:
            return f"not measured: the logs of the runs have no `{measure}`"
        return f"{known} runs have it, with one value of each hyperparameter: nothing to compare"

    def save(self) -> None:
        """Writes `sweep.csv`, `effects.csv` and `sweep.png` into the folder."""
        folder = SweepFolder(self.path)
        _write_table(folder.table, self.rows)
        told = [name.name for name in fields(Effect) if name.name != "means"]
        _write_table(
            folder.effects,
            [
                {
                    **{name: getattr(effect, name) for name in told},
                    "beyond_seeds": effect.beyond_seeds,
                    "clear": effect.clear,
                }
                for effect in self.effects
            ],
        )
        with replacing(folder.figure) as temporary:
            figure.draw(self).savefig(temporary)


def read_sweep(path: str | Path) -> SweepResult:
    """The result of a sweep from its folder, also of one that is not finished.

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
        for measure in MEASURES
        for effect in effects_of(axes, settings, measure, [row[measure] for row in rows])
        if done
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


def _told(effect):
    if np.isnan(effect.change):
        return f"{effect.name}: changed together with others in these runs, so nothing tells what it did"
    if effect.from_value is None:
        by = "ten times more" if effect.logarithmic else "one more"
        change = f"{effect.change:+.3g} for {by} (rank correlation {effect.rank_correlation:+.2f})"
    else:
        change = f"{effect.change:+.3g} from {effect.from_value} to {effect.to_value}"
    return f"{effect.name}: {change}; {_judged(effect)}"


def _judged(effect):
    if effect.clear is None:
        return "nothing tells what chance makes: more seeds would"
    reach = f"chance reaches {effect.threshold:.2g}"
    if effect.seed_spread is not None:
        reach += f", seeds alone {effect.seed_threshold:.2g}, their standard deviation is {effect.seed_spread:.2g}"
    if effect.clear:
        return f"clear ({reach})"
    if effect.beyond_seeds:
        return f"more than seeds make, but other settings make as much ({reach})"
    return f"within chance ({reach})"


def _write_table(file, rows):
    with replacing(file) as temporary, open(temporary, "w", newline="") as stream:
        if rows:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(
                {name: shown(value) if isinstance(value, (list, dict)) else value for name, value in row.items()}
                for row in rows
            )
