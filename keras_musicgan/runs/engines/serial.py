"""Tasks one after the other, in this process."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


class SerialEngine:
    """The engine that needs nothing.

    Args:
        console: What the function may print on.
    """

    def __init__(self, console: "Console"):
        self.console: Console | None = console

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def call_all(self, function: Callable, tasks: Sequence[tuple]) -> Iterator[tuple[int, Any]]:
        """Yields the number of each task and the function's result for it."""
        for number, task in enumerate(tasks):
            yield number, function(*task)
