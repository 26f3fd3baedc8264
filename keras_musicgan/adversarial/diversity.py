"""A term of the generator's loss against mode collapse: generated clips must be as far apart as real ones.

A discriminator that scores clip by clip lets a generator repeat itself. Terms that reward distance do not know when to
end; this one ends where the clips of a batch are as far apart as the real ones, whose conditions they share.

References: Mode seeking generative adversarial networks for diverse image synthesis (Mao et al., 2019); with an upper
bound, Diversity-sensitive conditional generative adversarial networks (Yang et al., 2019); a weight that meets a
constraint, Taming VAEs (Rezende and Viola, 2018).
"""

import keras
from keras import ops

from keras_musicgan import backends
from keras_musicgan.utils.checks import check_number

ADAPTIVE = "adaptive"
FIRST_WEIGHT = 1.0
LARGEST_WEIGHT = 20.0
WEIGHT_RATE = 0.02  # in a step, of the missing share
EPSILON = 1e-6  # for real clips that are all alike, and for the slope of a distance of 0
NEIGHBOURS = 4  # that each clip is compared with; distances of fewer pairs vary, and the term would push beyond its end


def missing_distance(fake, real):
    """The share by which generated clips are closer to each other than real ones: a scalar of at most 1.

    It is 0 where they are as far apart, and below where they are farther.

    Args:
        fake: Encoded clips `[batch, ...]`.
        real: Encoded clips `[batch, ...]` with the same conditions.
    """
    return 1.0 - _apart(fake) / (_apart(real) + EPSILON)


class DiversityTerm:
    """The weighted term of the generator's loss.

    Args:
        weight: A number of at least 0, or `"adaptive"` for a weight that grows while the clips of the generator that is
            kept, the averaged one if there is one, are closer to each other than real ones, and falls while they are
            farther apart: the Lagrange multiplier of the aim that they are as far apart.

    Attributes:
        multiplier: The adaptive weight, a variable; or `None`.

    Raises:
        ValueError: If `weight` is neither.
    """

    def __init__(self, weight: float | str):
        if isinstance(weight, str) and weight != ADAPTIVE:
            raise ValueError(
                f"`diversity_weight` must be a number of at least 0, or {ADAPTIVE!r}. "
                f"Received: diversity_weight={weight!r}"
            )
        self.weight = weight
        self.multiplier = None
        if weight != ADAPTIVE:
            check_number("diversity_weight", weight, at_least=0)
        else:
            self.multiplier = keras.Variable(
                FIRST_WEIGHT, trainable=False, dtype="float32", aggregation="mean", name="diversity_weight"
            )

    @property
    def adapts(self) -> bool:
        """Whether the weight is to be changed by `adapt` in each step."""
        return self.multiplier is not None

    @property
    def current_weight(self):
        """The weight in this step, a number or a scalar tensor."""
        return self.multiplier.value if self.adapts else self.weight

    def __call__(self, fake, real, current_weight):
        """The missing share, at least 0 under a fixed weight, times the current weight.

        A loss that JAX differentiates cannot read the weight itself.
        """
        missing = missing_distance(fake, real)
        return current_weight * (missing if self.adapts else ops.relu(missing))

    def adapt(self, fake, real):
        """Moves an adaptive weight by what clips of the generator that is kept are missing."""
        missing = missing_distance(fake, real)
        missing = ops.where(ops.isfinite(missing), missing, 0.0)
        self.multiplier.assign(ops.clip(self.multiplier + WEIGHT_RATE * missing, 0.0, LARGEST_WEIGHT))


def _apart(clips):
    """The mean distance between each clip of the batch, on all devices, and those after it: root mean squares."""
    clips, _ = backends.rows_of_all_devices(ops.cast(clips, "float32"))
    clips = ops.reshape(clips, (ops.shape(clips)[0], -1))
    shifts = range(1, NEIGHBOURS + 1)
    squares = [ops.mean(ops.square(clips - ops.roll(clips, shift, axis=0)), axis=1) for shift in shifts]
    return ops.mean(ops.sqrt(ops.stack(squares) + EPSILON))
