"""The pairs of networks for spectrograms."""

import functools

import keras
import numpy as np
import pytest
from keras import ops

from keras_musicgan.conditions import Conditions, Label, Pitch
from keras_musicgan.metrics import pitch_accuracy
from keras_musicgan.networks.gansynth import gansynth_discriminator, gansynth_generator
from keras_musicgan.networks.grids import halved
from keras_musicgan.networks.harmonic_kernel import harmonic_kernel
from keras_musicgan.networks.layers import BinsToFeatures, Decay
from keras_musicgan.networks.specgan import specgan_discriminator, specgan_generator
from keras_musicgan.networks.spectrogram import (
    DAMPING,
    UNDAMPED,
    UNDAMPED_SO_FAR,
    spectrogram_discriminator,
    spectrogram_generator,
)
from keras_musicgan.representations import Waveform
from keras_musicgan.representations.instantaneous_frequency import InstantaneousFrequency
from keras_musicgan.representations.log_magnitude import LogMagnitude

THREE = Conditions([Label(["a", "b", "c"])])
PAIRS = {
    "specgan": (specgan_generator, specgan_discriminator, {"width": 2}),
    "gansynth": (gansynth_generator, gansynth_discriminator, {"channels": (8, 4, 4)}),
    "spectrogram": (spectrogram_generator, spectrogram_discriminator, {"width": 8}),
    "contrast": (spectrogram_generator, functools.partial(spectrogram_discriminator, contrast=2.0), {"width": 8}),
}


@pytest.fixture(params=PAIRS)
def pair(request):
    return PAIRS[request.param]


def magnitudes(frames=64, bins=32, channels=1):
    return LogMagnitude(length=32 * frames, hop_length=32, n_fft=2 * bins, channels=channels, iterations=0)


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


def test_what_is_generated_does_not_alternate_from_frame_to_frame():
    keras.utils.set_random_seed(0)
    generator = spectrogram_generator(magnitudes(), 12, width=32)
    latents = np.random.default_rng(0).normal(size=(32, 12)).astype("float32")
    inside = ops.convert_to_numpy(generator(latents))[:, 8:-8, :, 0]
    power = (np.abs(np.fft.rfft(inside, axis=1)) ** 2).mean(axis=(0, 2))
    assert power[-1] < 0.2 * power[1:].mean()  # 0.02; 5 to 8 without smoothing


def test_noise_differs_from_frame_to_frame_and_follows_from_the_latents():
    representation = magnitudes()
    keras.utils.set_random_seed(0)
    generator = spectrogram_generator(representation, 19, width=8, conditions=THREE, noise_width=4)
    (noise,) = (layer for layer in generator.layers if not layer.trainable and layer.weights)
    numbers = keras.Model(generator.input, keras.ops.sin(noise.output))
    inputs = np.random.default_rng(0).normal(size=(200, 19)).astype("float32")
    found = ops.convert_to_numpy(numbers(inputs)).reshape(200, 64, 4)
    correlation = np.abs(np.corrcoef(found.reshape(200, -1).T) - np.eye(256))
    assert correlation.mean() < 0.1 and found.std(axis=0).min() > 0.5
    inputs[:, 16:] = 0  # the conditions
    np.testing.assert_array_equal(ops.convert_to_numpy(numbers(inputs)).reshape(200, 64, 4), found)
    silent = spectrogram_generator(representation, 19, width=8)
    assert all(layer.trainable or not layer.weights for layer in silent.layers)


def test_contrast_is_what_stands_out_from_a_main_lobe_away():
    discriminator = spectrogram_discriminator(magnitudes(8), width=8, kernel_size=5, contrast=2.0)
    (first,) = (layer for layer in discriminator.layers if isinstance(layer, BinsToFeatures))
    clip = np.full((1, 8, 32, 1), 0.5, "float32")
    clip[:, :, 6:9] += np.array([0.1, 0.3, 0.1], "float32")[:, None]
    raised = ops.convert_to_numpy(keras.Model(discriminator.input, first.input)(clip)) - clip
    np.testing.assert_allclose(raised[0, :, 6:9, 0], np.tile([0.2, 0.6, 0.2], (8, 1)), atol=1e-6)
    assert np.count_nonzero(raised) == 8 * 3


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
    with pytest.raises(ValueError, match="contrast=-1"):
        spectrogram_discriminator(magnitudes(), width=8, contrast=-1)
    with pytest.raises(ValueError, match="more than 34 bins. Received: 32"):
        spectrogram_discriminator(magnitudes(), width=8, kernel_size=33, contrast=1)
    with pytest.raises(ValueError, match="even. Received: width=7"):
        spectrogram_generator(magnitudes(), 8, width=7)
    for _, build_discriminator, options in PAIRS.values():
        with pytest.raises(ValueError, match="Did you mean 'projection'"):
            build_discriminator(magnitudes(), 3, conditioning="project", **options)


