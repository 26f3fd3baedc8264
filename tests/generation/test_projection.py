import keras
import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.conditions import Conditions, Label, Pitch, Value
from keras_musicgan.generation.latent_descent import LatentDescent, LogMelDistance
from keras_musicgan.generation.projection import project
from keras_musicgan.metrics import mean_pairwise_distance
from keras_musicgan.spectra.log_mel import fitting_n_mels
from tests.support.models import small_gan

RATE, LENGTH = 8000, 4096


@keras.saving.register_keras_serializable(package="tests")
class Partials(keras.layers.Layer):
    """Eight sines whose levels are eight latents, at the pitch and with the brightness of its conditions."""

    def __init__(self, pitches=0, brightness=False, **kwargs):
        super().__init__(**kwargs)
        self.pitches, self.brightness = pitches, brightness

    def call(self, inputs):
        ops = keras.ops
        time = np.arange(LENGTH, dtype="float32") / RATE
        hz = 250.0 * 1.25 ** np.arange(max(self.pitches, 1))[:, None] * np.arange(1, 9)
        sines = np.sin(2 * np.pi * hz[..., None] * time).astype("float32")  # [pitches, 8, samples]
        levels = 0.02 * ops.exp(inputs[:, :8])
        if self.brightness:
            tilt = ops.multiply(2.0 * inputs[:, -1:], np.linspace(-1, 1, 8, dtype="float32"))
            levels = levels * ops.exp(tilt)
        if self.pitches:
            chosen = ops.tensordot(inputs[:, 8 : 8 + self.pitches], sines, axes=1)
            return ops.sum(levels[..., None] * chosen, axis=1)[..., None]
        return ops.matmul(levels, sines[0])[..., None]

    def compute_output_shape(self, input_shape):
        return (input_shape[0], LENGTH, 1)

    def get_config(self):
        return {**super().get_config(), "pitches": self.pitches, "brightness": self.brightness}


def partials(conditions=(), distribution="normal", ema_momentum=None):
    width = Conditions(conditions).width
    names = [condition.name for condition in conditions]
    generator = keras.Sequential([keras.Input((8 + width,)), Partials(3 * ("pitch" in names), "brightness" in names)])
    clips = keras.Input((LENGTH, 1))
    outputs = keras.layers.Dense(1 + width)(keras.layers.Flatten()(clips[:, ::256]))
    return km.MusicGAN(
        generator,
        keras.Model(clips, outputs),
        km.representations.Waveform(length=LENGTH, sample_rate=RATE),
        latent_dim=8,
        latent_distribution=distribution,
        conditions=conditions,
        ema_momentum=ema_momentum,
    )


@pytest.fixture(scope="module")
def conditioned():
    return partials([Pitch(60, 62), Value("brightness", 0, 10)])


@pytest.mark.backend
@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_a_known_clip_leads_back_to_its_latents(distribution):
    gan = partials(distribution=distribution)
    (latents,) = gan.sample_latents(1, seed=11)
    (clip,) = gan.generate(latents=latents[None])
    found = project(gan, clip, candidates=64, starts=4, steps=150)
    between = mean_pairwise_distance(gan.generate(32, seed=12), RATE, fitting_n_mels(RATE))
    assert found.distance < 0.05 * between
    np.testing.assert_allclose(found.latents, latents, atol=0.1)
    np.testing.assert_allclose(found.audio, gan.generate(latents=found.latents[None])[0], atol=1e-6)
    drawn_only = project(gan, clip, candidates=64, starts=4, steps=0)
    assert drawn_only.distance > 3 * found.distance


@pytest.mark.backend
def test_a_network_leads_back_to_its_clip():
    gan = small_gan("wavegan-small", ema_momentum=0.9)
    for weight in gan.averaged_generator.weights:
        weight.assign(2.0 * weight)  # an untrained one is almost silent
    before = [keras.ops.convert_to_numpy(variable).copy() for variable in gan.variables]
    (clip,) = gan.generate(1, seed=5)
    found = project(gan, clip, candidates=128, starts=8, steps=150)
    between = mean_pairwise_distance(gan.generate(32, seed=12), RATE, fitting_n_mels(RATE))
    assert found.distance < 0.1 * between
    for variable, value in zip(gan.variables, before, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(variable), value)


def test_conditions_are_found_too(conditioned):
    (clip,) = conditioned.generate(1, seed=5, pitch=61, brightness=8.0)
    found = project(conditioned, clip, candidates=64, starts=4, steps=150)
    assert found.conditions["pitch"] == 61 and found.distance < 0.5
    again = conditioned.generate(latents=found.latents[None], **found.conditions)
    np.testing.assert_allclose(again[0], found.audio, atol=1e-6)


