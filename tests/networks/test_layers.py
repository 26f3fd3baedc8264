import keras
import numpy as np
import pytest
from keras import ops

from keras_musicgan.networks.layers import (
    FoldedConv1D,
    FoldedConv1DTranspose,
    MinibatchDeviation,
    PhaseShuffle,
    StraightThrough,
)
from tests.support.harness import check_layer

pytestmark = pytest.mark.backend


def test_straight_through_is_binary_forward_and_nothing_backward():
    logits = np.random.default_rng(0).normal(size=(3, 5)).astype("float32")
    outputs = check_layer(StraightThrough(), logits, (3, 5))
    np.testing.assert_array_equal(outputs, logits > 0)

    from keras_musicgan.backends import input_gradient

    class Summed(keras.Model):
        def call(self, x, training=False):
            return ops.sum(3.0 * StraightThrough()(x), axis=1, keepdims=True)

    gradient = ops.convert_to_numpy(input_gradient(Summed(), ops.convert_to_tensor(logits)))
    np.testing.assert_allclose(gradient, np.full((3, 5), 3.0), atol=1e-6)


@pytest.mark.parametrize("batch_size", [8, 4, 3, 1])
def test_minibatch_deviation_of_groups_and_of_odd_batches(batch_size):
    inputs = np.random.default_rng(1).normal(size=(batch_size, 6)).astype("float32")
    outputs = check_layer(MinibatchDeviation(group_size=4), inputs, (batch_size, 7))
    group = 4 if batch_size % 4 == 0 else batch_size
    expected = np.repeat(inputs.reshape(-1, group, 6).std(axis=1).mean(axis=1), group)
    np.testing.assert_allclose(outputs[:, -1], expected, atol=2e-4)
    np.testing.assert_array_equal(outputs[:, :-1], inputs)


def test_minibatch_deviation_shows_a_collapse():
    same = np.ones((8, 6), "float32")
    assert ops.convert_to_numpy(MinibatchDeviation()(same))[:, -1].max() < 1e-3


FOLDED = {FoldedConv1D: keras.layers.Conv1D, FoldedConv1DTranspose: keras.layers.Conv1DTranspose}


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


@pytest.mark.parametrize("folded", FOLDED)
def test_folded_convolutions_are_layers(folded):
    inputs = np.random.default_rng(0).normal(size=(2, 60, 3)).astype("float32")
    layer = folded(5, 25, 4, kernel_initializer=keras.initializers.GlorotUniform(seed=1))
    check_layer(layer, inputs)
    with pytest.raises(ValueError, match="dilation_rate=1"):
        folded(5, 25, dilation_rate=2)
    with pytest.raises(ValueError, match="padding='same'"):
        folded(5, 25, padding="valid")


def test_folding_needs_whole_frames():
    with pytest.raises(ValueError, match="multiple of strides=4"):
        FoldedConv1D(5, 25, 4).build((None, 62, 3))


def test_phase_shuffle_moves_every_clip_and_reflects_at_the_ends():
    ramp = np.tile(np.arange(20, dtype="float32")[None, :, None], (400, 1, 2))
    outputs = ops.convert_to_numpy(PhaseShuffle(2, seed=1)(ramp, training=True))
    padded = np.pad(ramp[0], ((2, 2), (0, 0)), mode="reflect")
    shifts = [padded[first : first + 20] for first in range(5)]
    counts = [sum(np.array_equal(clip, shift) for clip in outputs) for shift in shifts]
    assert sum(counts) == 400 and min(counts) > 50
    np.testing.assert_array_equal(ops.convert_to_numpy(PhaseShuffle(2)(ramp, training=False)), ramp)
    check_layer(PhaseShuffle(2), ramp, (400, 20, 2))


def test_phase_shuffle_names_what_is_wrong():
    with pytest.raises(ValueError, match="radius=-1"):
        PhaseShuffle(-1)
    with pytest.raises(ValueError, match="longer than radius=2"):
        PhaseShuffle(2).build((None, 2, 1))
