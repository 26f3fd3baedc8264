"""What several processes cannot train on is refused before anything is divided."""

import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.processes import divide
from tests.support.models import toy_gan

CLIPS = np.full((8, 16), 60.0)


class Undecorated(km.MusicGAN):
    """A step that only one process would take."""

    def train_step(self, data):
        return super().train_step(data)


@pytest.fixture
def two_processes(monkeypatch):
    monkeypatch.setattr(divide, "size", lambda: 2)


@pytest.mark.parametrize(
    ("kind", "arguments", "words"),
    [
        (km.MusicGAN, {"x": CLIPS, "validation_split": 0.5}, "take held-out clips as `validation_data`"),
        (km.MusicGAN, {"x": iter([CLIPS])}, "x of type list_iterator. Make a PyDataset of it"),
        (Undecorated, {"x": CLIPS}, "Undecorated.train_step without a decorator. Put `keras_musicgan.backends.step`"),
    ],
)
def test_refused_with_the_remedy(kind, arguments, words, two_processes, monkeypatch):
    monkeypatch.setattr(km.MusicGAN.train_step, "__wrapped__", None, raising=False)  # as JAX and PyTorch have it
    with pytest.raises(ValueError, match=words):
        divide.divide_fit(toy_gan("notes", kind=kind), arguments)


def test_devices_that_a_batch_cannot_be_divided_among(monkeypatch):
    monkeypatch.setattr(divide.backends, "n_devices", lambda model: 3)
    gan = toy_gan("notes")
    divide.divide_fit(gan, {"x": np.repeat(CLIPS, 3, axis=0), "batch_size": 6})
    with pytest.raises(ValueError, match="each of 3 devices. Received: a batch of 8 clips"):
        divide.divide_fit(gan, {"x": CLIPS})
    with pytest.raises(ValueError, match="each of 3 devices. Received: a batch of 2 clips"):
        divide.divide_evaluate(gan, {"x": CLIPS, "batch_size": 6})
