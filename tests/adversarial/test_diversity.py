import keras
import numpy as np
import pytest
from keras import ops

from keras_musicgan.adversarial.diversity import FIRST_WEIGHT, LARGEST_WEIGHT, DiversityTerm, missing_distance
from tests.support.models import small_gan, toy_gan

pytestmark = pytest.mark.backend
RNG = np.random.default_rng(0)


def test_the_term_is_the_missing_share_of_the_distance():
    real = RNG.normal(size=(6, 4, 2)).astype("float32")
    for scale, expected in [(0.0, 1.0), (0.25, 0.75), (1.0, 0.0), (2.0, -1.0)]:
        np.testing.assert_allclose(float(missing_distance(scale * real[::-1], real)), expected, atol=1e-3)
        np.testing.assert_allclose(
            float(DiversityTerm(3.0)(scale * real[::-1], real, 3.0)), max(3 * expected, 0), atol=4e-3
        )
    assert float(DiversityTerm(1.0)(real, np.zeros_like(real), 1.0)) == 0.0
    assert abs(float(missing_distance(real[:1], real[:1]))) < 0.01  # one clip is apart from none, and so is the other


def test_the_slope_of_equal_clips_is_a_number():
    """That of a square root at 0 is not; in a batch of four the last comparison is that of each clip with itself."""
    gan = toy_gan()
    gan.compile(diversity_weight="adaptive")
    clips = RNG.uniform(-0.4, 0.4, (4, *gan.representation.encoded_shape)).astype("float32")
    history = gan.fit(clips, batch_size=4, epochs=2, verbose=0).history
    assert np.isfinite(history["generator_loss"]).all()


def spread(weight, epochs):
    """The standard deviation of clips of a small model, trained with this weight."""
    keras.utils.set_random_seed(0)
    gan = toy_gan()
    gan.compile(optimizer=keras.optimizers.SGD(0.1), diversity_weight=weight, penalties=["r1"])
    clips = np.random.default_rng(0).uniform(-0.4, 0.4, (16, *gan.representation.encoded_shape)).astype("float32")
    gan.fit(clips, batch_size=8, epochs=epochs, verbose=0)
    return gan.generate_encoded(16, seed=1).std(axis=0).mean()


@pytest.mark.parametrize(("weight", "epochs"), [(10.0, 20), ("adaptive", 60)])
def test_it_keeps_generated_clips_apart(weight, epochs):
    assert spread(weight, epochs) > 1.2 * spread(0.0, epochs)


def test_an_adaptive_weight_grows_while_clips_are_too_close_and_falls_while_they_are_too_far_apart():
    real = ops.convert_to_tensor(RNG.normal(size=(6, 4, 2)).astype("float32"))
    term = DiversityTerm("adaptive")

    def weight_after(fake, steps):
        for _ in range(steps):
            term.adapt(fake, real)
        return float(term.multiplier)

    assert weight_after(real, 5) == pytest.approx(FIRST_WEIGHT)
    grown = weight_after(0.5 * real, 10)
    assert grown > FIRST_WEIGHT
    assert weight_after(float("nan") * real, 1) == pytest.approx(grown)
    assert weight_after(2.0 * real, 1000) == 0.0
    assert weight_after(0.0 * real, 2000) == pytest.approx(LARGEST_WEIGHT)


def test_an_adaptive_weight_changes_in_training_and_goes_on_after_loading(tmp_path):
    gan = toy_gan()
    gan.compile(diversity_weight="adaptive")
    clips = RNG.uniform(-0.4, 0.4, (16, *gan.representation.encoded_shape)).astype("float32")
    gan.fit(clips, batch_size=8, epochs=2, verbose=0)
    weight = float(gan.optimizer.multiplier)
    assert abs(weight - FIRST_WEIGHT) > 1e-3
    gan.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert float(loaded.optimizer.multiplier) == weight
    for model in (gan, loaded):
        model.fit(clips, batch_size=8, epochs=1, shuffle=False, verbose=0)
    assert float(loaded.optimizer.multiplier) == pytest.approx(float(gan.optimizer.multiplier), abs=1e-5)


def test_the_weight_is_saved_and_checked(tmp_path):
    gan = small_gan()
    gan.compile(diversity_weight=0.25)
    gan.save(tmp_path / "model.keras")
    assert keras.saving.load_model(tmp_path / "model.keras").diversity_weight == 0.25
    with pytest.raises(ValueError, match="`diversity_weight` must be .*Received"):
        gan.compile(diversity_weight=-1.0)
    with pytest.raises(ValueError, match="at least 0, or 'adaptive'. Received"):
        gan.compile(diversity_weight="adaptiv")
