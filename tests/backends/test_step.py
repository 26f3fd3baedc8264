"""Subclasses that change one side of the step, or all of it, train on every backend."""

import keras
import numpy as np
import pytest

import keras_musicgan as km
from tests.support.models import SMALL

pytestmark = pytest.mark.backend


class GeneratorTwice(km.MusicGAN):
    """Updates the generator twice a step."""

    def _update_generator(self, real, conditions):
        super()._update_generator(real, conditions)
        return super()._update_generator(real, conditions)


class GeneratorFirst(km.MusicGAN):
    """Updates the generator before the discriminator, and has no averaged generator to move."""

    @km.backends.step
    def train_step(self, data):
        real, conditions = self._encode(data)
        generator_logs = self._update_generator(real, conditions)
        discriminator_logs = self._update_discriminator(real, conditions)
        self.optimizer.iterations.assign_add(1)
        return self._log({**discriminator_logs, **generator_logs}, keras.ops.shape(real)[0])


class Counted(km.MusicGAN):
    """Goes on after the step of the class above it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.steps = self.add_weight(shape=(), initializer="zeros", trainable=False, name="steps")

    @km.backends.step
    def train_step(self, data):
        logs = super().train_step(data)
        self.steps.assign_add(1.0)
        return logs


def trained(kind, steps=3):
    """A model of the class after some steps, the norm of what the last one moved each network by, and its history."""
    keras.utils.set_random_seed(1)
    gan = kind.from_preset("lecture-plain", **SMALL["lecture-plain"])
    gan.compile(optimizer=keras.optimizers.SGD(0.1))
    start = [network.get_weights() for network in (gan.generator, gan.discriminator)]
    clips = np.random.default_rng(0).integers(40, 80, (8 * steps, 16)).astype("float32")
    history = gan.fit(clips, batch_size=8, shuffle=False, verbose=0).history
    ends = [network.get_weights() for network in (gan.generator, gan.discriminator)]
    return (
        gan,
        [sum(np.abs(b - a).sum() for a, b in zip(*pair, strict=True)) for pair in zip(start, ends, strict=True)],
        history,
    )


def test_another_update_of_the_generator():
    _, (plain, discriminator), plain_history = trained(km.MusicGAN, steps=1)
    _, (twice, same), history = trained(GeneratorTwice, steps=1)
    assert 1.5 * plain < twice < 2.5 * plain
    assert same == pytest.approx(discriminator, rel=1e-5)  # the discriminator comes first and is left alone
    assert set(history) == set(plain_history)


def test_another_order_of_the_whole_step():
    gan, moved, history = trained(GeneratorFirst)
    assert min(moved) > 0 and np.isfinite(history["loss"]).all()
    assert int(gan.optimizer.iterations) == 3
    first_loss = [trained(kind, steps=1)[2]["generator_loss"][0] for kind in (km.MusicGAN, GeneratorFirst)]
    assert first_loss[0] != first_loss[1]  # an untrained discriminator scores otherwise than an updated one


def test_a_step_goes_on_after_the_inherited_one():
    gan, _, history = trained(Counted)
    plain, _, plain_history = trained(km.MusicGAN)
    assert float(keras.ops.convert_to_numpy(gan.steps)) == 3
    np.testing.assert_allclose(history["loss"], plain_history["loss"], rtol=1e-5)
    for one, other in zip(gan.generator.get_weights(), plain.generator.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
