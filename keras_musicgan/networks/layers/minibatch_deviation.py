"""The deviation between the clips of a batch, as a feature that reveals mode collapse to the discriminator."""

import keras
from keras import ops

from keras_musicgan import backends
from keras_musicgan.utils.registration import serializable


@serializable
class MinibatchDeviation(keras.layers.Layer):
    """Appends one feature: the standard deviation within groups of neighbouring clips, averaged over all features.

    Args:
        group_size: Clips in a group; a batch that is not a multiple of it is one group.

    Reference: Progressive Growing of GANs (Karras et al., 2018), section 3.
    """

    def __init__(self, group_size=4, **kwargs):
        super().__init__(**kwargs)
        self.group_size = group_size

    def call(self, inputs):
        """`[batch, features]` to `[batch, features + 1]`."""
        values, first, n_rows = ops.cast(inputs, "float32"), 0, ops.shape(inputs)[0]
        # Groups may begin on one device and end on the next, unless each device has whole ones.
        if not (isinstance(n_rows, int) and n_rows % self.group_size == 0):
            values, first = backends.rows_of_all_devices(values)
        batch_size, features = ops.shape(values)[0], values.shape[-1]
        fits = batch_size % self.group_size == 0
        if isinstance(batch_size, int):
            group_size = self.group_size if fits else batch_size
        else:  # in a TensorFlow graph, the batch size is a tensor
            group_size = ops.where(fits, self.group_size, batch_size)
        groups = ops.reshape(values, (-1, group_size, features))
        # Without the epsilon under the root, a group of equal clips would have an infinite gradient.
        deviation = ops.mean(ops.sqrt(ops.var(groups, axis=1, keepdims=True) + 1e-8), axis=-1, keepdims=True)
        column = ops.reshape(deviation + ops.zeros_like(groups[:, :, :1]), (-1, 1))[first : first + n_rows]
        return ops.concatenate([inputs, ops.cast(column, inputs.dtype)], axis=-1)

    def compute_output_shape(self, input_shape):
        """One feature more than the input."""
        return (*input_shape[:-1], input_shape[-1] + 1)

    def get_config(self):
        """Arguments of the constructor."""
        return {**super().get_config(), "group_size": self.group_size}
