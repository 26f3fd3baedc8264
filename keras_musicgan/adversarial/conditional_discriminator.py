"""A discriminator with the conditions of the batch that it scores."""

import keras
from keras import ops


class ConditionalDiscriminator:
    """The discriminator of a batch with known conditions, as a function from clips to scores.

    Args:
        network: The discriminator.
        conditions: `keras_musicgan.conditions.Conditions` of the model.
        vector: The batch's conditions as a vector, `[batch, width]`, or `None` for a model without conditions.
        has_auxiliary_head: Whether the network predicts the conditions beside the score instead of taking them.
    """

    def __init__(self, network: keras.layers.Layer, conditions, vector, has_auxiliary_head: bool):
        self.network = network
        self.conditions = conditions
        self.vector = vector
        self.has_auxiliary_head = has_auxiliary_head

    @property
    def variables(self):
        """The network's variables."""
        return self.network.variables

    def __call__(self, clips, training=True):
        """Scores `[batch, 1]` float32 of encoded clips."""
        return self._outputs(clips, training)[:, :1]

    def scores_and_condition_loss(self, clips, training=True):
        """Scores `[batch, 1]`, and the error of predicted conditions, a scalar: 0 without auxiliary head; float32."""
        outputs = self._outputs(clips, training)
        if not self.has_auxiliary_head:
            return outputs[:, :1], ops.zeros(())
        return outputs[:, :1], self.conditions.loss(outputs[:, 1:], self.vector)

    def _outputs(self, clips, training):
        takes_conditions = self.vector is not None and not self.has_auxiliary_head
        inputs = [clips, ops.cast(self.vector, clips.dtype)] if takes_conditions else clips
        return ops.cast(self.network(inputs, training=training), "float32")
