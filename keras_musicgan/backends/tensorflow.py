"""Differentiate and apply on TensorFlow."""

import tensorflow as tf


def step(method):
    """The method as it is: `(self, data)` to the logs."""
    return method


def minimize(model, loss_fn, variables, optimizer):
    """Moves `variables` one step down the loss, under `tf.distribute` the mean over all replicas."""
    values = [variable.value for variable in variables]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(values)
        loss, logs = loss_fn()
        share = loss / tf.distribute.get_strategy().num_replicas_in_sync
    gradients = tape.gradient(share, values, unconnected_gradients="zero")
    optimizer.apply(gradients, variables)
    return logs, gradients


def compiles_by_default(model):
    """Whether there is one device: then XLA makes a step shorter, also on a CPU, where Keras compiles none."""
    return model.distribute_strategy.num_replicas_in_sync == 1


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
