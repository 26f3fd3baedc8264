import numpy as np
import pytest
import scipy.signal

from keras_musicgan.spectra.windows import gaussian_spread, window


@pytest.mark.parametrize("name", ["hann", "hamming", "blackman"])
def test_windows_are_those_of_scipy(name):
    np.testing.assert_allclose(window(name, 96), scipy.signal.get_window(name, 96), atol=1e-12)


def test_gaussian_spread_is_that_of_the_paper():
    for name, share in [("hann", 0.25645), ("hamming", 0.29794), ("blackman", 0.17954)]:
        assert gaussian_spread(window(name, 512)) / 512**2 == pytest.approx(share, rel=0.02)
    expected = np.pi / (4 * np.log(100))  # 1 % at the edge
    assert gaussian_spread(window("gaussian", 512)) / 512**2 == pytest.approx(expected, rel=1e-3)
