import numpy as np
import pytest

from keras_musicgan.networks.layers import SmoothFrames
from tests.support.harness import check_layer


@pytest.mark.backend
def test_what_alternates_from_frame_to_frame_vanishes_and_what_is_even_stays():
    alternating = np.where(np.arange(16) % 2, 1.0, -1.0)[:, None]
    even = np.linspace(-1, 1, 16)[:, None]
    inputs = np.stack([alternating, even, alternating + even]).astype("float32")
    outputs = check_layer(SmoothFrames(), inputs, inputs.shape)
    np.testing.assert_allclose(outputs[:, 1:-1], np.stack([0 * even, even, even])[:, 1:-1], atol=1e-6)
