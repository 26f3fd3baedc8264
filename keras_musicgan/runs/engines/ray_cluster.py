"""A Ray cluster: the machines of one, or the cores of this machine.

Only tasks, actors and placement groups are used: Ray's trainers set up Keras's backend in their own way.
"""

import importlib.metadata
import logging
import os
import pickle
import socket
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import ray

from keras_musicgan.runs.engines.errors import LostError
from keras_musicgan.runs.engines.ray_worker import make_worker
from keras_musicgan.runs.engines.share import Share
from keras_musicgan.runs.lock import HOLDER
from keras_musicgan.utils.console import count
from keras_musicgan.utils.native_output import held_back_errors

RETRIES = 3  # of what has lost a process
CONNECT_SECONDS = 10.0
STOP_SECONDS = 10.0  # in which a stopped run may end its batch
THREADS = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "NPROC")  # of PyTorch and NumPy, TensorFlow, JAX
SHARED_GPU = {  # else the first run on a GPU takes all of its memory
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
}


class RayCluster:
    """The Ray cluster that `ray.init` finds: that of `RAY_ADDRESS`, a running one, or one it starts here.

    It is connected to in a block. When the block ends, calls that are left are stopped as by Ctrl-C.

    Args:
        share: What the process of each call needs.
        held: Folder that is written to, held by `one_process`.
        read: Folders that are read.

    Raises:
        ConnectionError: If the cluster cannot be reached.
    """

    def __init__(self, share: Share, held: Path, read: Sequence[str | Path]):
        self.share = share
        self._held = held.resolve()
        self._read = [str(folder) for folder in read]
        self._left: set = set()  # references to the results of calls that have not ended
        self._connected = False

    def __enter__(self):
        if not ray.is_initialized():
            _connect()
            self._connected = True
        return self

    def __exit__(self, *error):
        try:
            self.stop()
        finally:
            if self._connected:
                ray.shutdown()

    def n_places(self) -> int:
        """How many such processes the machines take at a time."""
        return sum(self.share.times_in(each.get("CPU", 0), each.get("GPU", 0)) for each in _machines())

    def describe(self) -> str:
        """Each kind of machine, as `cpus=2,gpus=0`."""
        sizes = {f"cpus={each.get('CPU', 0):g},gpus={each.get('GPU', 0):g}" for each in _machines()}
        return " and ".join(sorted(sizes))

    def describe_place(self) -> str:
        """The cluster in the words of a line of progress."""
        return f"Ray on {count(len(_machines()), 'machine')}"

    def start(self, function: Callable, arguments: tuple, environment: Mapping[str, str], **options) -> Any:
        """Starts a call on a machine that has this package, the backend and the folders.

        Args:
            function: A function of this package.
            arguments: Its arguments.
            environment: Variables of the process, beside those of the backend and of GPUs.
            **options: Options of a task of Ray.

        Returns:
            The reference to its result, for `result`.
        """
        gpus = SHARED_GPU if self.share.gpus else {"CUDA_VISIBLE_DEVICES": ""}
        backend = {"KERAS_BACKEND": keras.backend.backend(), "TF_CPP_MIN_LOG_LEVEL": "3"}
        worker = ray.remote(
            num_cpus=self.share.cpus,
            num_gpus=self.share.gpus,
            runtime_env={"env_vars": {**backend, **gpus, **environment}},
            **options,
        )(make_worker())
        holder, version = self._held / HOLDER, importlib.metadata.version("keras_musicgan")
        call = pickle.dumps((function, arguments))
        started = worker.remote(call, version, str(holder), holder.read_text(), self._read)
        self._left.add(started)
        return started

    def result(self, ended: Any) -> Any:
        """The result of a call that has ended, or a LostError if it lost its process.

        Raises:
            ValueError: If the machine lacks this package or a folder.
            BaseException: What the function raised.
        """
        self._left.discard(ended)
        try:
            found = ray.get(ended)
        except ray.exceptions.RayTaskError as error:
            raise error.cause from None
        except ray.exceptions.RayError as error:
            return LostError(str(error).partition("\n")[0])
        if isinstance(found, str):
            raise ValueError(found)
        return found[0]

    def stop(self) -> None:
        """Stops all calls that are left: after their batch or, if that takes long, at once."""
        left, self._left = list(self._left), set()
        for force in (False, True):
            for call in left:
                ray.cancel(call, force=force)
            if left:
                _, left = ray.wait(left, num_returns=len(left), timeout=STOP_SECONDS)


def threads(n: int) -> dict[str, str]:
    """Variables of a process for so many threads, unless this process has others."""
    return {name: os.environ.get(name, str(n)) for name in THREADS}


def _machines():
    """The resources of each machine, by Ray's names."""
    return [machine["Resources"] for machine in ray.nodes() if machine["Alive"]]


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
