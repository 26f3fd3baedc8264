"""The order of batches, and what training sees of them."""

import os

import keras
import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan import audio
from keras_musicgan.datasets import Clips, audio_folder
from tests.support.audio_files import epoch_of, spec
from tests.support.models import toy_gan


class Recording(km.MusicGAN):
    """Keeps the batches that training sees, and does not train."""

    @km.backends.step
    def train_step(self, data):
        self.seen.append(keras.ops.convert_to_numpy(data[0]))
        return {"loss": keras.ops.zeros(())}


@pytest.mark.backend
@pytest.mark.parametrize("limit", [0, 2 * 10**9])
def test_training_sees_the_batches_in_order_and_goes_on_where_it_ended(limit, audio_files):
    options = {"clip": "random", "held_out": 0, "batch_size": 4, "cache_limit": limit, "workers": 3}
    plain = audio_folder(audio_files, spec(), **options)
    expected = [epoch_of(plain) for _ in range(4)]

    def seen_by(data, first_epoch, shuffle=False):
        gan = toy_gan(spec().representation, kind=Recording)
        gan.compile(run_eagerly=True)
        gan.seen = []
        data.epoch = first_epoch
        gan.fit(data, epochs=4, initial_epoch=first_epoch, shuffle=shuffle, verbose=0)
        return np.split(np.concatenate(gan.seen), 4 - first_epoch)

    data = audio_folder(audio_files, spec(), **options)
    assert (data.workers == 3) == (limit == 0)
    np.testing.assert_allclose(seen_by(data, 0), expected, atol=1e-5)
    assert data.epoch == 4
    np.testing.assert_allclose(seen_by(data, 2), expected[2:], atol=1e-5)
    for epoch, shuffled in zip(expected, seen_by(data, 0, shuffle=True), strict=True):
        np.testing.assert_allclose(np.sort(shuffled, axis=None), np.sort(epoch, axis=None), atol=1e-5)


def test_an_epoch_that_keras_reads_ahead_has_its_own_order(audio_files):
    data = audio_folder(audio_files, spec(), batch_size=2, held_out=0)
    expected = [epoch_of(data) for _ in range(3)]
    data.epoch = 0
    data.on_epoch_end()  # as `fit` does before its first epoch
    for epoch in expected:
        first = data[0][0]  # Keras's threads begin before it says so
        data.on_epoch_begin()
        np.testing.assert_array_equal(first, epoch[:2])
        np.testing.assert_array_equal(data[2][0], epoch[4:])
        data.on_epoch_end()


def test_a_file_that_changes_during_training_is_named(audio_files, tmp_path):
    data = audio_folder(audio_files, spec(), held_out=0, cache_limit=0)
    (audio_files / "low" / "a_1.wav").write_text("gone")
    with pytest.raises(audio.AudioError, match="a_1.wav"):
        epoch_of(data)
    cached = audio_folder(audio_files / "high", spec(), held_out=0, cache=tmp_path / "cache")
    for entry in (tmp_path / "cache").glob("*.f32"):
        os.truncate(entry, 8)
    with pytest.raises(OSError, match="cache must stay as it is"):
        epoch_of(cached)


def test_processes_are_refused_with_the_reason():
    data = Clips(np.zeros((8, 4, 1)), 4)
    with pytest.raises(ValueError, match="read by threads.*Set `workers` instead"):
        data.use_multiprocessing = True
    data.use_multiprocessing = False
    assert data.use_multiprocessing is False
