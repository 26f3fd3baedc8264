"""Which sources train and which are held out."""

from collections.abc import Iterable

import numpy as np


class NoUsableDataError(ValueError):
    """A source of data that holds nothing a model can train on."""


def check_held_out(held_out: float) -> None:
    """Raises ValueError unless `held_out` is a share in [0, 1)."""
    if not 0 <= held_out < 1:
        raise ValueError(f"`held_out` must be a share in [0, 1). Received: held_out={held_out}")


def split(names: Iterable[str], held_out: float, seed: int) -> tuple[list[str], list[str]]:
    """Splits named sources into those to train on and those held out, by names and seed alone.

    Args:
        names: The names, in any order.
        held_out: Share in [0, 1) to hold out; where it is not 0 and there are two names, each part gets one at least.
        seed: Seed.

    Raises:
        ValueError: If the share is out of range.

    Example:
        >>> split(["a", "b", "c", "d"], 0.25, seed=1)
        (['b', 'c', 'd'], ['a'])
    """
    check_held_out(held_out)
    names = sorted(names)
    order = [names[index] for index in np.random.default_rng(seed).permutation(len(names))]
    n_held_out = min(max(round(held_out * len(names)), 1), len(names) - 1) if held_out else 0
    return order[n_held_out:], order[:n_held_out]
