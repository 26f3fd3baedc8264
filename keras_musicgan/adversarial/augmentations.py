"""Random changes of the discriminator's input, real and generated alike, so that it cannot memorize a small data set.

They are differentiable, since the generator learns through them, and off by default.

Reference: Differentiable Augmentation for Data-Efficient GAN Training (Zhao et al., 2020).
"""

from keras import ops

from keras_musicgan.utils.configurable import Configurable
from keras_musicgan.utils.registration import serializable


class Augmentation(Configurable):
    """A random change of audio clips.

    `__call__(clips, chance)` takes clips `[batch, samples, channels]` and one number in [0, 1) for each, and returns
    clips of the same shape.
    """

    name: str


@serializable
class Shift(Augmentation):
    """Moves a clip in time, either way, and fills the gap with silence.

    Args:
        share: Largest shift as a share of the clip's length, in (0, 1).

    Raises:
        ValueError: If `share` is out of range.
    """

    name = "shift"

    def __init__(self, share: float = 0.125):
        if not 0 < share < 1:
            raise ValueError(f"`share` of a shift must lie between 0 and 1. Received: share={share}")
        self.share = share

    def __call__(self, clips, chance):
        """The shifted clips, each by its own number of samples."""
        length, channels = clips.shape[1:]
        largest = round(self.share * length)
        shift = ops.cast(ops.floor(ops.cast(chance, "float32") * (2 * largest + 1)), "int32") - largest
        source = ops.arange(length, dtype="int32")[None, :] - shift[:, None]
        inside = ops.logical_and(source >= 0, source < length)
        source = ops.repeat(ops.clip(source, 0, length - 1)[:, :, None], channels, axis=2)
        return ops.take_along_axis(clips, source, axis=1) * ops.cast(inside, clips.dtype)[:, :, None]


@serializable
class Gain(Augmentation):
    """Makes a clip louder or softer.

    Args:
        db: Largest change in dB, either way, above 0.

    Raises:
        ValueError: If `db` is out of range.
    """

    name = "gain"

    def __init__(self, db: float = 6.0):
        if not 0 < db < 100:
            raise ValueError(f"`db` of a gain must lie between 0 and 100. Received: db={db}")
        self.db = db

    def __call__(self, clips, chance):
        """The scaled clips, each by its own factor."""
        factor = ops.power(10.0, self.db / 20 * (2 * ops.cast(chance, "float32") - 1))
        return clips * ops.cast(factor, clips.dtype)[:, None, None]


@serializable
class Polarity(Augmentation):
    """Inverts the polarity of half of the clips, which is inaudible."""

    name = "polarity"

    def __call__(self, clips, chance):
        """The clips, each multiplied by 1 or −1."""
        return clips * ops.where(chance < 0.5, ops.cast(1, clips.dtype), ops.cast(-1, clips.dtype))[:, None, None]


AUGMENTATIONS = {augmentation.name: augmentation for augmentation in (Shift, Gain, Polarity)}
