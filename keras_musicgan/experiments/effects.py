"""How much each hyperparameter of a sweep changed each measure, and whether that is more than chance."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from keras_musicgan.experiments.axes import Range, shown

LEVEL = 0.05  # chance of one false effect among all hyperparameters of a sweep, for a measure that none changes


@dataclass(frozen=True)
class Effect:
    """What one hyperparameter did to one measure.

    Attributes:
        name: The hyperparameter.
        measure: The measure.
        means: Dict from a value, as it is written, to the mean of the measure over the runs with it; of a range, from
            each third of it.
        change: For a list, the largest difference between two values, other hyperparameters held; for a range, the
            change per tenfold (per unit for a range that is not in the logarithm). NaN where settings changed it
            together with another, so that nobody can tell which of them it was.
        from_value: For a list, the value with the smallest mean, other hyperparameters held; `None` for a range.
        to_value: The one with the largest.
        rank_correlation: Spearman's, for a range; `None` for a list.
        spread: Standard deviation of runs with the same value, over other settings and seeds; NaN where each value has
            one run.
        seed_spread: Standard deviation of runs with the same setting, over seeds; `None` without a second seed.
        threshold: How large the change must be to be clear, more than other settings and seeds make by chance; `None`
            where nothing tells what chance does.
        seed_threshold: How large it must be to be more than seeds alone make; `None` without a second seed.
        runs: Number of runs that have the measure.
        logarithmic: Whether the change is per tenfold.
    """

    name: str
    measure: str
    means: dict[str, float]
    change: float
    from_value: str | None
    to_value: str | None
    rank_correlation: float | None
    spread: float
    seed_spread: float | None
    threshold: float | None
    seed_threshold: float | None
    runs: int
    logarithmic: bool = False

    @property
    def clear(self) -> bool | None:
        """Whether the change is more than other settings and seeds make by chance; `None` where nothing tells."""
        return None if self.threshold is None else abs(self.change) > self.threshold

    @property
    def beyond_seeds(self) -> bool | None:
        """Whether the change is more than seeds alone make; `None` without a second seed."""
        return None if self.seed_threshold is None else abs(self.change) > self.seed_threshold


def effects_of(
    axes: Mapping[str, list | Range],
    settings: Sequence[Mapping[str, object]],
    measure: str,
    values: Sequence[float],
) -> list[Effect]:
    """The effect of every hyperparameter that took two values or more, on one measure.

    The measure is fitted as a sum of a part for each hyperparameter: one number for each value of a list, a slope over
    the (logarithm of the) number for a range. So what one hyperparameter did is told with the others held, also where
    their values were drawn at random. Chance is what the sum leaves unexplained or the spread over seeds, whichever is
    larger. An effect counts as clear beyond Student's t at 5 %, shared among the hyperparameters and among the pairs of
    values of a list (Bonferroni).

    Args:
        axes: Dict from hyperparameter to its list or `Range`.
        settings: One dict from hyperparameter to value for each run.
        measure: What is measured.
        values: One number for each run; runs with NaN are left out.

    Returns:
        List of `Effect`s, in the order of `axes`; empty where fewer than two runs have the measure.

    Example:
        >>> settings = [{"loss": loss} for loss in ("hinge", "wasserstein") for _ in range(3)]
        >>> (effect,) = effects_of({"loss": ["hinge", "wasserstein"]}, settings, "x", [1.0, 1.1, 0.9, 3.0, 3.1, 2.9])
        >>> f"{effect.from_value} to {effect.to_value}: {effect.change:+.1f}, clear: {effect.clear}"
        'hinge to wasserstein: +2.0, clear: True'

    Reference: Multiple comparisons among means (Dunn, 1961).
    """
    from scipy import stats

    values = np.asarray(values, "float64")
    kept = np.isfinite(values)
    settings, values = [setting for setting, keep in zip(settings, kept, strict=True) if keep], values[kept]
    varied = {name: axis for name, axis in axes.items() if len({shown(setting[name]) for setting in settings}) > 1}
    if len(values) < 2 or not varied:
        return []
    columns = {name: columns_of(axis, [setting[name] for setting in settings]) for name, axis in varied.items()}
    design = np.concatenate([np.ones((len(values), 1)), *columns.values()], axis=1)
    centred = values - values.mean()  # where all are equal, effects are 0 and not rounding
    fit, _, rank, _ = np.linalg.lstsq(design, centred, rcond=None)
    covariance = np.linalg.pinv(design.T @ design)
    seed_spread, seed_freedom = _seed_spread(settings, values)
    noise, freedom = _noise(centred - design @ fit, len(values) - rank, seed_spread, seed_freedom)
    found, first = [], 1
    for name, axis in varied.items():
        width = columns[name].shape[1]
        part = slice(first, first + width)
        first += width
        told = [setting[name] for setting in settings]
        change, ends, error = _change(axis, told, fit[part], covariance[part, part])
        # Where settings leave two hyperparameters together, no fit can tell them apart.
        confounded = np.linalg.matrix_rank(np.delete(design, np.r_[part], axis=1)) + width > rank
        share = LEVEL / (len(varied) * width * (width + 1) / 2)  # of each pair of values of each hyperparameter
        chance = [(None, 0)] * 2 if confounded else [(noise, freedom), (seed_spread, seed_freedom)]
        threshold, seed_threshold = (
            None if size is None else float(stats.t.ppf(1 - share / 2, free) * size * error) for size, free in chance
        )
        groups = in_groups(axis, told)
        found.append(
            Effect(
                name,
                measure,
                {label: float(values[where].mean()) for label, where in groups.items()},
                float("nan") if confounded else float(change),
                *ends,
                _rank_correlation(told, values) if isinstance(axis, Range) else None,
                _pooled([values[where] for where in groups.values()])[0],
                seed_spread,
                threshold,
                seed_threshold,
                len(values),
                isinstance(axis, Range) and axis.logarithmic,
            )
        )
    return found


def in_groups(axis: list | Range, told: Sequence[object]) -> dict[str, np.ndarray]:
    """Masks `[runs]` of the runs with each value of a list, or in each third of a range, by the values as written."""
    if not isinstance(axis, Range):
        told = [shown(value) for value in told]
        return {value: np.array([other == value for other in told]) for value in map(shown, axis) if value in told}
    numbers = np.asarray(told, "float64")
    edges = [float(axis.at(share)) for share in (0, 1 / 3, 2 / 3, 1)]
    groups = {}
    for low, high in itertools.pairwise(edges):
        inside = (numbers >= low) & ((numbers < high) | (high == edges[-1]))
        if inside.any():
            groups[f"{low:.2g}–{high:.2g}"] = inside
    return groups


def columns_of(axis, told):
    """What a hyperparameter adds to the design `[runs, columns]`: one for a range or for each value but the first."""
    if isinstance(axis, Range):
        return _position(axis, told)[:, None]
    present = _present(axis, told)
    return np.array([[value == shown(other) for other in present[1:]] for value in map(shown, told)], "float64")


def _position(axis, told):
    told = np.asarray(told, "float64")
    position = np.log10(told) if axis.logarithmic else told
    return position - position.mean()


def _present(axis, told):
    seen = {shown(value) for value in told}
    return [value for value in axis if shown(value) in seen]


def _change(axis, told, fit, covariance):
    """The change, the two values between which it lies, and its standard error in units of the noise."""
    if isinstance(axis, Range):
        return fit[0], (None, None), np.sqrt(max(covariance[0, 0], 0.0))
    present = _present(axis, told)
    levels = np.concatenate([[0.0], fit])
    low, high = int(levels.argmin()), int(levels.argmax())
    contrast = np.zeros(len(levels))
    contrast[high] += 1.0
    contrast[low] -= 1.0
    error = np.sqrt(max(contrast[1:] @ covariance @ contrast[1:], 0.0))
    return levels[high] - levels[low], (shown(present[low]), shown(present[high])), error


def _seed_spread(settings, values):
    """Standard deviation over the seeds of a setting, pooled, and its degrees of freedom; `None` without any."""
    groups = {}
    for setting, value in zip(settings, values, strict=True):
        groups.setdefault(repr(sorted(setting.items())), []).append(value)
    spread, freedom = _pooled(list(groups.values()))
    return (spread, freedom) if freedom else (None, 0)


def _pooled(groups):
    freedom = sum(len(group) - 1 for group in groups)
    squares = sum(((np.asarray(group) - np.mean(group)) ** 2).sum() for group in groups)
    return (float(np.sqrt(squares / freedom)) if freedom else float("nan")), freedom


def _noise(residuals, freedom, seed_spread, seed_freedom):
    """The larger of what the fit leaves and the spread over seeds, with its degrees of freedom."""
    left = float(np.sqrt((residuals**2).sum() / freedom)) if freedom > 0 else None
    if seed_spread is None or (left is not None and left >= seed_spread):
        return left, freedom
    return seed_spread, seed_freedom


def _rank_correlation(told, values):
    from scipy import stats

    if len(set(values)) < 2:
        return 0.0
    return float(stats.spearmanr(told, values).statistic)
