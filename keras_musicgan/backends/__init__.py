"""The code that depends on the backend of Keras.

Each module offers the same names:

- `step`: a decorator for `train_step(self, data)` and `test_step(self, data)` that adapts their signature to the
  backend's trainer;
- `minimize(model, loss_fn, variables, optimizer)`: one optimizer step. `loss_fn` returns a scalar loss and a dict of
  logs. Returns the logs and the gradients;
- `compiles_by_default(model)`: whether the step is compiled by XLA where Keras's own default is not to;
- `executes_several_steps()`: whether one call of the compiled function may take several steps;
- `read_steadily(batches)`: changes an epoch iterator of Keras so that the end of an epoch waits for nothing;
- `check_compilable(jit_compile, penalties)`: raises ValueError if the backend cannot compile these penalties;
- `check_optimizer(model, optimizer)`: raises ValueError if the backend cannot apply an optimizer on a model's devices;
- `input_gradient(model, inputs)`: the gradient of a network's scores, itself differentiable;
- `shard_of(draw, batch_size)`: this device's rows of a random draw for all devices;
- `over_all_devices(gradients)`: the gradients that `minimize` returned, of the whole batch;
- `mean_over_devices(values)`: means of scalars over all devices;
- `rows_of_all_devices(rows)`: the rows of all devices, and the number of those before this device's;
- `n_devices(model)`: the number of equal parts into which a batch is divided;
- `alone(variables)`: a block in which one of several processes may use a model with these variables, or make one;
- `on_devices(n)`: a block in which models are made and trained on several devices of this machine;
- `on_one_device(function)`: the value of a function that trains a network of its own;
- `global_random_state()` and `set_global_random_state(state)`: the random state outside Keras's variables, as a dict
  for JSON;
- `group`: the processes that train together; `keras_musicgan.processes` is built on it.
"""

import importlib

import keras

if keras.backend.backend() not in ("tensorflow", "jax", "torch"):
    raise ImportError(
        "keras_musicgan trains on the backends 'tensorflow', 'jax' and 'torch'. "
        f"Received: keras.backend.backend()={keras.backend.backend()!r}. "
        "Set the environment variable KERAS_BACKEND to one of the three before importing keras."
    )

_backend = importlib.import_module(f"{__name__}.{keras.backend.backend()}")
step = _backend.step
minimize = _backend.minimize
compiles_by_default = _backend.compiles_by_default
executes_several_steps = _backend.executes_several_steps
read_steadily = _backend.read_steadily
check_compilable = _backend.check_compilable
check_optimizer = _backend.check_optimizer
input_gradient = _backend.input_gradient
shard_of = _backend.shard_of
over_all_devices = _backend.over_all_devices
mean_over_devices = _backend.mean_over_devices
rows_of_all_devices = _backend.rows_of_all_devices
n_devices = _backend.n_devices
alone = _backend.alone
on_devices = _backend.on_devices
on_one_device = _backend.on_one_device
group = importlib.import_module(f"{__name__}.{keras.backend.backend()}_group")
global_random_state = _backend.global_random_state
set_global_random_state = _backend.set_global_random_state
