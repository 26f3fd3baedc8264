"""Conditions in training data: what is refused before a step is made."""

import keras
import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.datasets import Clips
from tests.support.models import toy_gan


@pytest.fixture(scope="module")
def level_gan():
    """A model of four samples a clip, to be read only."""
    gan = toy_gan("audio", [km.Value("level", 0, 1)], length=4)
    gan.compile(run_eagerly=True)
    return gan


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, r"is conditioned on 'level': call `fit\(x, y\)`.*Received: y=None"),
        ({}, "without 'level'"),
        ({"loudness": [0.5] * 8}, "Received: a dict of 'loudness', without 'level'"),
        ({"level": [0.5] * 8, "loudness": [0.5] * 8}, "a condition 'loudness', which it does not know"),
        ({"level": [0.5] * 7 + [1.5]}, r"`level` must be a number from 0 to 1. Received: level=1.5"),
        ({"level": [0.5] * 7}, r"one for each of 8 clips. Received: level of shape \(7,\)"),
    ],
)
@pytest.mark.parametrize("how", ["fit", "evaluate", "validation"])
def test_wrong_conditions_are_refused_before_training(level_gan, y, message, how):
    x = np.zeros((8, 4, 1), "float32")
    before = level_gan.generator.get_weights()[0]
    with pytest.raises(ValueError, match=message):
        if how == "validation":
            level_gan.fit(x, {"level": 0.5}, validation_data=(x, y), verbose=0)
        else:
            getattr(level_gan, how)(x, y, verbose=0)
    np.testing.assert_array_equal(level_gan.generator.get_weights()[0], before)


def test_wrong_conditions_of_a_dataset_are_refused(level_gan):
    class Wrong(keras.utils.PyDataset):
        def __init__(self, y):
            super().__init__()
            self.y = y

        def __len__(self):
            return 2

        def __getitem__(self, index):
            return np.zeros((4, 4, 1), "float32"), self.y

    for y, message in (({"level": np.full(4, 2.0)}, "Received: level=2"), ({"other": np.zeros(4)}, "without 'level'")):
        with pytest.raises(ValueError, match=message):
            level_gan.fit(Wrong(y), verbose=0)
    unlabelled = Clips(np.zeros((8, 4, 1), "float32"), 4)
    with pytest.raises(ValueError, match="call `fit"):
        level_gan.fit(unlabelled, verbose=0)
    with pytest.raises(ValueError, match=r"labels are 'instrument', 'pitch', without 'level'"):
        km.datasets.synthetic_notes(4, level_gan)
