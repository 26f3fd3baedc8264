"""Several processes under PyTorch: a process group of Gloo for CPUs, and of NCCL for GPUs."""

import atexit
import contextlib
import datetime

import torch
from torch import distributed

PACKAGE = "torch"
WAIT = datetime.timedelta(minutes=30)  # for a process that measures or writes; one that ends breaks its connections
_steps = 0  # that are being taken, one in another


def check_supported(launch):
    """Does nothing: several processes can train."""


def has_a_store():
    """Whether a launcher keeps the port of process 0 open, as torchrun does."""
    return distributed.is_torchelastic_launched()


def join(launch):
    """Joins the processes of a launch, which have all begun."""
    if torch.cuda.is_available():
        local = launch.rank if launch.local_rank is None else launch.local_rank
        torch.cuda.set_device(local % torch.cuda.device_count())
    kind = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    url = f"tcp://{launch.address}"
    distributed.init_process_group(kind, init_method=url, rank=launch.rank, world_size=launch.size, timeout=WAIT)
    atexit.register(distributed.destroy_process_group)


def size():
    """Number of processes."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def rank():
    """Number of this process."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def exchange(payload):
    """The bytes of all processes, in their order."""
    payloads = [None] * size()
    distributed.all_gather_object(payloads, payload)
    return payloads


def is_lost_connection(error):
    """Whether an error says that another process has ended."""
    return isinstance(error, (distributed.DistError, RuntimeError)) and any(
        words in str(error) for words in ("gloo", "NCCL", "Connection", "Broken pipe", "Socket")
    )


def copy_from_first(variables):
    """Gives the variables of all processes the values of the first."""
    with torch.no_grad():
        for variable in variables:
            distributed.broadcast(variable.value, 0)


@contextlib.contextmanager
def step():
    """A step that all processes take together. Outside of one, a network is used by a process alone."""
    global _steps
    _steps += 1
    try:
        yield
    finally:
        _steps -= 1


def n_in_step():
    """Number of processes that take the present step; 1 outside of one."""
    return size() if _steps else 1


def mean(tensors):
    """The means of tensors over the processes of a step, sent as one."""
    if n_in_step() == 1 or not tensors:
        return tensors
    flat = torch.cat([tensor.detach().float().reshape(-1) for tensor in tensors])
    distributed.all_reduce(flat)
    parts = torch.split(flat / size(), [tensor.numel() for tensor in tensors])
    return [part.reshape(tensor.shape).to(tensor.dtype) for part, tensor in zip(parts, tensors, strict=True)]


class AllRows(torch.autograd.Function):
    """The rows of all processes, of which each has as many; its gradient may be differentiated again."""

    @staticmethod
    def forward(context, rows):
        """All rows in the order of the processes."""
        parts = [torch.empty_like(rows) for _ in range(size())]
        distributed.all_gather(parts, rows.contiguous())
        return torch.cat(parts)

    @staticmethod
    def backward(context, gradient):
        """The own rows of the sum of all gradients."""
        return _OwnRowsOfSum.apply(gradient)


class _OwnRowsOfSum(torch.autograd.Function):
    """The own rows of the sum over all processes: the transpose of `AllRows`."""

    @staticmethod
    def forward(context, values):
        """The own rows."""
        total = values.clone().contiguous()
        distributed.all_reduce(total)
        return total.chunk(size())[rank()].clone()

    @staticmethod
    def backward(context, gradient):
        """The gradients of all rows."""
        return AllRows.apply(gradient)
