"""Models with conditions train, generate and reload, and learn their conditions."""

import keras
import numpy as np
import pytest

import keras_musicgan as km
from tests.support.models import EAGER, toy_gan

pytestmark = pytest.mark.backend


@pytest.mark.parametrize("conditioning", ["projection", "auxiliary"])
def test_trains_generates_and_reloads(conditioning, tmp_path):
    conditions = [km.Pitch(60, 71), km.Label(["pluck", "organ", "reed", "bell"], name="instrument")]
    gan = toy_gan("audio", conditions, conditioning, hidden=(8,))
    gan.compile(penalties=["r1", "gradient_penalty"])
    data = km.datasets.synthetic_notes(24, gan, low=60, high=71, batch_size=8)
    history = gan.fit(data, epochs=2, validation_data=data.held_out, verbose=0).history
    assert np.isfinite([values[-1] for values in history.values()]).all()
    assert ("real_condition_loss" in history) == (conditioning == "auxiliary")
    audio = gan.generate(pitch=[60, 64, 67], instrument="organ", seed=1)
    assert audio.shape == (3, *gan.representation.encoded_shape)
    gan.save(tmp_path / "model.keras")
    copy = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(copy.generate(4, seed=3), gan.generate(4, seed=3), atol=1e-6)
    assert copy.conditions.get_config() == gan.conditions.get_config()
    assert copy.condition_weight == gan.condition_weight
    for name, numbers in gan.draw(6, 5)[1].items():
        np.testing.assert_array_equal(copy.draw(6, 5)[1][name], numbers, err_msg="the data are remembered")
    copy.run_eagerly = EAGER
    copy.fit(data, epochs=1, verbose=0)


@pytest.mark.parametrize(
    ("kind", "conditioning"),
    [
        ("value", "projection"),
        pytest.param("value", "auxiliary", marks=pytest.mark.slow),
        pytest.param("label", "projection", marks=pytest.mark.slow),
        pytest.param("label", "auxiliary", marks=pytest.mark.slow),
    ],
)
def test_the_generator_learns_its_conditions(kind, conditioning):
    levels = np.array([0.0, 0.5, 1.0])
    condition = km.Value("level", 0, 1) if kind == "value" else km.Label(["silent", "soft", "loud"], name="level")
    options = {"hidden": (32, 32), "activation": "linear", "ema_momentum": 0.9, "latent_dim": 2}
    gan = toy_gan("audio", [condition], conditioning, length=4, **options)
    adam = keras.optimizers.Adam
    gan.compile(adam(3e-3, beta_1=0.5), adam(3e-3, beta_1=0.5), penalties=["r1"], condition_weight=3.0)
    rng = np.random.default_rng(0)
    index = rng.integers(3, size=1024)
    clips = levels[index][:, None, None] + rng.normal(0, 0.05, (1024, 4, 1))
    labels = levels[index] if kind == "value" else index
    gan.fit(clips.astype("float32"), {"level": labels}, epochs=30, batch_size=64, verbose=0)
    target = np.repeat(levels if kind == "value" else np.arange(3), 50)
    measured = gan.generate_encoded(latents=gan.sample_latents(150, 1), level=target).mean(axis=(1, 2)).reshape(3, 50)
    np.testing.assert_allclose(measured.mean(axis=1), levels, atol=0.15)
