import json
import warnings

import keras
import numpy as np
import pytest
from keras_musicgan.callbacks.checkpoints import saved_epochs

import keras_musicgan as km
from tests.support.models import small_gan

pytestmark = pytest.mark.backend


def test_the_newest_and_the_last_are_kept(gan, data, tmp_path):
    gan.fit(data, epochs=5, verbose=0, callbacks=[km.callbacks.Checkpoints(tmp_path, keep=2, every=2)])
    assert [epoch for epoch, _ in saved_epochs(tmp_path)] == [4, 5]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["epoch_0004.keras", "epoch_0005.keras"]
    copy = keras.saving.load_model(tmp_path / "epoch_0005.keras")
    np.testing.assert_array_equal(copy.generate(1, seed=0), gan.generate(1, seed=0))


def test_the_last_is_kept_where_another_callback_stops_training(gan, data, tmp_path):
    stop = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: setattr(gan, "stop_training", epoch == 2))
    gan.fit(data, epochs=9, verbose=0, callbacks=[stop, km.callbacks.Checkpoints(tmp_path, every=5)])
    assert [epoch for epoch, _ in saved_epochs(tmp_path)] == [3]


def test_nothing_of_a_later_training_run_is_deleted(gan, data, tmp_path):
    for epoch in (98, 99):
        (tmp_path / f"epoch_{epoch:04d}.keras").write_bytes(b"other")
    gan.fit(data, epochs=3, verbose=0, callbacks=[km.callbacks.Checkpoints(tmp_path, keep=1)])
    assert [epoch for epoch, _ in saved_epochs(tmp_path)] == [3, 98, 99]


def test_monitors_go_on_from_the_checkpoint(tmp_path):
    gan = small_gan()
    gan.compile(generator_optimizer=keras.optimizers.SGD(0.0), discriminator_optimizer="sgd", run_eagerly=True)
    for network in (gan.generator, gan.averaged_generator):
        network.set_weights([np.zeros_like(weight) for weight in network.get_weights()])

    def fit(folder, epochs, initial_epoch=0):
        monitor = km.callbacks.CollapseMonitor(n=4, every=2, stop=True)
        data = km.datasets.melodies(2, gan, batch_size=8, seed=1, transpose=3)
        data.epoch = initial_epoch
        callbacks = [monitor, km.callbacks.Checkpoints(folder, monitors=[monitor])]
        options = {"initial_epoch": initial_epoch, "shuffle": False, "verbose": 0, "callbacks": callbacks}
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", km.callbacks.CollapseWarning)
            history = gan.fit(data, epochs=epochs, **options).history
        return monitor, history, [each for each in caught if each.category is km.callbacks.CollapseWarning]

    # All latents sound the same: found after the epochs 1, 2 and 4, which ends the training.
    monitor, history, warned = fit(tmp_path / "whole", 9)
    assert monitor.stopped and len(history["loss"]) == 4 and warned
    monitor, _, _ = fit(tmp_path / "parts", 2)
    assert not monitor.stopped
    state = monitor.get_state()
    assert json.loads(json.dumps(state)) == state
    monitor, rest, warned_again = fit(tmp_path / "parts", 9, initial_epoch=2)
    assert monitor.stopped and len(rest["loss"]) == 2 and not warned_again
    assert rest["output_rms"] == history["output_rms"][2:] and monitor.get_state()["found_in_a_row"]["equal"] == 3


def test_wrong_options_are_named(tmp_path):
    with pytest.raises(ValueError, match="keep"):
        km.callbacks.Checkpoints(tmp_path, keep=0)
    with pytest.raises(ValueError, match="different classes.*CollapseMonitor, CollapseMonitor"):
        km.callbacks.Checkpoints(tmp_path, monitors=[km.callbacks.CollapseMonitor(), km.callbacks.CollapseMonitor()])
