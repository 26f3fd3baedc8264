"""A term of the generator's loss against mode collapse: generated clips must be as far apart as real ones.

A discriminator that scores clip by clip lets a generator repeat itself. Terms that reward distance do not know when to
end; this one ends where the clips of a batch are as far apart as the real ones, whose conditions they share.

References: Mode seeking generative adversarial networks for diverse image synthesis (Mao et al., 2019); with an upper
bound, Diversity-sensitive conditional generative adversarial networks (Yang et al., 2019).
"""

from keras import ops

from keras_musicgan import backends

EPSILON = 1e-6  # for real clips that are all alike
NEIGHBOURS = 4  # that each clip is compared with; distances of fewer pairs vary, and the term would push beyond its end


def diversity_loss(fake, real):
    """The share by which generated clips are closer to each other than real ones: a scalar, from 0 to 1.

    Args:
        fake: Encoded clips `[batch, ...]`.
        real: Encoded clips `[batch, ...]` with the same conditions.
    """
    return ops.relu(1.0 - _apart(fake) / (_apart(real) + EPSILON))


def _apart(clips):
    """The mean absolute difference between each clip of the batch, on all devices, and those after it."""
    clips, _ = backends.rows_of_all_devices(ops.cast(clips, "float32"))
    shifts = range(1, NEIGHBOURS + 1)
    return sum(ops.mean(ops.abs(clips - ops.roll(clips, shift, axis=0))) for shift in shifts) / NEIGHBOURS
