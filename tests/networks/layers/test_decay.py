import numpy as np
import pytest
from keras import ops

from keras_musicgan.networks.layers import Decay


@pytest.mark.backend
@pytest.mark.parametrize("features", [1, 2])
def test_each_bin_of_each_clip_falls_at_its_rate(features):
    random = np.random.default_rng(0)
    spectra = random.normal(size=(3, 8, 5, features)).astype("float32")
    rates = random.uniform(0, 4, (3, 1, 5, features)).astype("float32")
    time = np.arange(8).reshape(8, 1, 1) / 8
    np.testing.assert_allclose(ops.convert_to_numpy(Decay()(spectra, rates)), spectra - rates * time, atol=1e-5)


def test_the_shape_of_the_spectra_stays():
    assert Decay().compute_output_shape((None, 8, 5, 1), (None, 1, 5, 1)) == (None, 8, 5, 1)
