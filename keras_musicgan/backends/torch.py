"""Differentiate and apply on PyTorch."""

import contextlib
import functools

import torch

from keras_musicgan.backends import torch_group as group


def step(method):
    """The method as it is, `(self, data)` to the logs, taken by all processes together."""

    @functools.wraps(method)
    def together(self, data):
        with group.step():
            return method(self, data)

    return together


def minimize(model, loss_fn, variables, optimizer):
    """Moves `variables` one optimizer step down the loss, the mean over all processes."""
    loss, logs = loss_fn()
    loss = optimizer.scale_loss(loss)
    values = [variable.value for variable in variables]
    # A frozen network has no values, and PyTorch no gradient of none.
    gradients = torch.autograd.grad(loss, values, allow_unused=True) if values else ()
    gradients = [torch.zeros_like(v) if g is None else g for g, v in zip(gradients, values, strict=True)]
    gradients = group.mean(gradients)
    with torch.no_grad():
        optimizer.apply(gradients, variables)
    return logs, gradients


def compiles_by_default(model):
    """`False`: PyTorch compiles no second derivatives, which penalties need."""
    return False


def executes_several_steps():
    """`False`: one call takes one step."""
    return False


def read_steadily(batches):
    """Does nothing: Keras reads batches itself."""


def check_compilable(jit_compile, penalties):
    """Raises ValueError for compiled penalties, which `torch.compile` cannot differentiate twice."""
    if jit_compile is True and penalties:
        raise ValueError(
            "torch.compile cannot differentiate the gradient of a penalty. Received: jit_compile=True with "
            f"penalties {[penalty.name for penalty in penalties]}. Leave `jit_compile` out, or the penalties."
        )


def check_optimizer(model, optimizer):
    """Does nothing: any optimizer can be applied."""


def input_gradient(model, inputs):
    """Gradient of the summed scores of `model` with respect to `inputs`; shape of `inputs`."""
    with torch.enable_grad():
        inputs = inputs.detach().requires_grad_(True)
        scores = model(inputs, training=True).float().sum()
        return torch.autograd.grad(scores, inputs, create_graph=True)[0]


def shard_of(draw, batch_size):
    """The rows of this process of one draw for all processes, the same on each."""
    if group.n_in_step() == 1:
        return draw(batch_size)
    first = group.rank() * batch_size
    return draw(group.size() * batch_size)[first : first + batch_size]


def over_all_devices(values):
    """The values: `minimize` returns gradients of all processes."""
    return values


def mean_over_devices(values):
    """The means of scalars over all processes."""
    return group.mean(values)


def rows_of_all_devices(rows):
    """The rows of all processes, and the number of those before this process's."""
    return (rows, 0) if group.n_in_step() == 1 else (group.AllRows.apply(rows), group.rank() * len(rows))


def n_devices(model):
    """Number of equal parts of a batch: the processes, each with one device."""
    return group.size()


def alone(variables):
    """A block in which this process may use a model without the others: any."""
    return contextlib.nullcontext()


@contextlib.contextmanager
def on_devices(n):
    """A block in which models are trained on `n` devices; raises ValueError above 1, for which there are processes."""
    if n > 1:
        raise ValueError(
            f"PyTorch trains on one device a process. Received: --devices {n}. Start {n} processes: torchrun "
            f"--nproc-per-node {n} -m keras_musicgan train …"
        )
    yield


def on_one_device(function):
    """The value of a function that trains a network of its own: on the device of this process."""
    return function()


def global_random_state():
    """The states of PyTorch's generators, from which Keras's dropout without a seed draws."""
    state = {"cpu": torch.get_rng_state().numpy().tobytes().hex()}
    if torch.cuda.is_available():
        state["cuda"] = [each.numpy().tobytes().hex() for each in torch.cuda.get_rng_state_all()]
    return state


def set_global_random_state(state):
    """Restores a result of `global_random_state`, as far as this backend and its devices have such states."""
    if "cpu" in state:
        torch.set_rng_state(_bytes(state["cpu"]))
    if torch.cuda.is_available():
        for device, each in enumerate(state.get("cuda", [])[: torch.cuda.device_count()]):
            torch.cuda.set_rng_state(_bytes(each), device)


def _bytes(text):
    return torch.frombuffer(bytearray.fromhex(text), dtype=torch.uint8)
