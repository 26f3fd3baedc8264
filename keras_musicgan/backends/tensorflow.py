"""Differentiate and apply on TensorFlow."""

import contextlib
from concurrent.futures import ThreadPoolExecutor

import keras
import tensorflow as tf

from keras_musicgan.utils.checks import check_devices


def step(method):
    """The method as it is: `(self, data)` to the logs."""
    return method


def minimize(model, loss_fn, variables, optimizer):
    """Moves `variables` one step down the loss, under `tf.distribute` the mean over all replicas."""
    values = [variable.value for variable in variables]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(values)
        loss, logs = loss_fn()
        share = optimizer.scale_loss(loss) / tf.distribute.get_strategy().num_replicas_in_sync
    gradients = tape.gradient(share, values, unconnected_gradients="zero")
    optimizer.apply(_clipped_together(gradients, optimizer), variables)
    return logs, gradients


def _clipped_together(gradients, optimizer):
    """The gradients of a replica, of which Keras will take the sum over all replicas.

    It clips before that. Where the optimizer clips, this is a share of the clipped sum, which it leaves as it is.
    """
    context = tf.distribute.get_replica_context()
    limits = (optimizer.clipnorm, optimizer.global_clipnorm, optimizer.clipvalue)
    if context.num_replicas_in_sync == 1 or not gradients or limits == (None, None, None):
        return gradients
    total = over_all_devices(gradients)
    if optimizer.clipnorm is not None:
        total = [tf.clip_by_norm(gradient, optimizer.clipnorm) for gradient in total]
    elif optimizer.global_clipnorm is not None:
        total, _ = tf.clip_by_global_norm(total, optimizer.global_clipnorm)
    else:
        total = [tf.clip_by_value(gradient, -optimizer.clipvalue, optimizer.clipvalue) for gradient in total]
    return [gradient / context.num_replicas_in_sync for gradient in total]


def compiles_by_default(model):
    """Whether there is one device: then XLA makes a step shorter, also on a CPU, where Keras compiles none."""
    return model.distribute_strategy.num_replicas_in_sync == 1


def executes_several_steps():
    """Whether one call may take several steps: under a strategy for several devices, Keras cannot."""
    return tf.distribute.get_strategy().num_replicas_in_sync == 1


def read_steadily(batches):
    """Keeps tf.data from tuning itself to batches that Keras reads from Python; a `tf.data.Dataset` stays as it is.

    Ending an epoch would wait until the thread that tunes wakes up, which takes up to 10 ms, then 20, 40 and so on to
    seconds. Keras spares its datasets of several workers the tuning too, but has no option for others.
    """
    data = getattr(batches, "_distributed_dataset", None)
    if not isinstance(data, tf.data.Dataset) or type(batches.data_adapter).__name__ == "TFDatasetAdapter":
        return
    if data.options().autotune.enabled is None:
        options = tf.data.Options()
        options.autotune.enabled = False
        batches._distributed_dataset = data.with_options(options)


def check_compilable(jit_compile, penalties):
    """Does nothing: XLA compiles second derivatives."""


def check_optimizer(model, optimizer):
    """Raises ValueError for an optimizer with a branch, which Keras cannot run under a strategy for several devices."""
    branches = {
        "mixed_float16, whose loss scale may skip a step": isinstance(optimizer, keras.optimizers.LossScaleOptimizer),
        "gradient_accumulation_steps": optimizer.gradient_accumulation_steps,
        "ema_overwrite_frequency": optimizer.use_ema and optimizer.ema_overwrite_frequency,
    }
    found = [name for name, present in branches.items() if present]
    if found and n_devices(model) > 1:
        raise ValueError(
            "On several devices TensorFlow must take the same step every time. Received: "
            f"{n_devices(model)} devices with {found[0]}. Leave it out, take one device, or KERAS_BACKEND=jax."
        )


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


def mean_over_devices(values):
    """The means of scalars over all replicas."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return values
    return context.all_reduce(tf.distribute.ReduceOp.MEAN, values)


def rows_of_all_devices(rows):
    """The rows of all replicas, and the number of those before this replica's."""
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return rows, 0
    n_rows, n_replicas = tf.shape(rows)[0], context.num_replicas_in_sync
    first = context.replica_id_in_sync_group * n_rows
    # A sum of zeros and the own rows: its gradient is a sum again, as often as it is differentiated.
    padding = [[first, (n_replicas - 1) * n_rows - first], *[[0, 0]] * (len(rows.shape) - 1)]
    return context.all_reduce(tf.distribute.ReduceOp.SUM, tf.pad(rows, padding)), first


def n_devices(model):
    """Number of equal parts of a batch: the replicas."""
    return model.distribute_strategy.num_replicas_in_sync


def alone(variables):
    """A block in which this process may use a model without others: any, since there are none."""
    return contextlib.nullcontext()


@contextlib.contextmanager
def on_devices(n):
    """A block in which models are made and trained on `n` devices of this machine; ValueError if it has fewer."""
    if n == 1:
        yield
        return
    kind = "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
    known = [device.name for device in tf.config.list_logical_devices(kind)]
    check_devices(n, known)
    with tf.distribute.MirroredStrategy(known[:n]).scope():
        yield


def on_one_device(function):
    """The value of a function that trains a network of its own, outside of any strategy: another thread has none."""
    if tf.distribute.get_strategy().num_replicas_in_sync == 1:
        return function()
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(function).result()


def global_random_state():
    """Nothing: under TensorFlow, Keras draws all numbers from its variables."""
    return {}


def set_global_random_state(state):
    """Does nothing."""
