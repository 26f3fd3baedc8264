import keras
import numpy as np
import pytest
from keras_musicgan.callbacks.checkpoints import saved_epochs

import keras_musicgan as km
from keras_musicgan import audio, midi
from tests.support.models import small_gan

pytestmark = pytest.mark.backend


def logged(log_dir):
    """Tags of a TensorBoard log by kind, read by TensorBoard itself."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    log = EventAccumulator(str(log_dir), size_guidance={"images": 0, "audio": 0})
    log.Reload()
    return log


@pytest.mark.parametrize("preset", ["lecture", "pianoroll"])
def test_wav_writer_writes_the_same_latents_every_time(preset, tmp_path):
    gan = small_gan(preset)
    gan.compile()
    data = km.datasets.melodies(4, gan, batch_size=4)
    gan.fit(data, epochs=5, verbose=0, callbacks=[km.callbacks.WavWriter(tmp_path, n=2, every=2, seed=9)])
    folders = sorted(path.name for path in tmp_path.iterdir())
    assert folders == ["epoch_0002", "epoch_0004", "epoch_0005"]
    latents = [np.load(tmp_path / folder / "latents.npz")["latents"] for folder in folders[1:]]
    np.testing.assert_array_equal(latents[0], gan.sample_latents(2, 9))
    np.testing.assert_array_equal(*latents)
    expected = gan.generate(latents=latents[1])
    for number in (1, 2):
        samples, rate = audio.read(tmp_path / "epoch_0005" / f"sample_{number:02d}.wav")
        assert rate == gan.representation.sample_rate
        np.testing.assert_allclose(samples, expected[number - 1], atol=1e-4)
        if len(gan.generate_notes(latents=latents[1])[number - 1]):
            notes = midi.read(tmp_path / "epoch_0005" / f"sample_{number:02d}.mid")
            assert len(notes) == len(gan.generate_notes(latents=latents[1])[number - 1])


def test_spectrogram_logger_shows_picture_and_sound(gan, data, tmp_path):
    logger = km.callbacks.SpectrogramLogger(tmp_path / "logs", n=2, every=2, png_dir=tmp_path / "png")
    gan.fit(data, epochs=4, verbose=0, callbacks=[logger])
    log = logged(tmp_path / "logs")
    assert log.Tags()["images"] == ["spectrograms"]
    assert log.Tags()["audio"] == ["clip_1", "clip_2"]
    assert [event.step for event in log.Images("spectrograms")] == [2, 4]
    heard = log.Audio("clip_1")[1]
    assert heard.sample_rate == 8000
    (tmp_path / "heard.wav").write_bytes(heard.encoded_audio_string)
    np.testing.assert_allclose(audio.read(tmp_path / "heard.wav")[0], gan.generate(2, seed=0)[0], atol=1e-4)

    import io

    from PIL import Image

    drawn = np.asarray(Image.open(tmp_path / "png" / "epoch_0004" / "spectrograms.png").convert("RGB"))
    shown = np.asarray(Image.open(io.BytesIO(log.Images("spectrograms")[1].encoded_image_string)).convert("RGB"))
    np.testing.assert_array_equal(drawn, shown)
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) > 100  # a spectrogram, no empty frame


def test_scalar_logger_logs_what_fit_reports(gan, data, tmp_path):
    history = gan.fit(data, epochs=3, verbose=0, callbacks=[km.callbacks.ScalarLogger(tmp_path)]).history
    log = logged(tmp_path)
    assert set(log.Tags()["scalars"]) == set(history)
    np.testing.assert_allclose([event.value for event in log.Scalars("loss")], history["loss"], rtol=1e-5)
    assert [event.step for event in log.Scalars("loss")] == [1, 2, 3]


def test_checkpoints_keep_the_newest_and_the_last(gan, data, tmp_path):
    gan.fit(data, epochs=5, verbose=0, callbacks=[km.callbacks.Checkpoints(tmp_path, keep=2, every=2)])
    assert [epoch for epoch, _ in saved_epochs(tmp_path)] == [4, 5]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["epoch_0004.keras", "epoch_0005.keras"]
    copy = keras.saving.load_model(tmp_path / "epoch_0005.keras")
    np.testing.assert_array_equal(copy.generate(1, seed=0), gan.generate(1, seed=0))


def test_checkpoints_delete_nothing_of_a_later_training(gan, data, tmp_path):
    for epoch in (98, 99):
        (tmp_path / f"epoch_{epoch:04d}.keras").write_bytes(b"other")
    gan.fit(data, epochs=3, verbose=0, callbacks=[km.callbacks.Checkpoints(tmp_path, keep=1)])
    assert [epoch for epoch, _ in saved_epochs(tmp_path)] == [3, 98, 99]


def test_nothing_is_written_of_a_broken_model(gan, data, tmp_path):
    gan.compile(generator_optimizer=keras.optimizers.SGD(float("nan")))
    callbacks = [km.callbacks.Checkpoints(tmp_path), km.callbacks.WavWriter(tmp_path)]
    gan.fit(data, epochs=2, verbose=0, callbacks=callbacks)
    assert list(tmp_path.iterdir()) == []


def test_progress_tells_epochs_and_time_left(gan, data):
    import io

    from rich.console import Console

    plain, terminal = io.StringIO(), io.StringIO()
    gan.fit(data, epochs=3, initial_epoch=1, verbose=0, callbacks=[km.callbacks.Progress(Console(file=plain))])
    lines = [line for line in plain.getvalue().splitlines() if line.startswith("epoch")]
    assert [line.split(":")[0] for line in lines] == ["epoch 2/3", "epoch 3/3"]
    assert "0 s left" in plain.getvalue() and "generator_loss" in plain.getvalue()
    console = Console(file=terminal, force_terminal=True, width=160)
    gan.fit(data, epochs=2, verbose=0, callbacks=[km.callbacks.Progress(console)])
    assert f"{2 * len(data)}/{2 * len(data)}" in terminal.getvalue()


def test_keras_callbacks_find_the_keys_they_need(gan, data):
    gan.compile(generator_optimizer=keras.optimizers.SGD(float("nan")))
    history = gan.fit(data, epochs=5, verbose=0, callbacks=[keras.callbacks.TerminateOnNaN()]).history
    assert len(history["loss"]) == 1


@pytest.mark.parametrize("options", [{"n": 0}, {"every": 0}])
def test_wrong_options_are_named(options, tmp_path):
    (name,) = options
    for callback in (km.callbacks.WavWriter, km.callbacks.SpectrogramLogger):
        with pytest.raises(ValueError, match=name):
            callback(tmp_path, **options)
    with pytest.raises(ValueError, match="keep"):
        km.callbacks.Checkpoints(tmp_path, keep=0)


def test_another_model_is_refused(tmp_path):
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(loss="mse")
    with pytest.raises(TypeError, match="listens to a `MusicGAN`.*Sequential"):
        model.fit(np.zeros((2, 1)), np.zeros((2, 1)), verbose=0, callbacks=[km.callbacks.WavWriter(tmp_path)])
