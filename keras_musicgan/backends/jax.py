"""Differentiate and apply on JAX, where a step is a pure function of the state."""

import functools

import jax
import keras
from jax import numpy as jnp


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


def minimize(model, loss_fn, variables, optimizer, lazy=()):
    """Moves `variables` one optimizer step down the loss."""
    updated = {id(variable) for variable in variables}
    others = [variable for variable in model.variables if id(variable) not in updated]
    other_values = [variable.value for variable in others]

    def scope_of(values):
        mapping = [*zip(variables, values, strict=True), *zip(others, other_values, strict=True)]
        return keras.StatelessScope(state_mapping=mapping)

    def pure_loss(values):
        with scope_of(values) as scope:
            loss, logs = loss_fn()
        return loss, (logs, [scope.get_current_value(variable) for variable in others])

    values = [variable.value for variable in variables]
    gradients, (logs, new_values) = jax.grad(pure_loss, has_aux=True)(values)
    lazy_sum = jnp.zeros(())
    for due, part_fn in lazy:

        def pure_part(values, part_fn=part_fn):
            with scope_of(values):
                return part_fn()

        part, part_gradients = _where_due(due, jax.value_and_grad(pure_part), values)
        gradients = [whole + part for whole, part in zip(gradients, part_gradients, strict=True)]
        lazy_sum += part
    for variable, value in zip(others, new_values, strict=True):
        variable.assign(value)  # seed states and running statistics that the loss has updated
    optimizer.apply(gradients, variables)
    return logs, gradients, lazy_sum


def check_compilable(jit_compile, penalties):
    """Does nothing: JAX compiles every step."""


def _where_due(due, computed, values):
    """`computed(values)` if due, else zeros of the same shapes."""
    if jax.default_backend() == "cpu":
        # XLA compiles code in a condition several times slower for CPUs.
        return jax.tree.map(lambda leaf: jnp.where(due, leaf, jnp.zeros_like(leaf)), computed(values))

    def nothing(values):
        return jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), jax.eval_shape(computed, values))

    return jax.lax.cond(due, computed, nothing, values)


def input_gradient(model, inputs):
    """Gradient of the summed scores of `model` with respect to `inputs`; shape of `inputs`.

    Seed states do not change: they could not leave the branch of a lazy penalty.
    """
    mapping = [(variable, variable.value) for variable in model.variables]

    def summed_scores(x):
        with keras.StatelessScope(state_mapping=mapping):
            return jnp.sum(model(x, training=True).astype("float32"))

    return jax.grad(summed_scores)(inputs)


def shard_of(draw, batch_size):
    """`draw(batch_size)`: JAX traces one program for all devices and splits the rows."""
    return draw(batch_size)


def over_all_devices(values):
    """The values, already sums: JAX traces one program for all devices."""
    return values


def global_random_state():
    """Nothing: under JAX, Keras draws all numbers from its variables."""
    return {}


def set_global_random_state(state):
    """Does nothing."""
