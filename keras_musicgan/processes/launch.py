"""What a launcher says about a process in the environment variables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

SLURM_PORTS = range(12000, 32000)  # one for each job, as far as there are so many


@dataclass(frozen=True)
class Launch:
    """One of several processes that train together.

    Attributes:
        rank: Number of this process, from 0.
        size: Number of processes.
        address: Host and port of process 0, as `10.0.0.1:29500`.
        local_rank: Number of this process among those of its host, or `None` where the launcher does not say it.
        source: The variables that say so, for messages.

    Raises:
        ValueError: If the numbers do not fit together, or the address is none.
    """

    rank: int
    size: int
    address: str
    local_rank: int | None
    source: str

    def __post_init__(self):
        if not 0 <= self.rank < self.size:
            raise ValueError(
                f"The number of a process must be at least 0 and below the number of processes. Received: {self.rank} "
                f"of {self.size} by {self.source}. Number the processes from 0."
            )
        host, _, port = self.address.rpartition(":")
        if self.size > 1 and not (host and port.isdigit() and 0 < int(port) < 2**16):
            raise ValueError(
                "The address of process 0 must be a host and a port, as 10.0.0.1:29500. "
                f"Received: {self.address!r} by {self.source}. Name both."
            )


def find_launch(environment: Mapping[str, str]) -> Launch | None:
    """The launch that `KERAS_DISTRIBUTION_*`, `torchrun` or a step of SLURM has written into the environment.

    Returns:
        The first of these three that is there, or `None`.

    Raises:
        ValueError: If a variable is missing or wrong.

    Example:
        >>> variables = {"RANK": "1", "WORLD_SIZE": "2", "MASTER_ADDR": "10.0.0.1", "MASTER_PORT": "29500"}
        >>> launch = find_launch(variables)
        >>> launch.rank, launch.size, launch.address
        (1, 2, '10.0.0.1:29500')
    """
    for name, read in (
        ("KERAS_DISTRIBUTION_NUM_PROCESSES", _of_keras),
        ("WORLD_SIZE", _of_torchrun),
        ("SLURM_STEP_NUM_TASKS", _of_slurm),
    ):
        if name in environment:
            return read(environment)
    return None


def _of_keras(environment):
    prefix = "KERAS_DISTRIBUTION_"
    addresses = _get(environment, f"{prefix}JOB_ADDRESSES").split(",")
    size = _number(environment, f"{prefix}NUM_PROCESSES")
    if len(addresses) not in (1, size):
        raise ValueError(
            f"{prefix}JOB_ADDRESSES must hold the address of process 0, or one for each process. "
            f"Received: {len(addresses)} addresses for {size} processes. Name that of process 0 alone."
        )
    return Launch(_number(environment, f"{prefix}PROCESS_ID"), size, addresses[0].strip(), None, f"{prefix}*")


def _of_torchrun(environment):
    address = f"{_get(environment, 'MASTER_ADDR')}:{_get(environment, 'MASTER_PORT')}"
    local = _number(environment, "LOCAL_RANK") if "LOCAL_RANK" in environment else None
    rank, size = _number(environment, "RANK"), _number(environment, "WORLD_SIZE")
    return Launch(rank, size, address, local, "RANK, WORLD_SIZE and MASTER_*")


def _of_slurm(environment):
    job = _number(environment, "SLURM_JOB_ID")
    address = f"{first_host(_get(environment, 'SLURM_STEP_NODELIST'))}:{SLURM_PORTS[job % len(SLURM_PORTS)]}"
    rank, size = _number(environment, "SLURM_PROCID"), _number(environment, "SLURM_STEP_NUM_TASKS")
    return Launch(rank, size, address, _number(environment, "SLURM_LOCALID"), "SLURM_*")


def first_host(nodes: str) -> str:
    """The first host of a list of SLURM.

    Example:
        >>> first_host("gpu[07-12,20],cpu1"), first_host("login,gpu[07-12]")
        ('gpu07', 'login')
    """
    prefix, bracket, rest = re.fullmatch(r"([^,\[]*)(\[?)(.*)", nodes).groups()  # type: ignore[union-attr]
    return prefix + (re.split(r"[-,\]]", rest)[0] if bracket else "")


def _get(environment, name):
    if name not in environment:
        raise ValueError(
            f"Several processes need the variable {name}. Received: none. Set it for each of them, or start them with "
            "torchrun or srun."
        )
    return environment[name]


def _number(environment, name):
    text = _get(environment, name)
    if not text.strip().isdigit():
        raise ValueError(f"{name} must be a whole number. Received: {name}={text!r}")
    return int(text)
