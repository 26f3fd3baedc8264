"""A frozen network stays as it is while the other trains, on every backend."""

import keras
import numpy as np
import pytest

from tests.support.models import EAGER, toy_gan

pytestmark = pytest.mark.backend
CLIPS = np.random.default_rng(0).uniform(-0.5, 0.5, (8, 4, 1)).astype("float32")


def moved(gan, role, fit):
    """Which weights of a network training changes."""
    before = getattr(gan, role).get_weights()
    fit()
    return [bool(np.any(a != b)) for a, b in zip(before, getattr(gan, role).get_weights(), strict=True)]


@pytest.mark.parametrize("frozen", ["generator", "discriminator"])
@pytest.mark.parametrize("since", ["before compile", "after compile"])
def test_a_frozen_network_stays_as_it_is(frozen, since, tmp_path):
    gan = toy_gan("audio", length=4, hidden=(4,))
    other = {"generator": "discriminator", "discriminator": "generator"}[frozen]
    options = {"penalties": ["r1", ("gradient_penalty", {"every": 2})], "log_gradient_norms": True}
    if since == "after compile":
        gan.compile("sgd", "sgd", **options, run_eagerly=EAGER)
    getattr(gan, frozen).trainable = False
    if since == "before compile":
        gan.compile("sgd", "sgd", **options, run_eagerly=EAGER)
    before = getattr(gan, frozen).get_weights()
    history = {}

    def fit():
        history.update(gan.fit(CLIPS, batch_size=4, verbose=0).history)

    assert any(moved(gan, other, fit))
    for a, b in zip(before, getattr(gan, frozen).get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert np.isfinite([values[0] for values in history.values()]).all()
    assert history[f"{frozen}_gradient_norm"] == [0.0] and history[f"{other}_gradient_norm"][0] > 0
    gan.save(tmp_path / "gan.keras")
    copy = keras.saving.load_model(tmp_path / "gan.keras")
    for a, b in zip(gan.get_weights(), copy.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_frozen_layer_stays_as_it_is():
    gan = toy_gan("audio", length=4, hidden=(4,))
    gan.generator.layers[0].trainable = False
    gan.compile("sgd", "sgd", run_eagerly=EAGER)
    assert moved(gan, "generator", lambda: gan.fit(CLIPS, verbose=0)) == [False, False, True, True]
