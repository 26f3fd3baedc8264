"""The settings of a sweep: a whole grid, or some drawn at random."""

import itertools
import math
from collections.abc import Mapping

from keras_musicgan.runs.axes import Range
from keras_musicgan.utils.checks import check_positive_int

TRIALS = 100  # Latin hypercubes, of which the most even is taken


def choose_settings(
    axes: Mapping[str, list | Range], runs: int | None = None, seed: int = 0
) -> list[dict[str, object]]:
    """The settings of a sweep.

    Without `runs` they are the grid of all lists. With `runs` they are a Latin hypercube: each value of a list appears
    equally often, to within one, and each range is cut into as many equal parts as there are settings, with one number
    drawn from each. So a few runs show more of each hyperparameter than independent draws would.

    Args:
        axes: Dict from hyperparameter to a list of values or a `Range`.
        runs: Number of settings, or `None` for the grid.
        seed: Seed of the draws.

    Returns:
        List of dicts from hyperparameter to value; no more than the grid has.

    Raises:
        ValueError: If `runs` is not positive, or is missing with a range.

    Example:
        >>> choose_settings({"latent_dim": [16, 64], "loss": ["hinge"]})
        [{'latent_dim': 16, 'loss': 'hinge'}, {'latent_dim': 64, 'loss': 'hinge'}]

    Reference: Random search for hyper-parameter optimization (Bergstra and Bengio, 2012); A comparison of three
    methods for selecting values of input variables (McKay, Beckman and Conover, 1979).
    """
    ranges = [name for name, axis in axes.items() if isinstance(axis, Range)]
    if runs is None and ranges:
        raise ValueError(f"A range is searched at random, in a number of settings. Received: {ranges[0]}. Give --runs.")
    if runs is not None:
        check_positive_int("runs", runs)
    lists = [axis for axis in axes.values() if not isinstance(axis, Range)]
    n_grid = None if ranges else math.prod(map(len, lists))
    if n_grid is not None and (runs is None or runs >= n_grid):
        return [dict(zip(axes, values, strict=True)) for values in itertools.product(*lists)]
    return _draw(axes, runs, seed)


def _draw(axes, runs, seed):
    from scipy.stats import qmc

    sampler = qmc.LatinHypercube(len(axes), seed=seed)

    def positions():
        """Settings in the unit cube `[runs, axes]`; a value of a list is the middle of its share."""
        cube = sampler.random(runs)
        for column, axis in zip(cube.T, axes.values(), strict=True):
            if not isinstance(axis, Range):
                column[:] = ((column * runs).astype(int) * len(axis) // runs + 0.5) / len(axis)
        return cube

    # In an even hypercube settings repeat little, and no two hyperparameters change together.
    best = min((positions() for _ in range(TRIALS)), key=lambda cube: qmc.discrepancy(cube, method="WD"))
    return [
        {name: _value(axis, at) for (name, axis), at in zip(axes.items(), row, strict=True)} for row in best.tolist()
    ]


def _value(axis, at):
    return axis.at(at) if isinstance(axis, Range) else axis[int(at * len(axis))]
