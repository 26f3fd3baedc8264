"""The effect of a hyperparameter on a measure: the mean for each of its values, with a 95 % interval."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from keras_musicgan.runs.axes import Range, format_value

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Mean:
    """The mean of a measure over the runs with one value of a hyperparameter.

    Attributes:
        mean: The mean.
        margin: Half the width of its 95 % interval, by Student's t; infinite for one run.
        runs: Number of runs.
    """

    mean: float
    margin: float
    runs: int


@dataclass(frozen=True)
class Effect:
    """The effect of one hyperparameter on one measure.

    Attributes:
        name: The hyperparameter.
        measure: The measure.
        means: Dict from a value, as on the command line, to its `Mean`, the best value first; two values at least. A
            range is cut into thirds.
        confounded_with: Hyperparameters that changed only together with this one, so that no run separates them.
    """

    name: str
    measure: str
    means: dict[str, Mean]
    confounded_with: tuple[str, ...] = ()

    @property
    def clear(self) -> bool:
        """Whether the intervals of the best and the second best value do not overlap, and nothing is confounded."""
        best, second, *_ = self.means.values()
        return not self.confounded_with and abs(best.mean - second.mean) > best.margin + second.margin


def estimate_effects(
    axes: Mapping[str, list | Range],
    settings: Sequence[Mapping[str, object]],
    measure: str,
    values: Sequence[float],
    lower_is_better: bool = True,
) -> list[Effect]:
    """The effect of every hyperparameter on one measure.

    For each value of a hyperparameter: the mean over all runs with it, whatever their other settings and seeds, and the
    95 % interval of that mean by Student's t. The effect is clear where the intervals of the best and the second best
    value do not overlap.

    Args:
        axes: Dict from hyperparameter to its list or `Range`.
        settings: One dict from hyperparameter to value for each run.
        measure: Name of the measure.
        values: One number for each run; runs with NaN are left out.
        lower_is_better: Whether the lowest mean is the best.

    Returns:
        List of `Effect`s in the order of `axes`, of those hyperparameters of which two values were measured.

    Example:
        >>> settings = [{"loss": loss} for loss in ("hinge", "wasserstein") for _ in range(3)]
        >>> axes, values = {"loss": ["hinge", "wasserstein"]}, [1.0, 1.1, 0.9, 3.0, 3.1, 2.9]
        >>> (effect,) = estimate_effects(axes, settings, "quality_kernel", values)
        >>> {value: f"{each.mean:.1f} ± {each.margin:.2f}" for value, each in effect.means.items()}, effect.clear
        ({'hinge': '1.0 ± 0.25', 'wasserstein': '3.0 ± 0.25'}, True)

    Reference: The probable error of a mean (Student, 1908).
    """
    numbers = np.asarray(values, "float64")
    measured = np.isfinite(numbers)
    means, partitions = {}, {}
    for name, axis in axes.items():
        groups = group_runs(axis, [setting[name] for setting in settings])
        groups = {value: runs & measured for value, runs in groups.items() if (runs & measured).any()}
        if len(groups) > 1:
            by_value = {value: _mean(numbers[runs]) for value, runs in groups.items()}
            best_first = sorted(by_value.items(), key=lambda item: item[1].mean, reverse=not lower_is_better)
            means[name], partitions[name] = dict(best_first), {runs.tobytes() for runs in groups.values()}
    confounded = {
        name: tuple(other for other in means if other != name and partitions[other] == partitions[name])
        for name in means
    }
    return [Effect(name, measure, means[name], confounded[name]) for name in means]


def group_runs(axis: list | Range, values: Sequence[object]) -> dict[str, np.ndarray]:
    """Masks `[runs]` of the runs with each value of a list, or in each third of a range, by the values as written."""
    if not isinstance(axis, Range):
        written = np.array([format_value(value) for value in values])
        return {value: written == value for value in map(format_value, axis) if value in written}
    numbers = np.asarray(values, "float64")
    edges = [float(axis.at(share)) for share in (0, 1 / 3, 2 / 3, 1)]
    groups = {}
    for low, high in itertools.pairwise(edges):
        inside = (numbers >= low) & ((numbers < high) | (high == edges[-1]))
        if inside.any():
            groups[f"{low:.2g}–{high:.2g}"] = inside
    return groups


def _mean(values):
    from scipy import stats

    differences = values - values[0]  # all 0 for equal values, whose mean is exact then
    mean = float(values[0] + differences.mean())
    if len(values) == 1:
        return Mean(mean, math.inf, 1)
    quantile = stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1)
    return Mean(mean, float(quantile * differences.std(ddof=1) / math.sqrt(len(values))), len(values))
