"""A discriminator together with the conditions of the batch that it judges."""

from keras import ops


class ToldDiscriminator:
    """The discriminator of a batch whose conditions it knows: clips in, scores out, as penalties call it.

    Args:
        network: The discriminator.
        conditions: Vector of the conditions, `[batch, width]`, or `None`.
        tells: Whether the network tells the conditions itself (an auxiliary head) instead of being told them.
    """

    def __init__(self, network, conditions, tells):
        self.network = network
        self.conditions = conditions
        self.tells = tells

    @property
    def variables(self):
        """The network's variables."""
        return self.network.variables

    def judge(self, clips, training=True):
        """Scores `[batch, 1]` and the conditions as the network tells them, `[batch, width]` or `None`; float32."""
        told_to = self.conditions is not None and not self.tells
        outputs = self.network([clips, ops.cast(self.conditions, clips.dtype)] if told_to else clips, training=training)
        outputs = ops.cast(outputs, "float32")
        return outputs[:, :1], outputs[:, 1:] if self.tells else None

    def __call__(self, clips, training=True):
        """Scores `[batch, 1]` float32."""
        return self.judge(clips, training)[0]