def test_given_conditions_stay(conditioned):
    (clip,) = conditioned.generate(1, seed=5, pitch=61, brightness=8.0)
    found = project(conditioned, clip, candidates=32, starts=2, steps=20, pitch=60, brightness=2.0)
    assert found.conditions == {"pitch": 60, "brightness": 2.0}
    other = project(conditioned, clip, candidates=32, starts=2, steps=20, pitch="C#4")
    assert other.conditions["pitch"] == 61 and other.distance < found.distance


def test_descent_moves_what_is_free_within_the_limits():
    gan = partials([Value("brightness", 0, 10), Label(["a", "b"])])
    clip = np.full((LENGTH, 1), 1.0, "float32")  # as loud as no latent makes it
    starts = gan.generator_inputs(gan.sample_latents(3, 1), gan.conditions.complete({}, 3, 1))
    free = np.array([True] * 9 + [False] * 2)
    distance = LogMelDistance(gan.generator, gan.representation, clip)
    ends = LatentDescent(distance, starts, free, 8).run(60, 0.5)
    np.testing.assert_array_equal(ends[:, 9:], starts[:, 9:])
    assert (np.abs(ends[:, :9] - starts[:, :9]).max(axis=1) > 0.1).all()
    assert np.linalg.norm(ends[:, :8], axis=1).max() <= np.sqrt(8) + 2.2 + 1e-4
    assert np.abs(ends[:, 8]).max() <= 1
    assert (distance.measure(ends) < distance.measure(starts)).all()


def test_the_seed_decides(conditioned):
    (clip,) = conditioned.generate(1, seed=5)
    one, same, other = (project(conditioned, clip, candidates=8, starts=1, steps=0, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.latents, same.latents)
    assert np.abs(one.latents - other.latents).max() > 0.01


def test_a_clip_of_any_kind_is_fitted_and_the_changes_reported(conditioned):
    (clip,) = conditioned.generate(1, seed=5, pitch=60)
    options = {"candidates": 64, "starts": 2, "steps": 0}
    other_rate = np.rint(32767 * km.audio.resample(clip, RATE, 44100).repeat(2, axis=1)).astype("int16")
    long = project(conditioned, np.concatenate([other_rate, other_rate]), 44100, **options)
    assert long.changes == (
        "resampled from 44100 to 8000 Hz",
        "2 channel(s) mixed to 1",
        "cut from 1.024 s to 0.512 s",
    )
    np.testing.assert_allclose(long.target[200:-200], clip[200:-200], atol=0.01)
    short = project(conditioned, clip[:1000, 0], **options)
    assert short.changes == ("filled with silence from 0.125 s to 0.512 s",)
    np.testing.assert_array_equal(short.target[:1000], clip[:1000])
    assert short.target.shape == clip.shape and not short.target[1000:].any()
    exact = project(conditioned, clip, **options)
    assert exact.changes == ()
    soft = project(conditioned, 0.1 * clip, normalize="peak", **options)
    loudest = np.abs(clip).max()
    assert soft.changes == (f"peak level changed by {-20 * np.log10(0.1 * loudest):.1f} dB",)
    assert np.abs(soft.target).max() == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("clip", "options", "message"),
    [
        (np.zeros((100, 1)), {}, "Received: silence"),
        (np.zeros((0, 1)), {}, r"Received: shape \(0, 1\)"),
        (np.ones((2, 3, 1)), {}, "shape"),
        (np.full(100, np.nan), {}, "NaN or infinity"),
        (np.concatenate([np.zeros(LENGTH), np.ones(10)]), {}, "Cut what comes before"),
        (np.ones(100), {"sample_rate": 0}, "sample_rate"),
        (np.ones(100), {"candidates": 0}, "candidates=0"),
        (np.ones(100), {"starts": 0}, "starts=0"),
        (np.ones(100), {"steps": -1}, "steps=-1"),
        (np.ones(100), {"learning_rate": 0}, "learning_rate=0"),
        (np.ones(100), {"normalize": "loud"}, "peak"),
        (np.ones(100), {"pitch": 99}, "from 60 to 62"),
        (np.ones(100), {"label": "flute"}, "'label', which it does not know"),
    ],
)
def test_wrong_use_is_named(conditioned, clip, options, message):
    with pytest.raises(ValueError, match=message):
        project(conditioned, clip, **options)


def test_models_of_notes_are_refused(gan):
    with pytest.raises(TypeError, match="audio domain.*PitchSequence"):
        project(gan, np.ones(100))
