"""Joining the processes that a launcher has started."""

import importlib.metadata
import os
import random
import socket
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import keras

from keras_musicgan.backends import group
from keras_musicgan.processes.agreement import check_agreement
from keras_musicgan.processes.group import from_first
from keras_musicgan.processes.launch import Launch, find_launch

CONNECT_SECONDS = 50  # with what comes after it, a process that waits in vain ends within a minute


def start() -> None:
    """Joins this process with the others that a launcher has started, and gives all of them the same random seed.

    Call it before anything is built. It reads `KERAS_DISTRIBUTION_NUM_PROCESSES`, `_PROCESS_ID` and `_JOB_ADDRESSES`,
    or else `RANK`, `WORLD_SIZE`, `MASTER_ADDR` and `MASTER_PORT` as `torchrun` sets them, or else the variables of a
    step of SLURM. Without any of them, or of a single process, it does nothing. Under JAX it also sets
    `keras.distribution.DataParallel` over the devices of all processes.

    Raises:
        ValueError: If the variables are wrong, the backend is TensorFlow, or the processes have different versions.
        ConnectionError: If the port of process 0 is in use, or not all processes answer within a minute.
    """
    launch = find_launch(os.environ)
    if launch is None or launch.size == 1 or group.size() > 1:
        return
    if launch.rank == 0 and not group.has_a_store():
        _check_port(launch)
    try:
        group.join(launch, CONNECT_SECONDS)
    except RuntimeError as error:
        raise ConnectionError(_describe_silence(launch)) from error
    check_agreement(
        {name: importlib.metadata.version(name) for name in ("keras_musicgan", "keras", group.PACKAGE)},
        "Install the same packages on every host.",
    )
    keras.utils.set_random_seed(from_first(random.randrange(2**32)))


@contextmanager
def ending_at_once() -> Iterator[None]:
    """A block after an error in which one of several processes ends at once.

    The others notice it then. A regular end of Python would wait until they have ended too.
    """
    try:
        yield
    except BaseException as error:
        if group.size() == 1:
            raise
        if not hasattr(error, "exit_code"):  # of a command, which has said why
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(getattr(error, "exit_code", 1))


def _check_port(launch: Launch) -> None:
    """Raises ConnectionError if another program listens on the port of this process."""
    port = int(launch.address.rpartition(":")[2])
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError as error:
            raise ConnectionError(
                f"Process 0 needs a free port for the others to connect to. Received: {launch.address} by "
                f"{launch.source}, whose port is in use ({error.strerror}). Name another one to all processes."
            ) from error


def _describe_silence(launch):
    if launch.rank == 0:
        return (
            f"All {launch.size} processes must connect to process 0 at {launch.address} within {CONNECT_SECONDS} "
            f"seconds. Received: fewer. Start process {', '.join(map(str, range(1, launch.size)))} with the same "
            f"address and number of processes ({launch.source}), and see that the port can be reached."
        )
    return (
        f"Process {launch.rank} must reach process 0 at {launch.address} within {CONNECT_SECONDS} seconds. Received: "
        f"no answer. See that process 0 runs there, that {launch.source} names its address, and that the port can be "
        "reached."
    )
