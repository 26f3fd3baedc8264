"""Penalties on the discriminator that stabilize training, most of them on its gradient with respect to its input."""

from keras import ops

from keras_musicgan import backends
from keras_musicgan.utils.checks import check_positive_int
from keras_musicgan.utils.configurable import Configurable
from keras_musicgan.utils.registration import serializable


class Penalty(Configurable):
    """A term of the discriminator's loss.

    Args:
        weight: Factor on the penalty, at least 0.
        every: Number of steps from one computation of the penalty to the next. It is multiplied by `every`, so that
            its mean over the steps stays the same at less cost ("lazy regularization"; Karras et al., 2020).

    Raises:
        ValueError: If `weight` is negative or `every` is not a positive integer.
    """

    name: str
    default_weight: float

    def __init__(self, weight: float | None = None, every: int = 1):
        self.weight = self.default_weight if weight is None else weight
        self.every = every
        if not 0 <= self.weight < float("inf"):
            raise ValueError(f"`weight` of a penalty must be a number of at least 0. Received: weight={weight}")
        check_positive_int("every", every)

    def is_due(self, step):
        """Whether the penalty is computed in step number `step`, from 0."""
        return step % self.every == 0

    def weighted(self, discriminator, real, fake, mix):
        """The penalty in a step in which it is due, times `weight` and `every`: a scalar float32; see `__call__`."""
        return self.weight * self.every * self(discriminator, real, fake, mix)

    def __call__(self, discriminator, real, fake, mix):
        """The unweighted penalty of one batch.

        Args:
            discriminator: Network from input to scores `[batch, 1]`.
            real: Encoded real input, `[batch, ...]`.
            fake: Generated input of the same shape.
            mix: Random numbers in [0, 1), `[batch]` float32, for penalties at random points.

        Returns:
            Scalar float32.
        """
        raise NotImplementedError


def _squared_norms(discriminator, inputs):
    """Squared Euclidean norm of the score's gradient at each input of a batch, `[batch]` float32."""
    gradient = ops.cast(backends.input_gradient(discriminator, inputs), "float32")
    return ops.sum(ops.square(gradient), axis=tuple(range(1, len(inputs.shape))))


@serializable
class GradientPenalty(Penalty):
    """(‖∇D‖ − 1)² at a random point between each real and generated pair; default weight 10.

    Reference: Improved Training of Wasserstein GANs (Gulrajani et al., 2017).
    """

    name = "gradient_penalty"
    default_weight = 10.0

    def __call__(self, discriminator, real, fake, mix):
        """Mean of (‖∇D‖ − 1)² over the batch, a scalar float32."""
        mix = ops.cast(ops.reshape(mix, (-1, *[1] * (len(real.shape) - 1))), real.dtype)
        between = real + mix * (fake - real)
        # Epsilon lies inside the root: the gradient of a norm at zero would be NaN.
        norms = ops.sqrt(_squared_norms(discriminator, between) + 1e-12)
        return ops.mean(ops.square(norms - 1.0))


@serializable
class R1(Penalty):
    """½‖∇D‖² at real input; default weight 1.

    Reference: Which Training Methods for GANs do actually Converge? (Mescheder, Geiger and Nowozin, 2018).
    """

    name = "r1"
    default_weight = 1.0

    def __call__(self, discriminator, real, fake, mix):
        """Mean of ½‖∇D‖² over the real batch, a scalar float32."""
        return 0.5 * ops.mean(_squared_norms(discriminator, real))


@serializable
class R2(Penalty):
    """½‖∇D‖² at generated input; default weight 1.

    Reference: Which Training Methods for GANs do actually Converge? (Mescheder, Geiger and Nowozin, 2018).
    """

    name = "r2"
    default_weight = 1.0

    def __call__(self, discriminator, real, fake, mix):
        """Mean of ½‖∇D‖² over the generated batch, a scalar float32."""
        return 0.5 * ops.mean(_squared_norms(discriminator, fake))


@serializable
class Drift(Penalty):
    """D² at real input, which keeps scores of the Wasserstein loss near 0; default weight 0.001.

    Reference: Progressive Growing of GANs (Karras et al., 2018), appendix A.1.
    """

    name = "drift"
    default_weight = 0.001

    def __call__(self, discriminator, real, fake, mix):
        """Mean of the squared scores of the real batch, a scalar float32."""
        return ops.mean(ops.square(ops.cast(discriminator(real), "float32")))


PENALTIES = {penalty.name: penalty for penalty in (GradientPenalty, R1, R2, Drift)}
