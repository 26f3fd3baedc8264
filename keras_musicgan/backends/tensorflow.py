"""Differentiate and apply on TensorFlow."""

import tensorflow as tf


def step(method):
    """The method as it is: `(self, data)` to the logs."""
    return method


def minimize(model, loss_fn, variables, optimizer, lazy=()):
    """Moves `variables` one step down the loss, under `tf.distribute` the mean over all replicas."""
    values = [variable.value for variable in variables]
    n_replicas = tf.distribute.get_strategy().num_replicas_in_sync

    def gradients_of(fn):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(values)
            loss, logs = fn()
            share = loss / n_replicas
        return loss, logs, tape.gradient(share, values, unconnected_gradients="zero")

    _, logs, gradients = gradients_of(loss_fn)
    lazy_sum = tf.zeros(())
    for due, part_fn in lazy:

        def computed(part_fn=part_fn):
            part, _, part_gradients = gradients_of(lambda: (part_fn(), {}))
            return part, part_gradients

        part, part_gradients = tf.cond(
            due, computed, lambda: (tf.zeros(()), [tf.zeros_like(value) for value in values])
        )
        gradients = [whole + part for whole, part in zip(gradients, part_gradients, strict=True)]
        lazy_sum += part
    optimizer.apply(gradients, variables)
    return logs, gradients, lazy_sum


def check_compilable(jit_compile, penalties):
    """Does nothing: XLA compiles second derivatives."""


def input_gradient(model, inputs):
    """Gradient of the summed scores of `model` with respect to `inputs`; shape of `inputs`."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        scores = tf.reduce_sum(tf.cast(model(inputs, training=True), "float32"))
    return tape.gradient(scores, inputs)


def shard_of(draw, batch_size):
    """The replica's rows of one draw for all replicas, the same on each."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return draw(batch_size)
    first = context.replica_id_in_sync_group * batch_size
    return draw(batch_size * context.num_replicas_in_sync)[first : first + batch_size]


def over_all_devices(values):
    """The sums of the values over all replicas."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return values
    return context.all_reduce(tf.distribute.ReduceOp.SUM, values)


def global_random_state():
    """Nothing: under TensorFlow, Keras draws all numbers from its variables."""
    return {}


def set_global_random_state(state):
    """Does nothing."""
