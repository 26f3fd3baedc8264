"""Training under `mixed_float16`, where each optimizer has a loss scale of its own."""

import itertools

import keras
import numpy as np
import pytest

import keras_musicgan as km
from tests.support.harness import spare_numbers_in_file
from tests.support.models import EAGER, toy_gan

pytestmark = pytest.mark.backend
CLIPS = np.random.default_rng(0).uniform(-0.5, 0.5, (1200, 16, 1)).astype("float32")
ROLES = ("generator", "discriminator")


@pytest.fixture
def half():
    keras.config.set_dtype_policy("mixed_float16")
    yield
    keras.config.set_dtype_policy("float32")


def compiled(optimizer="adam", eagerly=EAGER, **options):
    gan = toy_gan(length=16, hidden=(8,))
    gan.compile(optimizer=optimizer, log_gradient_norms=True, run_eagerly=eagerly, **options)
    return gan


def scales(gan):
    return [float(gan.optimizer.loss_scales[role].dynamic_scale) for role in ROLES]


def trained(penalty):
    """A model after three steps of SGD, and the logs of the last."""
    keras.utils.set_random_seed(0)
    gan = compiled(keras.optimizers.SGD(0.1), penalties=[penalty])
    gan._draw_inputs = lambda n, conditions: keras.ops.cast(CLIPS[:n, :4, 0], gan.compute_dtype)
    for scale in gan.optimizer.loss_scales.values():
        scale.dynamic_scale.assign(2.0**10)  # so low that no step is skipped
    gan._draw_uniform = lambda n: keras.ops.convert_to_tensor(CLIPS[:n, 5, 0] + 0.5)
    history = gan.fit(CLIPS[:12], batch_size=4, shuffle=False, verbose=0).history
    return gan, {name: values[-1] for name, values in history.items()}


@pytest.mark.parametrize("penalty", list(km.penalties.PENALTIES))
def test_steps_are_those_of_float32_but_for_rounding(penalty, half):
    gan, logs = trained(penalty)
    assert gan.generator.layers[-2].compute_dtype == gan.compute_dtype == "float16"
    assert scales(gan) == [2.0**10] * 2
    keras.config.set_dtype_policy("float32")
    full, expected = trained(penalty)
    assert not full.optimizer.loss_scales
    assert logs == pytest.approx(expected, rel=0.02, abs=2e-3)
    start = compiled().get_weights()
    moved = [np.abs(a - b).max() for a, b in zip(full.get_weights(), start, strict=True) if a.dtype == "float32"]
    for a, b in zip(gan.get_weights(), full.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=0.01 * max(moved))


@pytest.mark.parametrize("eagerly", [True, False])
def test_a_step_with_an_overflow_moves_nothing_and_halves_the_scale_of_its_network_alone(eagerly, half):
    if eagerly and keras.backend.backend() == "jax":
        pytest.skip("JAX compiles every operation of an eager step")
    gan = compiled("sgd", eagerly)
    gan.optimizer.loss_scales["discriminator"].dynamic_scale.assign(2.0**60)
    discriminator, generator = gan.discriminator.get_weights(), gan.generator.get_weights()
    logs = gan.fit(CLIPS[:4], verbose=0).history
    for a, b in zip(gan.discriminator.get_weights(), discriminator, strict=True):
        np.testing.assert_array_equal(a, b)
    assert any(np.any(a != b) for a, b in zip(gan.generator.get_weights(), generator, strict=True))
    assert scales(gan) == [2.0**15, 2.0**59]
    assert int(gan.optimizer.iterations) == 1
    assert [int(gan.optimizer.loss_scales[role].iterations) for role in ROLES] == [1, 0]
    assert logs["discriminator_gradient_norm"] == [0.0] and logs["generator_gradient_norm"][0] > 0


def test_a_saved_model_keeps_its_scales_and_trains_on_exactly(half, tmp_path):
    gan = compiled("nadam", penalties=["r1"])
    gan.optimizer.loss_scales["generator"].dynamic_scale.assign(2.0**60)
    gan.fit(CLIPS[:20], batch_size=4, verbose=0)
    gan.save(tmp_path / "gan.keras")
    keras.config.set_dtype_policy("float32")
    copy = keras.saving.load_model(tmp_path / "gan.keras")
    copy.run_eagerly = gan.run_eagerly
    assert scales(copy) == scales(gan) == [2.0**55, 2.0**15]
    for model in (gan, copy):
        model.fit(CLIPS[20:40], batch_size=4, shuffle=False, verbose=0)
    for a, b in zip(gan.get_weights(), copy.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert [int(scale.step_counter) for scale in copy.optimizer.loss_scales.values()] == [0, 10]


def test_a_saved_model_holds_each_number_once(half, tmp_path):
    assert spare_numbers_in_file(compiled(), tmp_path / "gan.keras") <= 2  # of the random state


def test_a_layer_that_is_frozen_after_compile_stays_as_it_is(half):
    gan = compiled("sgd")
    gan.generator.layers[0].trainable = False
    gan.discriminator.trainable = False
    before = gan.get_weights()
    gan.fit(CLIPS[:4], verbose=0)
    moved = [bool(np.any(a != b)) for a, b in zip(before[:8], gan.get_weights()[:8], strict=True)]
    assert moved == [False, False, True, True, False, False, False, False]


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("loss", "penalty"), list(itertools.product(km.losses.LOSSES, (*km.penalties.PENALTIES, None)))
)
def test_300_steps_stay_finite(loss, penalty, half):
    gan = compiled(loss=loss, penalties=[penalty] if penalty else [], eagerly=False)
    before = gan.get_weights()
    logs = gan.fit(CLIPS, batch_size=4, verbose=0).history
    assert int(gan.optimizer.iterations) == 300
    assert np.isfinite(list(logs.values())).all()
    for role in ROLES:
        assert int(gan.optimizer.loss_scales[role].iterations) >= 290
        assert logs[f"{role}_gradient_norm"][0] > 0
    for old, new in zip(before[:8], gan.get_weights()[:8], strict=True):
        assert np.isfinite(new).all()
        assert old.ndim == 1 or np.any(old != new)  # only the difference of scores counts in some, not their bias
