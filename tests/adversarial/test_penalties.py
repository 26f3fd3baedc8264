import keras
import numpy as np
import pytest
from keras import ops

import keras_musicgan as km
from keras_musicgan.adversarial.penalties import PENALTIES
from tests.support.harness import check_config_round_trip

pytestmark = pytest.mark.backend
W = np.array([[3.0], [4.0]], "float32")
REAL, FAKE = np.array([[1.0, 0.0], [0.0, 2.0]], "float32"), np.array([[0.0, 1.0], [2.0, 0.0]], "float32")
MIX = np.array([0.25, 0.5], "float32")


def linear():
    """Score 3a + 4b: the gradient is (3, 4) everywhere, of norm 5."""
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    network.set_weights([W, np.zeros(1)])
    return network


def quadratic():
    """Score a² + b²: the gradient at x is 2x."""
    x = keras.Input((2,))
    return keras.Model(x, ops.sum(ops.square(x), axis=-1, keepdims=True))


BETWEEN = REAL + MIX[:, None] * (FAKE - REAL)
EXPECTED = {
    ("gradient_penalty", linear): (5 - 1) ** 2,
    ("r1", linear): 0.5 * 25,
    ("r2", linear): 0.5 * 25,
    ("gradient_penalty", quadratic): np.mean((np.linalg.norm(2 * BETWEEN, axis=1) - 1) ** 2),
    ("r1", quadratic): np.mean([0.5 * 4 * 1, 0.5 * 4 * 4]),
    ("r2", quadratic): np.mean([0.5 * 4 * 1, 0.5 * 4 * 4]),
    ("drift", linear): np.mean([3.0**2, 8.0**2]),
    ("drift", quadratic): np.mean([1.0, 4.0**2]),
}


@pytest.mark.parametrize(("name", "network"), EXPECTED)
def test_equals_the_closed_form(name, network):
    real, fake, mix = (ops.convert_to_tensor(x) for x in (REAL, FAKE, MIX))
    value = PENALTIES[name]()(network(), real, fake, mix)
    assert float(value) == pytest.approx(EXPECTED[name, network], rel=1e-5)


@pytest.mark.parametrize("name", PENALTIES)
def test_every_few_steps_with_the_same_mean(name):
    real, fake, mix = (ops.convert_to_tensor(x) for x in (REAL, FAKE, MIX))
    lazy, eager, network = PENALTIES[name](weight=2.0, every=4), PENALTIES[name](weight=2.0), quadratic()
    due = [lazy.is_due(step) for step in range(8)]
    assert due == [True, False, False, False] * 2
    sums = [float(penalty.weighted(network, real, fake, mix)) for penalty in (lazy, eager)]
    assert sums[0] / 4 == pytest.approx(sums[1], rel=1e-6)
    check_config_round_trip(lazy)


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_lazy_steps_move_the_discriminator_as_the_loss_says(run_eagerly):
    """A discriminator w·x under gradient descent: R1 adds weight · every · w to its gradient in every second step."""

    def trained(penalties):
        keras.utils.set_random_seed(1)
        generator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4), keras.layers.Reshape((4, 1))])
        clips = keras.Input((4, 1))
        score = keras.layers.Dense(1, use_bias=False)(keras.layers.Flatten()(clips))
        gan = km.MusicGAN(generator, keras.Model(clips, score), km.representations.Waveform(length=4), latent_dim=2)
        sgd = keras.optimizers.SGD
        gan.compile(sgd(0.0), sgd(0.1), loss="wasserstein", penalties=penalties, run_eagerly=run_eagerly)
        weights, logs = [gan.discriminator.get_weights()[0]], []
        for _ in range(4):
            logs.append(gan.train_on_batch(np.ones((4, 4, 1), "float32"), return_dict=True))
            gan.reset_metrics()
            weights.append(gan.discriminator.get_weights()[0])
        return np.array(weights), logs

    plain, _ = trained([])
    lazy, logs = trained([("r1", {"weight": 0.5, "every": 2})])
    # The loss is linear in w, so its own gradient is that of the plain training.
    expected = [plain[0]]
    for step in range(4):
        gradient = (plain[step] - plain[step + 1]) / 0.1 + (0.5 * 2 * expected[-1] if step % 2 == 0 else 0)
        expected.append(expected[-1] - 0.1 * gradient)
    np.testing.assert_allclose(lazy, expected, atol=1e-6)
    penalties = [0.5 * 2 * 0.5 * np.sum(w**2) if step % 2 == 0 else 0 for step, w in enumerate(expected[:4])]
    np.testing.assert_allclose([log["penalty"] for log in logs], penalties, rtol=1e-5)


@pytest.mark.parametrize("options", [{"weight": -1.0}, {"every": 0}, {"every": 1.5}])
def test_wrong_numbers_are_named(options):
    (name,) = options
    with pytest.raises(ValueError, match=name):
        PENALTIES["r1"](**options)
