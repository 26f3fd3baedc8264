"""The split into sources for training and held-out ones."""

from collections.abc import Iterable
from typing import TypeVar

import numpy as np

from keras_musicgan.utils.checks import check_number, check_seed

Name = TypeVar("Name", str, int)


class NoUsableDataError(ValueError):
    """A source of data without anything to train on."""


def no_usable_data(kind: str, source: str, skipped: dict[str, str]) -> NoUsableDataError:
    """The error for a source in which everything was skipped.

    Args:
        kind: Name of one part of it.
        source: Name of the whole.
        skipped: Dict from name to the reason why it is not used.
    """
    reasons = "; ".join([f"{len(skipped)} skipped", *(f"{name}: {skipped[name]}" for name in list(skipped)[:3])])
    return NoUsableDataError(f"There must be at least one {kind} to train on. Received: {source} with none ({reasons})")


def check_held_out(held_out: float) -> None:
    """Raises ValueError unless `held_out` is a share in [0, 1)."""
    check_number("held_out", held_out, at_least=0, below=1)


def split(names: Iterable[Name], held_out: float, seed: int) -> tuple[list[Name], list[Name]]:
    """Splits named sources into those for training and held-out ones, by names and seed alone.

    Args:
        names: The names, in any order.
        held_out: Share in [0, 1) to hold out; unless it is 0, of two names or more each part gets one at least.
        seed: Seed.

    Raises:
        ValueError: If the share is out of range.

    Example:
        >>> split(["a", "b", "c", "d"], 0.25, seed=1)
        (['b', 'c', 'd'], ['a'])
    """
    check_held_out(held_out)
    check_seed("seed", seed)
    known = sorted(names)
    order = [known[index] for index in np.random.default_rng(seed).permutation(len(known))]
    n_held_out = min(max(round(held_out * len(known)), 1), len(known) - 1) if held_out else 0
    return order[n_held_out:], order[:n_held_out]
