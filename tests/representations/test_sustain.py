import numpy as np
import pytest
from keras import ops

from keras_musicgan.representations.sustain import later, sustain


@pytest.mark.backend
@pytest.mark.parametrize("steps", [1, 2, 7, 16])
def test_sustain_is_the_recurrence(steps):
    rng = np.random.default_rng(0)
    onsets, holds = rng.random((2, steps, 3), "float32"), rng.random((2, steps, 1), "float32")
    expected = [onsets[:, 0]]
    for step in range(1, steps):
        expected.append(onsets[:, step] + holds[:, step] * expected[-1])
    found = sustain(ops.convert_to_tensor(onsets), ops.convert_to_tensor(holds))
    np.testing.assert_allclose(ops.convert_to_numpy(found), np.stack(expected, axis=1), rtol=1e-5)


def test_later_steps():
    moved = later(ops.convert_to_tensor(np.arange(1.0, 5.0).reshape(1, 4, 1)), 2)
    assert ops.convert_to_numpy(moved).ravel().tolist() == [0, 0, 1, 2]
