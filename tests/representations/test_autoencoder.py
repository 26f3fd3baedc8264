import keras
import numpy as np
from keras import layers, ops

from keras_musicgan.representations.autoencoder import train_autoencoder


def squared_error(bars, decoded):
    return ops.sum(ops.square(ops.cast(bars, decoded.dtype) - decoded), axis=1)


def test_codes_write_bars_and_say_their_outlines_while_the_networks_stay_as_they_are():
    rng = np.random.default_rng(0)
    hidden = rng.normal(size=(400, 2))
    bars, outlines = (hidden @ rng.normal(size=(2, n)) for n in (8, 3))
    keras.utils.set_random_seed(0)
    encoder, decoder = (keras.Sequential([keras.Input((n,)), layers.Dense(m)]) for n, m in ((8, 4), (4, 8)))
    before = [*encoder.get_weights(), *decoder.get_weights()]
    arguments = (encoder, decoder, bars.astype("float32"), outlines.astype("float32"), squared_error)
    trained = []
    for _ in range(2):
        keras.utils.set_random_seed(1)
        trained.append(train_autoencoder(*arguments, noise=0.01, steps=1500))
    for one, other in zip(*([*of_encoder, *of_decoder] for of_encoder, of_decoder in trained), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    for one, other in zip(before, [*encoder.get_weights(), *decoder.get_weights()], strict=True):
        np.testing.assert_array_equal(one, other)

    (kernel, bias), weights = trained[0]
    decoder.set_weights(weights)
    codes = bars @ kernel + bias
    written = ops.convert_to_numpy(decoder(codes.astype("float32")))
    assert np.square(written - bars).mean() < 0.1 * bars.var()
    _, residual, *_ = np.linalg.lstsq(np.c_[codes, np.ones(400)], outlines, rcond=None)
    assert residual.sum() / 400 < 0.1 * outlines.var()
