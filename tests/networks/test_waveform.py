"""The waveform domain: representation, networks, presets."""

import keras
import numpy as np
import pytest
from keras import ops

import keras_musicgan as km
from keras_musicgan.networks.layers import PhaseShuffle
from keras_musicgan.networks.waveform import strides_for, waveform_discriminator, waveform_generator
from keras_musicgan.representations import Waveform
from tests.support.harness import check_layer
from tests.support.models import small_gan

pytestmark = pytest.mark.backend


def test_audio_is_its_own_representation():
    clips = np.random.default_rng(0).uniform(-1.2, 1.2, (3, 48, 2)).astype("float32")
    waveform = Waveform(length=48, sample_rate=100, channels=2)
    np.testing.assert_array_equal(check_layer(waveform, clips, (3, 48, 2)), clips)
    np.testing.assert_array_equal(waveform.decode(clips), clips.clip(-1, 1))
    np.testing.assert_array_equal(ops.convert_to_numpy(waveform.waveform(clips)), clips.clip(-1, 1))


def test_loudness_is_that_of_known_clips():
    clips = np.stack([np.full((64, 1), level, "float32") for level in (0.5, -0.25, 0.0009, 0.0)])
    loudness = Waveform(length=64).loudness(clips)
    assert float(loudness["rms"]) == pytest.approx((0.5 + 0.25 + 0.0009) / 4, abs=1e-6)
    assert float(loudness["silence_rate"]) == 0.5


@pytest.mark.parametrize(
    ("duration", "sample_rate", "length"),
    [(1, 16000, 16384), (2, 16000, 32768), (4, 16000, 65536), (1, 8000, 8192), (0.5, 44100, 22528), (1e-6, 8000, 16)],
)
def test_length_follows_from_the_duration(duration, sample_rate, length):
    waveform = Waveform(duration, sample_rate)
    assert waveform.length == length >= duration * sample_rate


@pytest.mark.parametrize(
    ("length", "strides"),
    [(16384, [4] * 5), (32768, [4] * 5 + [2]), (65536, [4] * 6), (8192, [4] * 4 + [2]), (20480, [4] * 5), (32, [2])],
)
def test_strides_are_those_of_the_paper(length, strides):
    assert strides_for(length) == strides
    assert 16 <= length // np.prod(strides) < 32


@pytest.mark.parametrize(("length", "nearest"), [(16000, "15872 and 16384"), (16385, "16384 and 17408"), (20, "32")])
def test_lengths_that_layers_cannot_make_name_the_nearest(length, nearest):
    with pytest.raises(ValueError, match=f"length={length}. The nearest are {nearest}"):
        waveform_generator(Waveform(length=length), 8, width=1)


def test_wavegan_is_that_of_the_paper():
    gan = km.MusicGAN.from_preset("wavegan")
    assert gan.generator.count_params() == 19_065_345
    convolutions = [layer for layer in gan.discriminator.layers if isinstance(layer, keras.layers.Conv1D)]
    assert [layer.filters for layer in convolutions] == [64, 128, 256, 512, 1024]
    weights = sum(25 * a * b + b for a, b in [(1, 64), (64, 128), (128, 256), (256, 512), (512, 1024)])
    assert gan.discriminator.count_params() == weights + 16 * 1024 + 1
    kinds = [type(layer) for layer in gan.discriminator.layers]
    assert kinds.count(PhaseShuffle) == 4
    assert (gan.latent_dim, gan.latent_distribution, gan.averaged_generator) == (100, "uniform", None)
    gan.compile()
    assert gan.discriminator_steps == 5 and gan.adversarial_loss.name == "wasserstein"
    assert [(penalty.name, penalty.weight) for penalty in gan.penalties] == [("gradient_penalty", 10.0)]
    assert float(gan.optimizer.generator.learning_rate) == pytest.approx(1e-4)


@pytest.mark.parametrize("length", [32768, 65536])
def test_longer_clips_have_one_more_layer_and_twice_the_widest(length):
    representation = Waveform(length=length)
    generator = waveform_generator(representation, 100, width=2)
    discriminator = waveform_discriminator(representation, width=2)
    filters = [layer.filters for layer in generator.layers if isinstance(layer, keras.layers.Conv1DTranspose)]
    assert filters == [32, 16, 8, 4, 2, 1] and generator.layers[1].units == 16 * 64
    filters = [layer.filters for layer in discriminator.layers if isinstance(layer, keras.layers.Conv1D)]
    assert filters == [2, 4, 8, 16, 32, 64]


@pytest.mark.parametrize(
    ("options", "channels"),
    [({"upsampling": "nearest"}, 1), ({"post_filter": 512}, 1), ({"post_filter": 9}, 2), ({}, 2)],
)
def test_options_of_the_generator_train(options, channels):
    gan = small_gan(
        "wavegan-small",
        representation={"length": 256, "channels": channels},
        generator={"width": 2, **options},
        discriminator={"width": 2, "phase_shuffle": 1},
    )
    gan.compile()
    before = gan.generator.get_weights()
    gan.fit(np.random.default_rng(0).uniform(-1, 1, (8, 256, channels)).astype("float32"), batch_size=4, verbose=0)
    assert all(np.any(a != b) for a, b in zip(before, gan.generator.get_weights(), strict=True) if a.ndim > 1)
    assert gan.generate(2, seed=1).shape == (2, 256, channels)
    if "post_filter" in options:
        assert gan.generator.layers[-1].kernel.shape == (options["post_filter"], channels, channels)


@pytest.mark.slow
def test_a_small_wavegan_learns_loudness_and_pitch():
    """Sines of one pitch and any phase: the spectrum of what is generated comes to peak where theirs does."""
    rng = np.random.default_rng(0)
    time = np.arange(256) / 256
    clips = 0.5 * np.sin(2 * np.pi * (32 * time[None] + rng.uniform(size=(256, 1))))[..., None].astype("float32")
    gan = small_gan("wavegan-small", representation={"length": 256}, ema_momentum=0.98)
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(1e-3, 0.5, 0.9),
        discriminator_optimizer=keras.optimizers.Adam(1e-3, 0.5, 0.9),
        loss="non_saturating",
        penalties=["r1"],
    )
    gan.fit(clips, batch_size=32, epochs=160, verbose=0)
    generated = gan.generate(64, seed=1)[..., 0]
    power = np.mean(np.abs(np.fft.rfft(generated * np.hanning(256), axis=1)) ** 2, axis=0)
    assert abs(int(power.argmax()) - 32) <= 1
    assert power[29:36].sum() > 0.5 * power.sum()
    assert np.sqrt(np.mean(generated**2)) == pytest.approx(0.354, rel=0.4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Waveform(sample_rate=0), "sample_rate=0"),
        (lambda: Waveform(duration=0), "duration=0"),
        (lambda: Waveform(duration=float("nan")), "duration=nan"),
        (lambda: Waveform(channels=3), "channels=3"),
        (lambda: Waveform(length=-4), "length=-4"),
        (lambda: waveform_generator(Waveform(length=64), 4, upsampling="cubic"), "'transposed', 'nearest'"),
        (lambda: waveform_generator(Waveform(length=64), 4, post_filter=-1), "post_filter"),
        (lambda: waveform_discriminator(Waveform(length=64), width=0), "width"),
        (lambda: small_gan("wavegan-small").representation(np.zeros((2, 1024, 2), "float32")), "audio_folder"),
        (lambda: small_gan("wavegan-small").representation(np.zeros((2, 1024, 1), "int16")), "as_audio"),
    ],
)
def test_wrong_audio_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
