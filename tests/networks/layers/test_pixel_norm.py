import numpy as np
import pytest
from keras import ops

from keras_musicgan.networks.layers import PixelNorm
from tests.support.harness import check_layer


@pytest.mark.backend
@pytest.mark.parametrize("features", [1, 2])
def test_pixel_norm_leaves_a_mean_square_of_one(features):
    inputs = np.random.default_rng(0).normal(3, 5, (2, 4, 5, 6 * features)).astype("float32")
    outputs = check_layer(PixelNorm(), inputs, inputs.shape)
    np.testing.assert_allclose(outputs, inputs / np.sqrt(np.square(inputs).mean(-1, keepdims=True)), rtol=1e-5)
    assert not ops.convert_to_numpy(PixelNorm()(np.zeros((2, 3), "float32"))).any()
    np.testing.assert_allclose(outputs, check_layer(PixelNorm(), 1e3 * inputs), rtol=1e-5)