@pytest.mark.backend
def test_a_gate_damps_all_bins_alike_down_to_silence():
    representation = LogMagnitude(length=16 * 64, n_fft=128, hop_length=64, normalization="range")
    generator = spectrogram_generator(representation, 4, width=8, gate=True)
    latents = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
    dense = generator.get_layer("damping")
    kernel, _ = dense.get_weights()
    outputs = {}
    for bias in (-100.0, -UNDAMPED, 100.0):
        dense.set_weights([np.zeros_like(kernel), np.full(1, bias)])
        outputs[bias] = ops.convert_to_numpy(generator(latents))
    np.testing.assert_allclose(outputs[100.0], -1, atol=1e-6)
    damped = np.arctanh(outputs[-100.0]) - np.arctanh(outputs[-UNDAMPED])  # by a softplus of 0
    np.testing.assert_allclose(damped, DAMPING * np.log(2), rtol=1e-3)
    of_damping, of_decays = 4 + 1, 64 * (4 + 1)
    ungated = spectrogram_generator(representation, 4, width=8)
    assert generator.count_params() == ungated.count_params() + of_damping + of_decays


@pytest.mark.backend
def test_with_a_cumulative_gate_what_has_ended_stays_silent():
    representation = LogMagnitude(length=16 * 64, n_fft=128, hop_length=64, normalization="range")
    generator = spectrogram_generator(representation, 4, width=8, gate="cumulative")
    latents = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
    (decay,) = (layer for layer in generator.layers if isinstance(layer, Decay))
    damping = generator.get_layer("damping")
    kernel, bias = damping.get_weights()
    damping.set_weights([3.0 * np.sign(kernel), bias - UNDAMPED_SO_FAR])  # of some frames more than of others
    parts = [decay.output, damping.output, generator.output]
    levels, amounts, spectra = map(ops.convert_to_numpy, keras.Model(generator.input, parts)(latents))
    of_frames = DAMPING * np.log1p(np.exp(amounts[:, :, 0] + UNDAMPED_SO_FAR))
    expected = np.tanh(levels - np.cumsum(of_frames, axis=1)[:, :, None, None])
    np.testing.assert_allclose(spectra, expected, atol=1e-5)
    assert of_frames.std(axis=1).min() > 0.1
    with pytest.raises(ValueError, match="`gate` must be False, True or 'cumulative'. Received: gate='cumulativ'"):
        spectrogram_generator(representation, 4, width=8, gate="cumulativ")


@pytest.mark.backend
def test_a_gate_lets_each_bin_decay_at_its_rate():
    representation = LogMagnitude(length=16 * 64, n_fft=128, hop_length=64, normalization="range")
    generator = spectrogram_generator(representation, 4, width=8, gate=True)
    latents = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
    (decay,) = (layer for layer in generator.layers if isinstance(layer, Decay))
    rates = generator.get_layer("decay_rates")
    levels = {}
    for bias in (-100.0, 0.0):  # of bin 7 alone
        rates.set_weights([np.zeros_like(rates.get_weights()[0]), np.where(np.arange(64) == 7, bias, -100.0)])
        levels[bias] = ops.convert_to_numpy(keras.Model(generator.input, decay.output)(latents))
    fallen = levels[-100.0] - levels[0.0]
    by_the_end = DAMPING * np.log1p(np.exp(UNDAMPED))
    np.testing.assert_allclose(fallen[:, :, 7, 0], np.tile(by_the_end * np.arange(16) / 16, (3, 1)), atol=1e-5)
    assert not np.delete(fallen, 7, axis=2).any()


