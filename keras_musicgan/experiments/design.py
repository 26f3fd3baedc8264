"""Which settings a sweep runs: all of a grid, or some drawn at random."""

import itertools
import math
from collections.abc import Mapping

import numpy as np

from keras_musicgan.experiments.axes import Range
from keras_musicgan.experiments.effects import columns_of
from keras_musicgan.utils.checks import check_positive_int

TRIALS = 100  # of shuffling, of which the best is taken


def settings_of(axes: Mapping[str, list | Range], runs: int | None = None, seed: int = 0) -> list[dict[str, object]]:
    """The settings of a sweep.

    Without `runs` they are the grid of all lists. With it, each value of a list stands equally often, to within one,
    and each range is cut into as many equal parts as there are settings, with one number drawn from each: so few runs
    tell more of each hyperparameter than independent draws would. They are combined at
    random, a hundred times, and the combination is taken that repeats least and tells the hyperparameters apart best.

    Args:
        axes: Dict from hyperparameter to a list of values or a `Range`.
        runs: Number of settings, or `None` for the grid.
        seed: Seed of the draws.

    Returns:
        List of dicts from hyperparameter to value; no more than the grid has.

    Raises:
        ValueError: If `runs` is not positive, or missing where there is a range.

    Example:
        >>> settings_of({"latent_dim": [16, 64], "loss": ["hinge"]})
        [{'latent_dim': 16, 'loss': 'hinge'}, {'latent_dim': 64, 'loss': 'hinge'}]

    Reference: Random search for hyper-parameter optimization (Bergstra and Bengio, 2012); A comparison of three
    methods for selecting values of input variables (McKay, Beckman and Conover, 1979).
    """
    ranges = [name for name, axis in axes.items() if isinstance(axis, Range)]
    if runs is None and ranges:
        raise ValueError(f"A range is searched at random, in a number of settings. Received: {ranges[0]}. Give --runs.")
    if runs is not None:
        check_positive_int("runs", runs)
    n_grid = None if ranges else math.prod(len(axis) for axis in axes.values())
    if n_grid is not None and (runs is None or runs >= n_grid):
        return [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
    rng = np.random.default_rng(seed)
    best, best_cost = None, math.inf
    for _ in range(TRIALS):
        columns = [_column(axis, runs, rng) for axis in axes.values()]
        settings = [dict(zip(axes, values, strict=True)) for values in zip(*columns, strict=True)]
        repeated = runs - len({repr(setting) for setting in settings})
        cost = (1 + repeated) * _entanglement(axes, columns)
        if best is None or cost < best_cost:
            best, best_cost = settings, cost
    return best


def _entanglement(axes, columns):
    """How hard it is to tell the hyperparameters apart: the condition of their common design, 1 at best."""
    parts = [columns_of(axis, told) for axis, told in zip(axes.values(), columns, strict=True)]
    parts = [part for part in parts if part.shape[1]]
    if not parts:
        return 1.0
    design = np.concatenate(parts, axis=1)
    design = (design - design.mean(axis=0)) / np.maximum(design.std(axis=0), 1e-12)
    sizes = np.linalg.svd(design, compute_uv=False)
    return float(sizes[0] / max(sizes[-1], 1e-12)) if design.shape[0] > design.shape[1] else 1.0


def _column(axis, runs, rng):
    if isinstance(axis, Range):
        shares = (rng.permutation(runs) + rng.uniform(size=runs)) / runs
        return [axis.at(share) for share in shares]
    order = rng.permutation(len(axis))  # which values stand once more often than others is random too
    return [axis[order[at % len(axis)]] for at in rng.permutation(runs)]
