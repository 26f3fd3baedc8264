import keras
import numpy as np
import pytest
from keras import ops

from keras_musicgan.networks.layers import BinsToFeatures, FeaturesToBins
from tests.support.harness import check_layer


@pytest.mark.backend
@pytest.mark.parametrize("kernel_size", [1, 4, 5, (5, 15), [3, 6]])
def test_dense_layers_over_bins_have_smooth_weights(kernel_size):
    def average(row, size):
        window = np.hanning(size + 2)[1:-1]
        window /= np.sqrt(np.square(window).sum())
        return np.convolve(row, window[::-1])[(size - 1) // 2 :][: len(row)]

    sizes = np.atleast_1d(kernel_size)
    impulse = sum(average(np.eye(101)[50], size) for size in sizes)

    def smooth(kernel):
        return np.stack([sum(average(row, size) for size in sizes) for row in kernel]) / np.linalg.norm(impulse)

    rng = np.random.default_rng(0)
    spectra, features = rng.normal(size=(3, 4, 16, 2)).astype("float32"), rng.normal(size=(3, 4, 7)).astype("float32")
    seeded = keras.initializers.HeNormal(seed=1)
    to_features = BinsToFeatures(7, kernel_size, kernel_initializer=seeded)
    to_bins = FeaturesToBins(16, 2, kernel_size, kernel_initializer=seeded)
    as_features = check_layer(to_features, spectra, (3, 4, 7))
    as_bins = check_layer(to_bins, features, (3, 4, 16, 2))
    for layer in (to_features, to_bins):
        layer.bias.assign(rng.normal(size=layer.bias.shape))
    kernel = ops.convert_to_numpy(to_features.kernel).reshape(16, 14).T
    expected = np.einsum("ntfc,cuf->ntu", spectra, smooth(kernel).reshape(2, 7, 16))
    np.testing.assert_allclose(as_features, expected, atol=1e-5)
    np.testing.assert_allclose(
        ops.convert_to_numpy(to_features(spectra)), expected + ops.convert_to_numpy(to_features.bias), atol=1e-5
    )
    kernel = ops.convert_to_numpy(to_bins.kernel).reshape(7, 16, 2).transpose(0, 2, 1).reshape(14, 16)
    expected = np.einsum("ntu,ucf->ntfc", features, smooth(kernel).reshape(7, 2, 16))
    np.testing.assert_allclose(as_bins, expected, atol=1e-5)
    bias = ops.convert_to_numpy(to_bins.bias).reshape(16, 2)
    np.testing.assert_allclose(ops.convert_to_numpy(to_bins(features)), expected + bias, atol=1e-5)
    for wrong in (0, (), (5, 0), "5"):
        with pytest.raises(ValueError, match="`kernel_size` must be a positive integer"):
            BinsToFeatures(7, wrong)
