"""Joining the processes that a launcher has started."""

import importlib.metadata
import os
import random
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import keras

from keras_musicgan.backends import group
from keras_musicgan.processes.agreement import check_agreement
from keras_musicgan.processes.group import from_first
from keras_musicgan.processes.launch import find_launch
from keras_musicgan.processes.meeting import meet

MEET_SECONDS = 50  # so that a process that waits in vain ends within a minute


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
    group.check_supported(launch)
    if not group.has_a_store():
        meet(launch, MEET_SECONDS)
    group.join(launch)
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
