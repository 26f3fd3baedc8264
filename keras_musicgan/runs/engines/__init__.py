"""Engines, which call a function for each of many tasks."""

import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from keras_musicgan.runs.engines.share import check_share
from keras_musicgan.utils.checks import check_choice

if TYPE_CHECKING:
    from rich.console import Console


class EngineName(StrEnum):
    """The engines, as the command line names them."""

    serial = "serial"
    ray = "ray"


class Engine(Protocol):
    """What each engine offers, in a block that begins and ends its use.

    Attributes:
        console: What the called function may print on, or `None` where that is another process.
    """

    console: "Console | None"

    def __enter__(self) -> "Engine": ...

    def __exit__(self, *error) -> None: ...

    def call_all(self, function, tasks: Sequence[tuple]) -> Iterator[tuple[int, Any]]:
        """Yields, as the calls end, the number of each task and `function(*task)`, or a `LostError` in its place.

        What the function raises is raised.
        """


def check_engine(name: str, **of_ray: Any) -> None:
    """Checks an engine without importing it, so that the command line answers at once.

    Args:
        name: Its name.
        **of_ray: Options that Ray alone takes; `None` if not given.

    Raises:
        ValueError: If there is none of this name, or it does not take an option.
        ImportError: If its package is not installed.
    """
    check_choice("engine", name, [engine.value for engine in EngineName])
    for option, value in of_ray.items():
        if value is not None and name != "ray":
            raise ValueError(
                f"--{option.replace('_', '-')} is for --engine ray. Received: --engine {name}, which uses this process "
                "alone. Leave one out."
            )
    if name == "ray" and importlib.util.find_spec("ray") is None:
        raise ImportError("--engine ray needs a package that is not installed. Run: pip install 'keras_musicgan[ray]'")


def open_engine(
    name: str, per_run: Mapping[str, float] | None, held: Path, read: Sequence[str | Path], console: "Console"
) -> Engine:
    """The engine of a name, by `check_engine`.

    Args:
        name: One of `EngineName`.
        per_run: What each task needs, for `ray`.
        held: Folder that tasks write to, held by `one_process`.
        read: Folders that tasks read.
        console: Where progress is printed.
    """
    if name == "ray":
        from keras_musicgan.runs.engines.ray import RayEngine

        return RayEngine(check_share("per_run", per_run), held, read, console)
    from keras_musicgan.runs.engines.serial import SerialEngine

    return SerialEngine(console)
