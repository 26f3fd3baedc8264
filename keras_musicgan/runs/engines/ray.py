"""Tasks of Ray, on the machines of a cluster or on the cores of this one."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ray

from keras_musicgan.runs.engines.ray_cluster import RETRIES, RayCluster, threads
from keras_musicgan.runs.engines.share import Share
from keras_musicgan.utils.console import count, print_plain

if TYPE_CHECKING:
    from rich.console import Console

SECONDS_BETWEEN_LOOKS = 1.0  # at whether Ctrl-C has been pressed


class RayEngine:
    """The engine of a `RayCluster`.

    A task whose worker is lost is started again, up to three times. When the block ends, tasks that are left are
    stopped as by Ctrl-C.

    Args:
        per_run: What each task needs.
        held: Folder that is written to, held by `one_process`.
        read: Folders that are read.
        console: Where progress is printed.

    Raises:
        ValueError: If no machine is large enough for a run; by `call_all`, if a machine lacks this package or a folder.
        ConnectionError: If the cluster cannot be reached.
    """

    console: "Console | None" = None

    def __init__(self, per_run: Share, held: Path, read: Sequence[str | Path], console: "Console"):
        self._cluster = RayCluster(per_run, held, read)
        self._driver_console = console

    def __enter__(self):
        self._cluster.__enter__()
        try:
            self._report_size()
        except BaseException:
            self._cluster.__exit__()
            raise
        return self

    def __exit__(self, *error):
        self._cluster.__exit__(*error)

    def call_all(self, function: Callable, tasks: Sequence[tuple]) -> Iterator[tuple[int, Any]]:
        """Yields, as the calls end, the number of each task and the function's result, or a `LostError`."""
        environment = threads(_n_cores())  # those of this process: last digits depend on their number
        calls = {
            self._cluster.start(function, task, environment, max_retries=RETRIES): number
            for number, task in enumerate(tasks)
        }
        with _interrupts() as check:
            while calls:
                ended, _ = ray.wait(list(calls), num_returns=1, timeout=SECONDS_BETWEEN_LOOKS)
                check()
                for call in ended:
                    yield calls.pop(call), self._cluster.result(call)

    def _report_size(self):
        """Prints how many runs the cluster trains at a time; raises ValueError if it cannot train one."""
        n_runs, per_run = self._cluster.n_places(), self._cluster.share
        if not n_runs:
            raise ValueError(
                f"A run must fit on one machine of the Ray cluster. Received: --per-run {per_run}, where the "
                f"machines have {self._cluster.describe()}. Ask for less, or add a larger machine."
            )
        print_plain(self._driver_console, f"{self._cluster.describe_place()}: {count(n_runs, 'run')} at a time")


@contextmanager
def _interrupts():
    """Yields a function that raises KeyboardInterrupt once Ctrl-C was pressed, which Ray's own code could swallow."""
    if threading.current_thread() is not threading.main_thread():  # where no signal arrives
        yield lambda: None
        return
    pressed = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: pressed.set())

    def check():
        if pressed.is_set():
            raise KeyboardInterrupt

    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, before)


def _n_cores():
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
