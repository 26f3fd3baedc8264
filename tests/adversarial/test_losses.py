import keras
import numpy as np
import pytest
from keras import ops

from keras_musicgan.adversarial.losses import LOSSES
from keras_musicgan.representations import Representation
from tests.support.harness import check_config_round_trip
from tests.support.models import small_gan

pytestmark = pytest.mark.backend
REAL, FAKE = np.array([[0.5], [-1.0]], "float32"), np.array([[-2.0], [0.25]], "float32")


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


# Each formula written out from its paper, independently of the implementation.
DISCRIMINATOR = {
    "non_saturating": np.mean(-np.log(sigmoid(REAL))) + np.mean(-np.log(1 - sigmoid(FAKE))),
    "least_squares": 0.5 * np.mean((REAL - 1) ** 2) + 0.5 * np.mean(FAKE**2),
    "hinge": np.mean([0.5, 2.0]) + np.mean([0.0, 1.25]),
    "wasserstein": np.mean(FAKE) - np.mean(REAL),
    "relativistic": np.mean(-np.log(sigmoid(REAL - FAKE))),
}
GENERATOR = {
    "non_saturating": np.mean(-np.log(sigmoid(FAKE))),
    "least_squares": 0.5 * np.mean((FAKE - 1) ** 2),
    "hinge": -np.mean(FAKE),
    "wasserstein": -np.mean(FAKE),
    "relativistic": np.mean(-np.log(sigmoid(FAKE - REAL))),
}


@pytest.mark.parametrize("name", LOSSES)
def test_both_sides_equal_the_papers(name):
    loss = LOSSES[name]()
    real, fake = ops.convert_to_tensor(REAL), ops.convert_to_tensor(FAKE)
    assert float(loss.discriminator_loss(real, fake)) == pytest.approx(DISCRIMINATOR[name], abs=1e-6)
    assert float(loss.generator_loss(fake, real)) == pytest.approx(GENERATOR[name], abs=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_config_round_trip(name):
    assert check_config_round_trip(LOSSES[name]()).name == name


def test_accuracies_and_probability():
    real, fake = ops.convert_to_tensor(REAL), ops.convert_to_tensor(FAKE)
    expected = {
        "non_saturating": (0.5, 0.5),
        "least_squares": (0.0, 1.0),
        "hinge": (0.5, 0.5),
        "wasserstein": (0.5, 0.5),
        "relativistic": (0.5, 0.5),
    }
    for name, shares in expected.items():
        assert tuple(float(share) for share in LOSSES[name]().accuracies(real, fake)) == shares
    np.testing.assert_allclose(
        ops.convert_to_numpy(LOSSES["non_saturating"]().probability(real)), sigmoid(REAL), atol=1e-6
    )
    assert ops.convert_to_numpy(LOSSES["least_squares"]().probability(real)).tolist() == [[0.5], [0.0]]


@keras.saving.register_keras_serializable(package="test")
class Number(Representation):
    """One number, as it is."""

    encoded_shape = (1,)
    sample_rate = 1

    def call(self, x):
        return ops.cast(x, self.compute_dtype)


@pytest.mark.slow
@pytest.mark.parametrize("name", LOSSES)
def test_brings_mean_and_spread_to_those_of_the_data(name):
    """One-dimensional data with a known answer: N(3, 0.5) must be found from N(0, 1)."""
    dense = keras.layers.Dense
    gan = small_gan(
        representation=Number(),
        generator=keras.Sequential([keras.Input((2,)), dense(16, "tanh"), dense(1)]),
        discriminator=keras.Sequential([keras.Input((1,)), dense(32, "leaky_relu"), dense(32, "leaky_relu"), dense(1)]),
        latent_dim=2,
        ema_momentum=0.995,
    )
    penalties = {
        # In one dimension a slope of weight w changes its sign only once the means are 2 w apart.
        "wasserstein": [("gradient_penalty", {"weight": 0.2})],
        "relativistic": [("r1", {"weight": 0.2}), ("r2", {"weight": 0.2})],
    }
    gan.compile(
        optimizer=keras.optimizers.Adam(2e-3, beta_1=0.0, beta_2=0.9),
        loss=name,
        penalties=penalties.get(name, [("r1", {"weight": 0.2})]),
        discriminator_steps=2,
    )
    x = np.random.default_rng(0).normal(3.0, 0.5, (64 * 128, 1)).astype("float32")
    gan.fit(x, batch_size=128, epochs=16, verbose=0)
    made = gan.generate_encoded(4000, seed=1, batch_size=4000)
    assert made.mean() == pytest.approx(3.0, abs=0.15)
    spread = 0.25 if name == "wasserstein" else 0.15  # this game circles around its equilibrium
    assert made.std() == pytest.approx(0.5, abs=spread)
