import keras
import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.networks.layers import PhaseShuffle
from keras_musicgan.networks.waveform import strides_for, waveform_discriminator, waveform_generator
from keras_musicgan.representations import Waveform
from tests.support.models import small_gan


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
    gan.compile(run_eagerly=True)
    before = gan.generator.get_weights()
    gan.fit(np.random.default_rng(0).uniform(-1, 1, (8, 256, channels)).astype("float32"), batch_size=4, verbose=0)
    assert all(np.any(a != b) for a, b in zip(before, gan.generator.get_weights(), strict=True) if a.ndim > 1)
    assert gan.generate(2, seed=1).shape == (2, 256, channels)
    if "post_filter" in options:
        assert gan.generator.layers[-1].kernel.shape == (options["post_filter"], channels, channels)


@pytest.mark.nightly
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
