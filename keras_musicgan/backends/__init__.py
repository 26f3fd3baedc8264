"""The code that depends on the backend of Keras.

Each module offers the same names:

- `step`: a decorator for `train_step(self, data)` and `test_step(self, data)` that adapts their signature to the
  backend's trainer;
- `minimize(model, loss_fn, variables, optimizer)`: one optimizer step. `loss_fn` returns a scalar loss and a dict of
  logs. Returns the logs and the gradients;
- `compiles_by_default(model)`: whether the step is compiled by XLA where Keras's own default is not to;
- `check_compilable(jit_compile, penalties)`: raises ValueError if the backend cannot compile these penalties;
- `input_gradient(model, inputs)`: the gradient of a network's scores, itself differentiable;
- `shard_of(draw, batch_size)`: this device's rows of a random draw for all devices;
- `over_all_devices(values)`: sums over all devices;
- `global_random_state()` and `set_global_random_state(state)`: the random state outside Keras's variables, as a dict
  for JSON.
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
check_compilable = _backend.check_compilable
input_gradient = _backend.input_gradient
shard_of = _backend.shard_of
over_all_devices = _backend.over_all_devices
global_random_state = _backend.global_random_state
set_global_random_state = _backend.set_global_random_state
