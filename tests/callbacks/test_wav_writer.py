import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan import audio, midi
from tests.support.models import toy_gan


@pytest.mark.parametrize("domain", ["notes", "rolls"])
def test_the_same_latents_are_written_every_time(domain, tmp_path):
    gan = toy_gan(domain)
    gan.compile(run_eagerly=True)
    data = km.datasets.melodies(1, gan, batch_size=8)
    gan.fit(data, epochs=5, verbose=0, callbacks=[km.callbacks.WavWriter(tmp_path, n=2, every=2, seed=9)])
    folders = sorted(path.name for path in tmp_path.iterdir())
    assert folders == ["epoch_0002", "epoch_0004", "epoch_0005"]
    latents = [np.load(tmp_path / folder / "latents.npz")["latents"] for folder in folders[1:]]
    np.testing.assert_array_equal(latents[0], gan.sample_latents(2, 9))
    np.testing.assert_array_equal(*latents)
    expected, pieces = gan.generate(latents=latents[1]), gan.generate_notes(latents=latents[1])
    for number in (1, 2):
        samples, rate = audio.read(tmp_path / "epoch_0005" / f"sample_{number:02d}.wav")
        assert rate == gan.representation.sample_rate
        np.testing.assert_allclose(samples, expected[number - 1], atol=1e-4)
        assert len(midi.read(tmp_path / "epoch_0005" / f"sample_{number:02d}.mid")) == len(pieces[number - 1]) > 0


def test_audio_is_written_at_the_rate_of_the_model(tmp_path):
    gan = toy_gan("audio", length=256, sample_rate=11025, channels=2)
    gan.compile(run_eagerly=True)
    clips = np.zeros((4, 256, 2), "float32")
    gan.fit(clips, verbose=0, callbacks=[km.callbacks.WavWriter(tmp_path, n=1, seed=3)])
    samples, rate = audio.read(tmp_path / "epoch_0001" / "sample_01.wav")
    assert rate == 11025 and not list(tmp_path.rglob("*.mid"))
    np.testing.assert_allclose(samples, gan.generate(1, seed=3)[0], atol=1e-4)
