"""Tasks of Ray, on the machines of a cluster or on the cores of this one.

Only tasks are used: Ray's trainers set up Keras's backend in their own way.
"""

import importlib.metadata
import logging
import os
import pickle
import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import ray

from keras_musicgan.runs.engines.errors import LostError
from keras_musicgan.runs.engines.per_run import PerRun
from keras_musicgan.runs.engines.ray_worker import make_worker
from keras_musicgan.runs.lock import HOLDER
from keras_musicgan.utils.console import count, print_plain
from keras_musicgan.utils.native_output import held_back_errors

if TYPE_CHECKING:
    from rich.console import Console

RETRIES = 3  # of a task whose worker was lost
CONNECT_SECONDS = 10.0
STOP_SECONDS = 10.0  # in which a stopped run may end its batch
THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "NPROC")  # of PyTorch and NumPy, TensorFlow, JAX
SHARED_GPU = {  # else the first run on a GPU takes all of its memory
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
}


class RayEngine:
    """The engine of the Ray cluster that `ray.init` finds: that of `RAY_ADDRESS`, a running one, or one it starts here.

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

    def __init__(self, per_run: PerRun, held: Path, read: Sequence[str | Path], console: "Console"):
        self._per_run = per_run
        self._held = held.resolve()
        self._read = [str(folder) for folder in read]
        self._driver_console = console
        self._left: dict = {}  # number of each task that has not ended, by its reference
        self._connected = False

    def __enter__(self):
        if not ray.is_initialized():
            _connect()
            self._connected = True
        try:
            self._report_size()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error):
        try:
            if self._left:
                self._stop()
        finally:
            if self._connected:
                ray.shutdown()

    def call_all(self, function: Callable, tasks: Sequence[tuple]) -> Iterator[tuple[int, Any]]:
        """Yields, as the calls end, the number of each task and the function's result, or a `LostError`."""
        worker = ray.remote(
            num_cpus=self._per_run.cpus,
            num_gpus=self._per_run.gpus,
            max_retries=RETRIES,
            runtime_env={"env_vars": self._environment()},
        )(make_worker())
        holder = self._held / HOLDER
        needed = (importlib.metadata.version("keras_musicgan"), str(holder), holder.read_text(), self._read)
        self._left = {
            worker.remote(pickle.dumps((function, task)), *needed): number for number, task in enumerate(tasks)
        }
        while self._left:
            (ended,), _ = ray.wait(list(self._left), num_returns=1)
            number = self._left.pop(ended)
            yield number, _result(ended)

    def _environment(self):
        """The variables of a worker: this process's backend and numbers of threads, on which last digits depend."""
        threads = {name: os.environ.get(name, str(_n_cores())) for name in THREADS}
        gpus = SHARED_GPU if self._per_run.gpus else {"CUDA_VISIBLE_DEVICES": ""}
        return {"KERAS_BACKEND": keras.backend.backend(), "TF_CPP_MIN_LOG_LEVEL": "3", **threads, **gpus}

    def _report_size(self):
        """Prints how many runs the cluster trains at a time; raises ValueError if it cannot train one."""
        machines = [machine["Resources"] for machine in ray.nodes() if machine["Alive"]]
        n_runs = [self._per_run.times_in(each.get("CPU", 0), each.get("GPU", 0)) for each in machines]
        if not sum(n_runs):
            sizes = sorted({f"cpus={each.get('CPU', 0):g},gpus={each.get('GPU', 0):g}" for each in machines})
            raise ValueError(
                f"A run must fit on one machine of the Ray cluster. Received: --per-run {self._per_run}, where the "
                f"machines have {' and '.join(sizes)}. Ask for less, or add a larger machine."
            )
        where = f"Ray on {count(len(machines), 'machine')}"
        print_plain(self._driver_console, f"{where}: {count(sum(n_runs), 'run')} at a time")

    def _stop(self):
        """Stops all tasks that are left: after their batch or, if that takes long, at once."""
        left, self._left = list(self._left), {}
        for force in (False, True):
            for task in left:
                ray.cancel(task, force=force)
            if left:
                _, left = ray.wait(left, num_returns=len(left), timeout=STOP_SECONDS)


def _n_cores():
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _connect():
    """Connects to a cluster, or starts one on this machine."""
    address = os.environ.get("RAY_ADDRESS", "")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    failure = None
    with held_back_errors():
        try:
            _check_address(address)
            ray.init(include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
        except (OSError, RuntimeError, ValueError) as error:
            failure = error
    if failure is not None:
        where = f"RAY_ADDRESS={address}" if address else "no RAY_ADDRESS"
        raise ConnectionError(
            f"Ray must reach a cluster, or start one. Received: {where}: {failure}. Look at `ray status` there; leave "
            "RAY_ADDRESS out to use this machine; where a cluster needs a token, set RAY_AUTH_MODE=token."
        ) from failure


def _check_address(address):
    """Raises OSError for a HOST:PORT where nothing answers, which Ray tries for minutes."""
    host, _, port = address.rpartition("/")[2].rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS).close()


def _result(ended):
    """The result of a task that has ended, or a LostError if it lost its worker; raises what the function raised."""
    try:
        found = ray.get(ended)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from None
    except ray.exceptions.RayError as error:
        return LostError(str(error).partition("\n")[0])
    if isinstance(found, str):
        raise ValueError(found)
    return found[0]
