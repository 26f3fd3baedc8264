import keras
import numpy as np
import pytest

from keras_musicgan.adversarial.diversity import diversity_loss
from tests.support.models import small_gan, toy_gan

pytestmark = pytest.mark.backend
RNG = np.random.default_rng(0)


def test_the_term_is_the_missing_share_of_the_distance():
    real = RNG.normal(size=(6, 4, 2)).astype("float32")
    for scale, expected in [(0.0, 1.0), (0.25, 0.75), (1.0, 0.0), (2.0, 0.0)]:
        np.testing.assert_allclose(float(diversity_loss(scale * real[::-1], real)), expected, atol=1e-5)
    assert float(diversity_loss(real[:1], real[:1])) == 1.0  # one clip is apart from none
    assert float(diversity_loss(real, np.zeros_like(real))) == 0.0


def test_it_keeps_generated_clips_apart():
    def spread(weight):
        keras.utils.set_random_seed(0)
        gan = toy_gan()
        gan.compile(optimizer=keras.optimizers.SGD(0.1), diversity_weight=weight, penalties=["r1"])
        clips = np.random.default_rng(0).uniform(-0.4, 0.4, (16, *gan.representation.encoded_shape)).astype("float32")
        gan.fit(clips, batch_size=8, epochs=20, verbose=0)
        return gan.generate_encoded(16, seed=1).std(axis=0).mean()

    assert spread(10.0) > 1.2 * spread(0.0)


def test_the_weight_is_saved_and_checked(tmp_path):
    gan = small_gan()
    gan.compile(diversity_weight=0.25)
    gan.save(tmp_path / "model.keras")
    assert keras.saving.load_model(tmp_path / "model.keras").diversity_weight == 0.25
    with pytest.raises(ValueError, match="`diversity_weight` must be .*Received"):
        gan.compile(diversity_weight=-1.0)