@pytest.mark.backend
def test_a_noise_floor_fills_what_lies_below_it_and_leaves_what_stands_above():
    generator = spectrogram_generator(magnitudes(8), 4, width=8, noise_floor=True)
    for name, bias in (("spectra", [0.8] * 16 + [-0.8] * 16), ("noise_floor", [-0.2] * 32)):
        layer = generator.get_layer(name)
        layer.set_weights([np.zeros_like(layer.get_weights()[0]), np.array(bias)])
    levels = np.arctanh(ops.convert_to_numpy(generator(np.zeros((1, 4), "float32"))))
    np.testing.assert_allclose(levels[0, :, :, 0], np.tile([0.8] * 16 + [-0.2] * 16, (8, 1)), atol=0.01)


@pytest.mark.parametrize(("amplify", "least", "most"), [(True, 0.7, 1.4), (False, 0.0, 0.4)])
def test_an_amplified_pitch_matters_as_much_as_the_latents_from_the_start(amplify, least, most):
    latents, pitches = np.random.default_rng(0).normal(size=(24, 64)), np.eye(24)
    options = {"conditions": Conditions([Pitch(60, 83)]), "amplify_conditions": amplify}
    generator = spectrogram_generator(magnitudes(), 64 + 24, width=32, **options)

    def variation(latents, pitches):
        clips = generator(np.concatenate([latents, pitches], axis=1).astype("float32"))
        return np.std(ops.convert_to_numpy(clips), axis=0).mean()

    of_latents = variation(latents, np.repeat(pitches[:1], 24, axis=0))
    of_pitches = variation(np.repeat(latents[:1], 24, axis=0), pitches)
    assert least < of_pitches / of_latents < most


@pytest.mark.parametrize("amplify", [True, False])
@pytest.mark.parametrize("n_mels", [None, 256])
def test_notes_with_partials_are_in_tune_before_any_training(amplify, n_mels):
    representation = LogMagnitude(duration=0.5, n_fft=1024, hop_length=256, n_mels=n_mels, normalization="range")
    conditions = Conditions([Label(["flute", "harp"], name="instrument"), Pitch(60, 83), Label(["soft", "loud"])])
    pitches = np.tile(np.arange(60, 84), 2)
    vector = conditions({"instrument": np.arange(48) % 2, "pitch": pitches, "label": np.arange(48) // 24})
    latents = np.random.default_rng(0).normal(size=(48, 64)).astype("float32")
    inputs = np.concatenate([latents, ops.convert_to_numpy(vector)], axis=1)

    def in_tune(partials):
        keras.utils.set_random_seed(0)
        options = {"width": 32, "amplify_conditions": amplify, "partials": partials}
        generator = spectrogram_generator(representation, 64 + 28, conditions=conditions, **options)
        clips = representation.decode(ops.convert_to_numpy(generator(inputs)))
        return pitch_accuracy(clips, representation.sample_rate, pitches)

    assert in_tune(0.0) < 0.2
    assert in_tune(3.0) > 0.6


def test_a_harmonic_kernel_has_its_partials_where_they_lie():
    representation = LogMagnitude(length=2048, sample_rate=16000, n_fft=1024, hop_length=256, channels=2)
    window = np.array([0.25, 0.5, 0.25])
    kernel = harmonic_kernel(representation, Pitch(69, 81), window)
    assert kernel.shape == (13, 512, 2)
    np.testing.assert_array_equal(kernel[..., 0], kernel[..., 1])
    a4 = np.convolve(kernel[0, :, 0], window, mode="same")
    peaks = np.flatnonzero((a4[1:-1] > a4[:-2]) & (a4[1:-1] >= a4[2:])) + 1
    np.testing.assert_allclose(peaks, 440 * 1024 / 16000 * np.arange(1, len(peaks) + 1), atol=0.6)
    assert len(peaks) == 18  # below 8 kHz
    assert a4[14] == pytest.approx(-0.5) and 0.5 > a4[28] > a4[56] > a4[281] > -0.3
    two_features = InstantaneousFrequency(length=2048, n_fft=1024, hop_length=256)
    assert not harmonic_kernel(two_features, Pitch(69, 69), window)[..., 1].any()
