"""A dataset that breaks ends training with its own error on every backend."""

import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.datasets.batches import Batches
from tests.support.models import toy_gan


class Vanishing(Batches):
    """Clips whose file is gone after some reads."""

    def __init__(self, reads, workers):
        super().__init__(64, 4, workers=workers)
        self.left = reads

    def read(self, indices, rng):
        self.left -= 1
        if self.left < 0:
            raise km.audio.AudioError("a.wav must stay as it is. Received: a file that is gone")
        return np.full((len(indices), 4, 1), 0.5, "float32")


@pytest.mark.backend
@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("role", ["training", "validation"])
def test_a_file_that_vanishes_ends_training_with_its_own_error(workers, role):
    gan = toy_gan("audio", length=4)
    gan.compile(run_eagerly=True)
    broken, whole = Vanishing(8, workers), Vanishing(1000, workers)
    data, held_out = (broken, whole) if role == "training" else (whole, broken)
    with pytest.raises(km.audio.AudioError, match=r"^a\.wav must stay as it is") as found:
        gan.fit(data, validation_data=held_out, epochs=3, verbose=0)
    assert found.value.__suppress_context__ and "Traceback" not in str(found.value)
    gan.fit(Vanishing(1000, workers), verbose=0)  # nothing is stuck


@pytest.mark.backend
def test_a_generator_that_breaks_ends_training_with_its_own_error():
    def broken():
        yield (np.full((8, 4, 1), 0.5, "float32"),)
        raise ZeroDivisionError("of its own")

    gan = toy_gan("audio", length=4)
    gan.compile(run_eagerly=True)
    with pytest.raises(ZeroDivisionError, match="of its own"):
        gan.fit(broken(), verbose=0)
