import keras
import numpy as np
import pytest
from keras import ops

from keras_musicgan.networks.layers import (
    FoldedConv1D,
    FoldedConv1DTranspose,
)
from tests.support.harness import check_layer

FOLDED = {FoldedConv1D: keras.layers.Conv1D, FoldedConv1DTranspose: keras.layers.Conv1DTranspose}


@pytest.mark.backend
@pytest.mark.parametrize("folded", FOLDED)
@pytest.mark.parametrize(("size", "stride"), [(25, 4), (25, 2), (24, 4), (4, 4), (3, 5), (1, 2), (8, 1), (26, 3)])
def test_folded_convolutions_equal_those_of_keras(folded, size, stride, monkeypatch):
    inputs = np.random.default_rng(0).normal(size=(2, 60, 3)).astype("float32")
    plain = FOLDED[folded](5, size, stride, padding="same", activation="tanh", data_format="channels_last")
    expected = ops.convert_to_numpy(plain(inputs))
    layer = folded(5, size, stride, activation="tanh")
    layer.build(inputs.shape)
    layer.set_weights([plain.get_weights()[0], np.arange(5, dtype="float32") / 9])
    plain.set_weights(layer.get_weights())
    expected = ops.convert_to_numpy(plain(inputs))
    strides = []
    convolve = ops.conv

    def watched(inputs, kernel, strides_=1, **kwargs):
        strides.append(strides_)
        return convolve(inputs, kernel, strides_, **kwargs)

    monkeypatch.setattr(ops, "conv", watched)
    np.testing.assert_allclose(ops.convert_to_numpy(layer(inputs)), expected, atol=1e-5)
    assert strides == [1]


@pytest.mark.backend
@pytest.mark.parametrize("folded", FOLDED)
def test_folded_convolutions_are_layers(folded):
    inputs = np.random.default_rng(0).normal(size=(2, 60, 3)).astype("float32")
    layer = folded(5, 25, 4, kernel_initializer=keras.initializers.GlorotUniform(seed=1))
    check_layer(layer, inputs)
    with pytest.raises(ValueError, match="dilation_rate=1"):
        folded(5, 25, dilation_rate=2)
    with pytest.raises(ValueError, match="padding='same'"):
        folded(5, 25, padding="valid")


@pytest.mark.backend
def test_folding_needs_whole_frames():
    with pytest.raises(ValueError, match="multiple of strides=4"):
        FoldedConv1D(5, 25, 4).build((None, 62, 3))
