import keras
import numpy as np
import pytest

import keras_musicgan as km


@pytest.mark.parametrize("options", [{"n": 0}, {"every": 0}])
def test_wrong_options_are_named(options, tmp_path):
    (name,) = options
    for callback in (km.callbacks.WavWriter, km.callbacks.SpectrogramLogger):
        with pytest.raises(ValueError, match=name):
            callback(tmp_path, **options)


def test_another_model_is_refused(tmp_path):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(loss="mse", run_eagerly=True)
    with pytest.raises(TypeError, match="is for a `MusicGAN`.*Sequential"):
        model.fit(np.zeros((2, 1)), np.zeros((2, 1)), verbose=0, callbacks=[km.callbacks.WavWriter(tmp_path)])


def test_nothing_is_written_of_a_broken_model(gan, data, tmp_path):
    gan.compile(generator_optimizer=keras.optimizers.SGD(float("nan")), run_eagerly=True)
    callbacks = [km.callbacks.Checkpoints(tmp_path), km.callbacks.WavWriter(tmp_path)]
    gan.fit(data, epochs=2, verbose=0, callbacks=callbacks)
    assert list(tmp_path.iterdir()) == []
