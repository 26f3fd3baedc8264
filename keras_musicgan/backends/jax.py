"""Differentiate and apply on JAX, where a step is a pure function of the state."""

import contextlib
import functools
import warnings

import jax
import keras
from jax import numpy as jnp

from keras_musicgan.utils.checks import check_devices


def step(method):
    """Makes `method(self, data)` a pure function of the state: `(self, state, data)` to `(logs, state)`.

    A call without a state, as by `super()` in an override, runs the method itself.
    """

    @functools.wraps(method)
    def pure(self, *args):
        if len(args) == 1:
            return method(self, *args)
        state, data = args
        variables = [self.trainable_variables, self.non_trainable_variables, self.metrics_variables]
        if len(state) == 4:  # only training steps come with the optimizer's variables
            variables.insert(2, self.optimizer.variables)
        groups = zip(variables, state, strict=True)
        mapping = [pair for group, values in groups for pair in zip(group, values, strict=True)]
        with keras.StatelessScope(state_mapping=mapping) as scope:
            logs = method(self, data)
        return logs, tuple([scope.get_current_value(variable) for variable in group] for group in variables)

    return pure


def minimize(model, loss_fn, variables, optimizer):
    """Moves `variables` one optimizer step down the loss."""
    updated = {id(variable) for variable in variables}
    others = [variable for variable in model.variables if id(variable) not in updated]
    other_values = [variable.value for variable in others]
    scale = optimizer.scale_loss(jnp.ones(()))

    def pure_loss(values):
        mapping = [*zip(variables, values, strict=True), *zip(others, other_values, strict=True)]
        with keras.StatelessScope(state_mapping=mapping) as scope:
            loss, logs = loss_fn()
        return loss * scale, (logs, [scope.get_current_value(variable) for variable in others])

    values = [variable.value for variable in variables]
    gradients, (logs, new_values) = jax.grad(pure_loss, has_aux=True)(values)
    for variable, value in zip(others, new_values, strict=True):
        variable.assign(value)  # seed states and running statistics that the loss has updated
    _apply(optimizer, gradients, variables)
    return logs, gradients


def _apply(optimizer, gradients, variables):
    """Applies gradients. A loss scale does so in a branch, which JAX traces as a pure function of all variables."""
    if not isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        optimizer.apply(gradients, variables)
        return
    if not variables:  # of a frozen network
        return
    by_variable = {id(variable): gradient for variable, gradient in zip(variables, gradients, strict=True)}
    known = optimizer._trainable_variables  # also those that have been frozen since
    changed = [*known, *optimizer.variables]
    values = [variable.value for variable in changed]
    with warnings.catch_warnings(action="ignore"):  # of variables without a gradient
        new_values, new_state = optimizer.stateless_apply(
            values[len(known) :], [by_variable.get(id(variable)) for variable in known], values[: len(known)]
        )
    for variable, value in zip(changed, [*new_values, *new_state], strict=True):
        variable.assign(value)


def compiles_by_default(model):
    """`False`: Keras compiles every step by itself."""
    return False


def executes_several_steps():
    """`True`: one call may take several steps."""
    return True


def read_steadily(batches):
    """Does nothing: Keras reads batches itself."""


def check_compilable(jit_compile, penalties):
    """Does nothing: JAX compiles every step."""


def check_optimizer(model, optimizer):
    """Does nothing: any optimizer can be applied."""


def input_gradient(model, inputs):
    """Gradient of the summed scores of `model` with respect to `inputs`; shape of `inputs`. Seed states stay."""
    mapping = [(variable, variable.value) for variable in model.variables]

    def summed_scores(x):
        with keras.StatelessScope(state_mapping=mapping):  # what changes within could not leave the gradient
            return jnp.sum(model(x, training=True).astype("float32"))

    return jax.grad(summed_scores)(inputs)


def shard_of(draw, batch_size):
    """`draw(batch_size)`: JAX traces one program for all devices and splits the rows."""
    return draw(batch_size)


def over_all_devices(values):
    """The values, already sums: JAX traces one program for all devices."""
    return values


def mean_over_devices(values):
    """The values, already means: JAX traces one program for all devices."""
    return values


def rows_of_all_devices(rows):
    """The rows, already those of all devices, with none before them: JAX traces one program for all devices."""
    return rows, 0


def n_devices(model):
    """Number of equal parts of a batch: the devices of Keras's distribution."""
    distribution = keras.distribution.distribution()
    return 1 if distribution is None else distribution.device_mesh.shape[0]


@contextlib.contextmanager
def alone(variables):
    """A block in which this process may use a model, or make one, without the others: the variables are copies here."""
    distribution = keras.distribution.distribution()
    if jax.process_count() == 1 or distribution is None:
        yield
        return
    keras.distribution.set_distribution(None)
    # Keras has no public name for either; in a `StatelessScope` no other model could be made.
    kept = [(variable, variable._value, variable._layout) for variable in variables]
    try:
        for variable, value, _ in kept:
            variable._value, variable._layout = jnp.array(value.addressable_data(0)), None
        yield
    finally:
        for variable, value, layout in kept:
            variable._value, variable._layout = value, layout
        keras.distribution.set_distribution(distribution)


@contextlib.contextmanager
def on_devices(n):
    """A block in which models are made and trained on `n` devices of this machine; ValueError if it has fewer."""
    if n == 1:
        yield
        return
    known = keras.distribution.list_devices()
    check_devices(n, known)
    keras.distribution.set_distribution(keras.distribution.DataParallel(devices=known[:n]))
    try:
        yield
    finally:
        keras.distribution.set_distribution(None)


def on_one_device(function):
    """The value of a function that trains a network of its own: without Keras's distribution."""
    distribution = keras.distribution.distribution()
    keras.distribution.set_distribution(None)
    try:
        return function()
    finally:
        keras.distribution.set_distribution(distribution)


def global_random_state():
    """Nothing: under JAX, Keras draws all numbers from its variables."""
    return {}


def set_global_random_state(state):
    """Does nothing."""
