"""The processes that train together, and what they tell each other."""

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from keras_musicgan.backends import group


class LostProcessError(ConnectionError):
    """Another process of the run has ended."""


def size() -> int:
    """Number of processes that train together; 1 without others."""
    return group.size()


def rank() -> int:
    """Number of this process among them, from 0."""
    return group.rank()


def is_first() -> bool:
    """Whether this process writes files: of several, the first does."""
    return group.rank() == 0


def gather(value: Any) -> list:
    """The values of all processes in their order. All must call it; it waits for them.

    Raises:
        LostProcessError: If another process has ended.
    """
    if size() == 1:
        return [value]
    with lost_processes():
        return [pickle.loads(payload) for payload in group.exchange(pickle.dumps(value))]


def from_first(value: Any) -> Any:
    """The value of the first process; raises as `gather` does."""
    return gather(value if is_first() else None)[0]


def on_first(function: Callable[[], Any]) -> Any:
    """The value of a function that the first process alone computes; raises as `gather` does."""
    return from_first(function() if is_first() else None)


@contextmanager
def lost_processes() -> Iterator[None]:
    """A block in which the backend's errors of a broken connection become a LostProcessError.

    Raises:
        LostProcessError: If another process has ended.
    """
    try:
        yield
    except Exception as error:
        if size() == 1 or not group.is_lost_connection(error):
            raise
        raise LostProcessError(
            f"All {size()} processes must run until the training run ends. Received: a connection of process {rank()} "
            "that broke, because another one has ended; its own message says why. Start all of them again; with "
            "--resume the run goes on from its last checkpoint."
        ) from error
