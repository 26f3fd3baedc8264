"""Differentiate and apply on TensorFlow."""

import tensorflow as tf


class AdversarialTrainer:
    """Gives `train_step` and `test_step` to a model that defines `adversarial_step` and `adversarial_losses`."""

    compiles_second_derivatives = True

    def train_step(self, data):
        """Runs one adversarial step on this replica's part of the batch."""
        return self.adversarial_step(data)

    def test_step(self, data):
        """Computes the losses on this replica's part of the batch without an update."""
        return self.adversarial_losses(data)

    def minimize(self, loss_fn, variables, optimizer):
        """Moves `variables` one step down the loss, under `tf.distribute` the mean over all replicas."""
        values = [variable.value for variable in variables]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(values)
            loss, logs = loss_fn()
            loss = loss / tf.distribute.get_strategy().num_replicas_in_sync
        gradients = tape.gradient(loss, values, unconnected_gradients="zero")
        optimizer.apply(gradients, variables)
        return logs, gradients


def input_gradient(model, inputs):
    """Gradient of the summed scores of `model` with respect to `inputs`; shape of `inputs`."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        scores = tf.reduce_sum(tf.cast(model(inputs, training=True), "float32"))
    return tape.gradient(scores, inputs)


def shard_of(draw, batch_size):
    """The replica's rows of `draw(total)`, drawn alike on every replica for all of them together."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return draw(batch_size)
    first = context.replica_id_in_sync_group * batch_size
    return draw(batch_size * context.num_replicas_in_sync)[first : first + batch_size]


def over_all_devices(values):
    """The sums over replicas of what each of them has computed."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return values
    return context.all_reduce(tf.distribute.ReduceOp.SUM, values)
