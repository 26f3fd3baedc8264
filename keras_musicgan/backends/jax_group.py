"""Several processes under JAX, which run one program on the devices of all of them."""

import jax
import keras
import numpy as np
from jax.experimental import multihost_utils

PACKAGE = "jax"
HEARTBEAT_SECONDS = 30  # without one, JAX ends all processes


def check_supported(launch):
    """Does nothing: several processes can train."""


def has_a_store():
    """`False`: process 0 opens its port itself."""
    return False


def join(launch):
    """Joins the processes of a launch, which have all begun."""
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    jax.distributed.initialize(
        launch.address,
        launch.size,
        launch.rank,
        local_device_ids=launch.local_rank,  # one GPU a process, where a launcher numbers those of a host
        cluster_detection_method="deactivate",
        initialization_timeout=HEARTBEAT_SECONDS,
        heartbeat_timeout_seconds=HEARTBEAT_SECONDS,
        shutdown_timeout_seconds=HEARTBEAT_SECONDS,  # of one that has failed, while others go on
    )
    devices = keras.distribution.list_devices()
    keras.distribution.set_distribution(
        keras.distribution.DataParallel(devices=devices, auto_shard_dataset=False)  # `OwnRows` divides batches
    )


def size():
    """Number of processes."""
    return jax.process_count() if jax.distributed.is_initialized() else 1


def rank():
    """Number of this process."""
    return jax.process_index() if jax.distributed.is_initialized() else 0


def exchange(payload):
    """The bytes of all processes, in their order."""
    lengths = multihost_utils.process_allgather(np.array([len(payload)]))[:, 0]
    padded = np.zeros(1 << int(lengths.max()).bit_length(), "uint8")  # few lengths, for each of which XLA compiles
    padded[: len(payload)] = np.frombuffer(payload, "uint8")
    rows = multihost_utils.process_allgather(padded)
    return [row[:length].tobytes() for row, length in zip(rows, lengths, strict=True)]


def is_lost_connection(error):
    """Whether an error says that another process has ended."""
    words = ("Gloo", "NCCL", "Connection", "coordination service")
    return isinstance(error, (RuntimeError, ValueError)) and any(each in str(error) for each in words)


def copy_from_first(variables):
    """Does nothing: JAX has made sure that they are equal."""
