import io

import numpy as np
from PIL import Image

import keras_musicgan as km
from keras_musicgan import audio
from tests.support.tensorboard_log import logged


def test_picture_and_sound_are_shown(gan, data, tmp_path):
    logger = km.callbacks.SpectrogramLogger(tmp_path / "logs", n=2, every=2, png_dir=tmp_path / "png")
    gan.fit(data, epochs=4, verbose=0, callbacks=[logger])
    log = logged(tmp_path / "logs")
    assert log.Tags()["images"] == ["spectrograms"]
    assert log.Tags()["audio"] == ["clip_1", "clip_2"]
    assert [event.step for event in log.Images("spectrograms")] == [2, 4]
    clip = log.Audio("clip_1")[1]
    assert clip.sample_rate == 8000
    (tmp_path / "clip.wav").write_bytes(clip.encoded_audio_string)
    np.testing.assert_allclose(audio.read(tmp_path / "clip.wav")[0], gan.generate(2, seed=0)[0], atol=1e-4)
    drawn = np.asarray(Image.open(tmp_path / "png" / "epoch_0004" / "spectrograms.png").convert("RGB"))
    shown = np.asarray(Image.open(io.BytesIO(log.Images("spectrograms")[1].encoded_image_string)).convert("RGB"))
    np.testing.assert_array_equal(drawn, shown)
    assert len(np.unique(drawn.reshape(-1, 3), axis=0)) > 100  # a spectrogram, no empty frame
