"""Keras's own callbacks do for a GAN what their users expect."""

import csv

import keras
import numpy as np
import pytest

from tests.support.models import EAGER, toy_gan

CLIPS = np.random.default_rng(0).uniform(-0.5, 0.5, (8, 4, 1)).astype("float32")
NEVER = {"patience": 1, "min_delta": 100.0}  # no epoch is better than the one before


def fitted(callback, epochs=4, gan=None, **optimizer):
    """A model after training with a callback, at the learning rates 0.1 and 0.2, and the history."""
    gan = gan or toy_gan("audio", length=4)
    sgd = keras.optimizers.SGD
    if not gan.compiled:
        gan.compile(sgd(0.1, **optimizer), sgd(0.2, **optimizer), run_eagerly=EAGER)
    history = gan.fit(CLIPS, epochs=epochs, validation_data=(CLIPS,), callbacks=callback, verbose=0).history
    return gan, history


@pytest.mark.backend
@pytest.mark.parametrize(
    "callback",
    [
        keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=100.0, cooldown=10),
        keras.callbacks.ReduceLROnPlateau("val_generator_loss", factor=0.5, patience=1, min_delta=100.0, cooldown=10),
        keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.5 * rate if epoch == 2 else rate),
    ],
)
def test_learning_rates_of_both_networks_follow(callback):
    gan, history = fitted(callback)
    rates = [float(each.learning_rate) for each in (gan.optimizer.generator, gan.optimizer.discriminator)]
    np.testing.assert_allclose(rates, [0.05, 0.1], rtol=1e-6)
    logged = [history["learning_rate_generator"][-1], history["learning_rate_discriminator"][-1]]
    np.testing.assert_allclose(logged, [0.05, 0.1], rtol=1e-6)


def test_a_schedule_and_a_callback_that_sets_rates_are_one_too_many():
    gan = toy_gan("audio", length=4)
    falling = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(falling), run_eagerly=EAGER)
    for callback in (keras.callbacks.ReduceLROnPlateau("loss"), keras.callbacks.LearningRateScheduler(lambda _: 0.1)):
        with pytest.raises(ValueError, match=f"`{type(callback).__name__}` needs .*discriminator.*ExponentialDecay"):
            fitted(callback, gan=gan)
    assert int(gan.optimizer.iterations) == 0
    fitted(keras.callbacks.EarlyStopping("loss", patience=10), gan=gan, epochs=1)


@pytest.mark.parametrize("monitor", ["generator_loss", "val_generator_loss", "val_loss", "real_accuracy", "penalty"])
def test_early_stopping_knows_which_way_is_better(monitor):
    _, history = fitted(keras.callbacks.EarlyStopping(monitor, restore_best_weights=True, **NEVER))
    assert len(history["loss"]) == 2


def test_the_way_that_is_better_is_that_of_the_number():
    ways = {}
    for monitor, mode in (("generator_loss", "auto"), ("val_fake_accuracy", "auto"), ("generator_loss", "max")):
        stopping = keras.callbacks.EarlyStopping(monitor, mode=mode)
        fitted(stopping, epochs=1)
        ways[monitor, mode] = stopping.mode
    assert list(ways.values()) == ["min", "max", "max"]


def test_model_checkpoint_keeps_the_best(tmp_path):
    best = tmp_path / "best.keras"
    checkpoint = keras.callbacks.ModelCheckpoint(best, monitor="generator_loss", save_best_only=True)
    _, history = fitted(checkpoint)
    assert checkpoint.best == pytest.approx(min(history["generator_loss"]))
    assert keras.saving.load_model(best).generate(1, seed=1).shape == (1, 4, 1)


@pytest.mark.backend
def test_weights_of_a_checkpoint_load(tmp_path):
    gan, _ = fitted(keras.callbacks.ModelCheckpoint(tmp_path / "a.weights.h5", save_weights_only=True), epochs=1)
    other = toy_gan("audio", length=4)
    other.compile("sgd", "sgd")
    other.load_weights(tmp_path / "a.weights.h5")
    for a, b in zip(gan.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.backend
def test_backup_and_restore_goes_on_where_training_broke(tmp_path):
    class Broken(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                raise InterruptedError

    gan = toy_gan("audio", length=4)
    gan.compile("adam", "adam", run_eagerly=EAGER)
    backup = tmp_path / "backup"
    with pytest.raises(InterruptedError):
        gan.fit(CLIPS, epochs=3, verbose=0, callbacks=[keras.callbacks.BackupAndRestore(backup), Broken()])
    again = toy_gan("audio", length=4)
    again.compile("adam", "adam", run_eagerly=EAGER)
    history = again.fit(CLIPS, epochs=3, verbose=0, callbacks=[keras.callbacks.BackupAndRestore(backup)]).history
    assert len(history["loss"]) == 1 and int(again.optimizer.iterations) == 3
    gan.fit(CLIPS, epochs=1, verbose=0)
    for a, b in zip(gan.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_logs_reach_files(tmp_path):
    _, history = fitted(keras.callbacks.CSVLogger(tmp_path / "log.csv"), epochs=2)
    rows = list(csv.DictReader((tmp_path / "log.csv").open()))
    assert [float(row["val_loss"]) for row in rows] == pytest.approx(history["val_loss"])
    fitted(keras.callbacks.TensorBoard(tmp_path / "board", histogram_freq=1), epochs=1)
    assert list((tmp_path / "board").rglob("events.out.tfevents.*"))


@pytest.mark.backend
def test_the_optimizers_own_average_is_swapped_for_validation():
    gan, _ = fitted(keras.callbacks.SwapEMAWeights(), epochs=2, use_ema=True, ema_momentum=0.5)
    assert np.isfinite(gan.generate(1, seed=1)).all()
    with pytest.raises(ValueError, match="`use_ema=True`"):
        fitted(keras.callbacks.SwapEMAWeights())


def test_functions_are_called():
    epochs = []
    fitted(keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: epochs.append(sorted(logs))), epochs=2)
    assert len(epochs) == 2 and {"generator_loss", "val_loss"} < set(epochs[0])
