"""The pairs of networks for spectrograms, and their layer."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_musicgan.networks.gansynth import gansynth_discriminator, gansynth_generator
from keras_musicgan.networks.grids import halved
from keras_musicgan.networks.layers import BinsToFeatures, FeaturesToBins, PixelNorm
from keras_musicgan.networks.specgan import specgan_discriminator, specgan_generator
from keras_musicgan.networks.spectrogram import spectrogram_discriminator, spectrogram_generator
from keras_musicgan.representations import Waveform
from keras_musicgan.representations.instantaneous_frequency import InstantaneousFrequency
from keras_musicgan.representations.log_magnitude import LogMagnitude
from tests.support.harness import check_layer

pytestmark = pytest.mark.backend

PAIRS = {
    "specgan": (specgan_generator, specgan_discriminator, {"width": 2}),
    "gansynth": (gansynth_generator, gansynth_discriminator, {"channels": (8, 4, 4)}),
    "spectrogram": (spectrogram_generator, spectrogram_discriminator, {"width": 8}),
}


@pytest.fixture(params=PAIRS)
def pair(request):
    return PAIRS[request.param]


def magnitudes(frames=64, bins=32, channels=1):
    return LogMagnitude(length=32 * frames, hop_length=32, n_fft=2 * bins, channels=channels, iterations=0)


@pytest.mark.parametrize("features", [1, 2])
def test_pixel_norm_leaves_a_mean_square_of_one(features):
    inputs = np.random.default_rng(0).normal(3, 5, (2, 4, 5, 6 * features)).astype("float32")
    outputs = check_layer(PixelNorm(), inputs, inputs.shape)
    np.testing.assert_allclose(outputs, inputs / np.sqrt(np.square(inputs).mean(-1, keepdims=True)), rtol=1e-5)
    assert not ops.convert_to_numpy(PixelNorm()(np.zeros((2, 3), "float32"))).any()
    np.testing.assert_allclose(outputs, check_layer(PixelNorm(), 1e3 * inputs), rtol=1e-5)


@pytest.mark.parametrize("kernel_size", [1, 4, 5])
def test_dense_layers_over_bins_have_smooth_weights(kernel_size):
    window = np.hanning(kernel_size + 2)[1:-1]
    window /= np.sqrt(np.square(window).sum())

    def smooth(kernel):
        return np.stack([np.convolve(row, window[::-1])[(kernel_size - 1) // 2 :][: len(row)] for row in kernel])

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
    with pytest.raises(ValueError, match="kernel_size=0"):
        BinsToFeatures(7, 0)


@pytest.mark.parametrize(
    "representation",
    [magnitudes(), magnitudes(channels=2), InstantaneousFrequency(length=2000, hop_length=64, n_fft=128)],
    ids=["mono", "stereo", "two features"],
)
def test_pairs_fit_the_encoded_shape(pair, representation):
    build_generator, build_discriminator, options = pair
    generator = build_generator(representation, 12, **options)
    inputs = np.random.default_rng(0).normal(size=(4, 12)).astype("float32")
    clips = ops.convert_to_numpy(generator(inputs))
    assert clips.shape == (4, *representation.encoded_shape)
    assert 0 < np.abs(clips).max() <= 1
    np.testing.assert_allclose(ops.convert_to_numpy(generator(inputs[2:3])), clips[2:3], atol=1e-4)
    assert build_discriminator(representation, **options)(clips).shape == (4, 1)
    assert build_discriminator(representation, 5, conditioning="auxiliary", **options).output_shape == (None, 6)


def test_every_input_reaches_every_part_of_the_output(pair):
    build_generator, build_discriminator, options = pair
    representation = magnitudes()
    generator = build_generator(representation, 6, **options)
    inputs = np.random.default_rng(0).normal(size=(1, 6)).astype("float32")
    clips = ops.convert_to_numpy(generator(np.concatenate([inputs, inputs + np.eye(6, dtype="float32")])))
    moved = np.abs(clips[1:] - clips[:1])
    assert (moved.max(axis=(1, 2, 3)) > 0).all()
    assert (moved.max(axis=0) > 0).mean() > 0.99

    discriminator = build_discriminator(representation, **options)
    score = ops.convert_to_numpy(discriminator(np.zeros((1, *representation.encoded_shape), "float32")))
    frames, bins, _ = representation.encoded_shape
    for frame, one in [(0, 0), (frames - 1, bins - 1), (frames // 2, bins // 3)]:
        clip = np.zeros((1, *representation.encoded_shape), "float32")
        clip[0, frame, one] = 1
        assert not np.array_equal(ops.convert_to_numpy(discriminator(clip)), score)


def test_projection_depends_on_the_condition(pair):
    _, build_discriminator, options = pair
    representation = magnitudes()
    discriminator = build_discriminator(representation, 3, conditioning="projection", **options)
    clips = np.repeat(np.random.default_rng(0).uniform(-1, 1, (1, *representation.encoded_shape)), 3, axis=0)
    scores = ops.convert_to_numpy(discriminator([clips.astype("float32"), np.eye(3, dtype="float32")]))
    assert len(np.unique(scores.round(6))) == 3


def test_pairs_are_saved(pair, tmp_path):
    build_generator, build_discriminator, options = pair
    representation = magnitudes()
    generator = build_generator(representation, 6, **options)
    discriminator = build_discriminator(representation, 3, conditioning="projection", **options)
    inputs = np.random.default_rng(0).normal(size=(4, 6)).astype("float32")
    clips, conditions = ops.convert_to_numpy(generator(inputs)), np.eye(4, 3, dtype="float32")
    for model, x in [(generator, inputs), (discriminator, [clips, conditions])]:
        model.save(tmp_path / "model.keras")
        copy = keras.saving.load_model(tmp_path / "model.keras")
        np.testing.assert_allclose(ops.convert_to_numpy(copy(x)), ops.convert_to_numpy(model(x)), atol=1e-6)


def test_specgan_is_that_of_the_paper():
    representation = magnitudes(128, 128)
    generator = specgan_generator(representation, 100)
    shapes = [layer.output.shape[1:] for layer in generator.layers if isinstance(layer, keras.layers.Conv2DTranspose)]
    assert shapes == [(8, 8, 512), (16, 16, 256), (32, 32, 128), (64, 64, 64), (128, 128, 1)]
    kernels = 25 * (1024 * 512 + 512 * 256 + 256 * 128 + 128 * 64 + 64)
    assert generator.count_params() == 101 * 16 * 1024 + kernels + 512 + 256 + 128 + 64 + 1
    discriminator = specgan_discriminator(representation)
    shapes = [layer.output.shape[1:] for layer in discriminator.layers if isinstance(layer, keras.layers.Conv2D)]
    assert shapes == [(64, 64, 64), (32, 32, 128), (16, 16, 256), (8, 8, 512), (4, 4, 1024)]


def test_gansynth_has_the_resolutions_of_the_paper():
    representation = InstantaneousFrequency(length=65_536, n_fft=2048, hop_length=512)
    generator = gansynth_generator(representation, 256 + 61)
    discriminator = gansynth_discriminator(representation, 61)
    resolutions = {(2, 16): 256, (4, 32): 256, (8, 64): 256, (16, 128): 256, (32, 256): 128, (64, 512): 64}
    resolutions[128, 1024] = 32
    for network, fewest in [(generator, 1), (discriminator, 1)]:
        seen = {}
        for layer in network.layers:
            if isinstance(layer, keras.layers.Conv2D) and layer.kernel_size == (3, 3):
                seen.setdefault(tuple(layer.output.shape[1:3]), []).append(layer.filters)
        assert seen.keys() == resolutions.keys()
        assert all(len(filters) >= fewest for filters in seen.values())
    assert all(seen[grid][0] == filters for grid, filters in resolutions.items())
    assert discriminator.output_shape == (None, 62)


def test_a_collapse_shows_in_the_features():
    discriminator = gansynth_discriminator(magnitudes(), channels=(8, 4, 4))
    clip = np.random.default_rng(0).uniform(-1, 1, (1, 64, 32, 1)).astype("float32")
    alone = ops.convert_to_numpy(discriminator(clip))
    others = np.random.default_rng(1).uniform(-1, 1, (3, 64, 32, 1)).astype("float32")
    np.testing.assert_allclose(ops.convert_to_numpy(discriminator(np.repeat(clip, 4, axis=0)))[:1], alone, atol=1e-6)
    among_others = ops.convert_to_numpy(discriminator(np.concatenate([clip, others])))[:1]
    assert np.abs(among_others - alone).max() > 1e-4


def test_shapes_that_cannot_be_halved_name_the_nearest():
    assert halved(magnitudes(64, 32), 4) == (4, 2)
    with pytest.raises(
        ValueError, match=r"multiples of 32. Received: encoded_shape=\(50, 32, 1\).* 64 frames.* 32 bins"
    ):
        specgan_generator(magnitudes(50, 32), 8)
    for build in (gansynth_generator, spectrogram_generator):
        with pytest.raises(TypeError, match="Waveform with encoded_shape"):
            build(Waveform(length=64), 8)


@pytest.mark.parametrize(("frames", "nearest"), [(100, 96), (7, 8), (33, 32), (125, 128), (4, 8)])
def test_frames_that_cannot_be_halved_name_the_nearest(frames, nearest):
    with pytest.raises(ValueError, match=f"with {frames} frames. The nearest is {nearest},"):
        spectrogram_discriminator(magnitudes(frames), width=8)
    assert spectrogram_generator(magnitudes(nearest), 8, width=8).output_shape[1] == nearest


def test_any_number_of_bins_will_do():
    representation = LogMagnitude(length=1500, hop_length=64, n_fft=150, iterations=0)
    assert spectrogram_generator(representation, 8, width=8).output_shape == (None, 24, 75, 1)


def test_options_out_of_range():
    for channels in [(), (8, 0)]:
        with pytest.raises(ValueError, match="channels"):
            gansynth_generator(magnitudes(), 8, channels=channels)
    for build in (specgan_generator, spectrogram_generator):
        with pytest.raises(ValueError, match="width=0"):
            build(magnitudes(), 8, width=0)
    with pytest.raises(ValueError, match="even. Received: width=7"):
        spectrogram_generator(magnitudes(), 8, width=7)
    for _, build_discriminator, options in PAIRS.values():
        with pytest.raises(ValueError, match="Did you mean 'projection'"):
            build_discriminator(magnitudes(), 3, conditioning="project", **options)
