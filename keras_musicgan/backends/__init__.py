"""The only code that knows which backend Keras runs on.

Each module offers the same names:

- `AdversarialTrainer`: a mixin that gives a model the `train_step` and `test_step` of its backend, on top of the
  model's own `adversarial_step(data)` and `adversarial_losses(data)`, and
  `minimize(loss_fn, variables, optimizer, lazy)`:
  `loss_fn` returns a scalar loss and a dict of logs, `lazy` is a list of pairs of whether another part of the loss is
  due (a scalar boolean tensor) and the function that computes it, which runs only then; the gradients of all that with
  respect to `variables` are applied by `optimizer`, and the logs, the gradients and the sum of the lazy parts are
  returned; its attribute `compiles_second_derivatives` tells whether a compiled step may hold a gradient penalty;
- `input_gradient(model, inputs)`: the gradient of a network's scores, differentiable again;
- `shard_of(draw, batch_size)`: this device's rows of something drawn for all devices together;
- `over_all_devices(values)`: sums of what each device has computed;
- `global_random_state()` and `set_global_random_state(state)`: the state of random numbers that belongs to no Keras
  variable, as a dict for JSON.
"""

import keras

if keras.backend.backend() == "tensorflow":
    from keras_musicgan.backends.tensorflow import (
        AdversarialTrainer,
        global_random_state,
        input_gradient,
        over_all_devices,
        set_global_random_state,
        shard_of,
    )
elif keras.backend.backend() == "jax":
    from keras_musicgan.backends.jax import (
        AdversarialTrainer,
        global_random_state,
        input_gradient,
        over_all_devices,
        set_global_random_state,
        shard_of,
    )
elif keras.backend.backend() == "torch":
    from keras_musicgan.backends.torch import (
        AdversarialTrainer,
        global_random_state,
        input_gradient,
        over_all_devices,
        set_global_random_state,
        shard_of,
    )
else:
    raise ImportError(
        "keras_musicgan trains on the backends 'tensorflow', 'jax' and 'torch'. "
        f"Received: keras.backend.backend()={keras.backend.backend()!r}. "
        "Set the environment variable KERAS_BACKEND to one of the three before importing keras."
    )

__all__ = [
    "AdversarialTrainer",
    "global_random_state",
    "input_gradient",
    "over_all_devices",
    "set_global_random_state",
    "shard_of",
]
