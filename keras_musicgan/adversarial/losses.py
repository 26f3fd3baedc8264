"""Adversarial losses, both sides of the game in one class.

A loss takes the discriminator's scores (logits), `[batch, 1]` float32, of real and of generated input, and returns
the scalar that each network minimizes. High scores mean "real".
"""

from keras import ops

from keras_musicgan import backends
from keras_musicgan.utils.configurable import Configurable
from keras_musicgan.utils.registration import serializable


class AdversarialLoss(Configurable):
    """Base of adversarial losses. Subclasses define both sides.

    Attributes:
        name: Its name in `compile(loss=...)` and on the command line.
        generator_sees_real: Whether the generator's side needs the scores of real input.
        real_above: The score above which the discriminator takes an input for real, for the logged accuracies.
        classifies: Whether the discriminator classifies, so that an accuracy near 1 says that it is far ahead. One that
            estimates a distance of distributions does not: it separates them as well as it can in a healthy run too.
    """

    name: str
    generator_sees_real = False
    real_above = 0.0
    classifies = True

    def discriminator_loss(self, real_scores, fake_scores):
        """Scalar that the discriminator minimizes."""
        raise NotImplementedError

    def generator_loss(self, fake_scores, real_scores=None):
        """Scalar that the generator minimizes."""
        raise NotImplementedError

    def accuracies(self, real_scores, fake_scores):
        """Share of real input scored as real, and of generated input scored as generated; two scalars in [0, 1]."""
        real = ops.mean(ops.cast(real_scores > self.real_above, "float32"))
        fake = ops.mean(ops.cast(fake_scores <= self.real_above, "float32"))
        return real, fake

    def probability(self, scores):
        """The probability in [0, 1] that an input of this score is real."""
        return ops.sigmoid(scores)


@serializable
class NonSaturating(AdversarialLoss):
    """Binary cross-entropy on logits; the generator maximizes log D(G(z)).

    Reference: Generative Adversarial Nets (Goodfellow et al., 2014), section 3.
    """

    name = "non_saturating"

    def discriminator_loss(self, real_scores, fake_scores):
        """Mean of −log D(x) − log(1 − D(G(z)))."""
        return ops.mean(ops.softplus(-real_scores)) + ops.mean(ops.softplus(fake_scores))

    def generator_loss(self, fake_scores, real_scores=None):
        """Mean of −log D(G(z))."""
        return ops.mean(ops.softplus(-fake_scores))


@serializable
class LeastSquares(AdversarialLoss):
    """Squared distance of the scores to 1 (real) and 0 (generated).

    Reference: Least Squares Generative Adversarial Networks (Mao et al., 2017), a=0, b=c=1.
    """

    name = "least_squares"
    real_above = 0.5

    def discriminator_loss(self, real_scores, fake_scores):
        """Half the mean squared distances to the targets."""
        return 0.5 * ops.mean(ops.square(real_scores - 1.0)) + 0.5 * ops.mean(ops.square(fake_scores))

    def generator_loss(self, fake_scores, real_scores=None):
        """Half the mean squared distance of generated scores to 1."""
        return 0.5 * ops.mean(ops.square(fake_scores - 1.0))

    def probability(self, scores):
        """The clipped score: that of the optimal discriminator is the probability."""
        return ops.clip(scores, 0.0, 1.0)


@serializable
class Hinge(AdversarialLoss):
    """Margins of 1 for the discriminator, the raw score for the generator.

    Reference: Geometric GAN (Lim and Ye, 2017).
    """

    name = "hinge"

    def discriminator_loss(self, real_scores, fake_scores):
        """Mean of max(0, 1 − real) + max(0, 1 + fake)."""
        return ops.mean(ops.relu(1.0 - real_scores)) + ops.mean(ops.relu(1.0 + fake_scores))

    def generator_loss(self, fake_scores, real_scores=None):
        """Minus the mean score of generated input."""
        return -ops.mean(fake_scores)


@serializable
class Wasserstein(AdversarialLoss):
    """Difference of the mean scores; needs a penalty that keeps the discriminator Lipschitz.

    Its scores have no fixed zero: the accuracies compare them with the midpoint of the two means.

    Reference: Wasserstein GAN (Arjovsky, Chintala and Bottou, 2017).
    """

    name = "wasserstein"
    classifies = False

    def discriminator_loss(self, real_scores, fake_scores):
        """Mean generated score minus mean real score."""
        return ops.mean(fake_scores) - ops.mean(real_scores)

    def generator_loss(self, fake_scores, real_scores=None):
        """Minus the mean score of generated input."""
        return -ops.mean(fake_scores)

    def accuracies(self, real_scores, fake_scores):
        """Shares on the right side of the midpoint of the two mean scores."""
        (midpoint,) = backends.mean_over_devices([0.5 * (ops.mean(real_scores) + ops.mean(fake_scores))])
        return super().accuracies(real_scores - midpoint, fake_scores - midpoint)


@serializable
class Relativistic(AdversarialLoss):
    """Each generated input is paired with a real one, and only the difference of their scores counts.

    Converges with `r1` and `r2` together. The accuracies are those of the pairs.

    Reference: The GAN is dead; long live the GAN! A Modern Baseline GAN (Huang et al., 2024), after
    The relativistic discriminator (Jolicoeur-Martineau, 2018).
    """

    name = "relativistic"
    generator_sees_real = True

    def discriminator_loss(self, real_scores, fake_scores):
        """Mean of −log σ(real − fake)."""
        return ops.mean(ops.softplus(fake_scores - real_scores))

    def generator_loss(self, fake_scores, real_scores=None):
        """Mean of −log σ(fake − real)."""
        return ops.mean(ops.softplus(real_scores - fake_scores))

    def accuracies(self, real_scores, fake_scores):
        """Share of pairs whose real member scores higher, for both."""
        right = ops.mean(ops.cast(real_scores > fake_scores, "float32"))
        return right, right


LOSSES = {loss.name: loss for loss in (NonSaturating, LeastSquares, Hinge, Wasserstein, Relativistic)}
