import numpy as np
import pytest
from keras import ops

from keras_musicgan.networks.layers import (
    MinibatchDeviation,
)
from tests.support.harness import check_layer


@pytest.mark.backend
@pytest.mark.parametrize("batch_size", [8, 4, 3, 1])
def test_minibatch_deviation_of_groups_and_of_odd_batches(batch_size):
    inputs = np.random.default_rng(1).normal(size=(batch_size, 6)).astype("float32")
    outputs = check_layer(MinibatchDeviation(group_size=4), inputs, (batch_size, 7))
    group = 4 if batch_size % 4 == 0 else batch_size
    expected = np.repeat(inputs.reshape(-1, group, 6).std(axis=1).mean(axis=1), group)
    np.testing.assert_allclose(outputs[:, -1], expected, atol=2e-4)
    np.testing.assert_array_equal(outputs[:, :-1], inputs)


@pytest.mark.backend
def test_minibatch_deviation_shows_a_collapse():
    same = np.ones((8, 6), "float32")
    assert ops.convert_to_numpy(MinibatchDeviation()(same))[:, -1].max() < 1e-3
