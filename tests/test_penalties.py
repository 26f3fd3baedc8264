import keras
import numpy as np
import pytest
from conftest import check_config_round_trip
from keras import ops

from keras_musicgan.penalties import PENALTIES

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
    values = [float(lazy.at_step(ops.convert_to_tensor(step), network, real, fake, mix)) for step in range(8)]
    assert [value > 0 for value in values] == [True, False, False, False] * 2
    once = float(eager.at_step(ops.convert_to_tensor(3), network, real, fake, mix))
    assert np.mean(values) == pytest.approx(once, rel=1e-6)
    check_config_round_trip(lazy)


@pytest.mark.parametrize("options", [{"weight": -1.0}, {"every": 0}, {"every": 1.5}])
def test_wrong_numbers_are_named(options):
    (name,) = options
    with pytest.raises(ValueError, match=name):
        PENALTIES["r1"](**options)
