import keras
import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.adversarial.logs import LOG_KEYS
from keras_musicgan.presets import PRESETS
from tests.support.harness import ON_JAX
from tests.support.models import EAGER, small_gan

pytestmark = pytest.mark.backend


def all_presets():
    """Every preset; under JAX, whose tracing takes long, most of those that train on sounds at night only."""
    for preset in sorted(PRESETS):
        if not (ON_JAX and preset == "wavegan"):
            at_night = ON_JAX and preset in {"drums", "gansynth", "gansynth-small", "sounds", "specgan"}
            yield pytest.param(preset, marks=pytest.mark.nightly if at_night else ())


@pytest.mark.parametrize("preset", list(all_presets()))
def test_every_preset_trains_logs_and_generates(preset, trained):
    gan, history, before = trained(preset).gan, trained(preset).history, trained(preset).before
    keys = (*LOG_KEYS, *gan.representation.loudness_keys)
    assert set(history) == {*keys, *(f"val_{key}" for key in keys)}
    np.testing.assert_allclose(
        history["loss"], np.add(history["discriminator_loss"], history["generator_loss"]), rtol=1e-5
    )
    assert history["real_score"] != history["fake_score"]
    assert all(0 <= history[f"{side}_accuracy"][-1] <= 1 for side in ("real", "fake"))
    weights = zip(before, gan.generator.get_weights(), gan.generator.weights, strict=True)
    assert all(np.any(a != b) == weight.trainable for a, b, weight in weights if a.ndim > 1)
    audio = gan.generate(3, seed=1)
    assert audio.shape[0] == 3 and audio.shape[2] == 1 and audio.dtype == "float32"
    assert 0 <= np.abs(audio).max() <= 1


@pytest.mark.parametrize(
    "preset",
    [
        "lecture",
        "pianoroll",
        *(pytest.param(name, marks=pytest.mark.nightly) for name in sorted({*PRESETS} - {"lecture", "pianoroll"})),
    ],
)
def test_every_preset_trains_in_a_graph_as_eagerly(preset, trained):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("JAX always traces, PyTorch never")
    graph, eager = trained(preset, jit_compile=False), trained(preset)
    # Contrast has a kink for every bin; weights of `drums` that differ by 1e-7 move its scores by 0.5 %.
    sensitive = preset in ("notes", "drums")
    for key, values in eager.history.items():
        np.testing.assert_allclose(graph.history[key], values, rtol=1e-3, atol=1e-2 if sensitive else 1e-5, err_msg=key)
    before = eager.before
    after = [run.gan.generator.get_weights() for run in (graph, eager)]
    # Adam divides tiny gradients by themselves: round-off alone moves single weights by as much as a step.
    apart, moved = (
        np.sqrt(sum(np.square(a - b).sum() for a, b in zip(one, other, strict=True)))
        for one, other in ((after[0], after[1]), (before, after[1]))
    )
    assert apart < (0.2 if sensitive else 0.002) * moved


@pytest.mark.parametrize(("preset", "outputs"), [("lecture-plain", 128), ("lecture", 128 + 12)])
def test_lecture_has_the_networks_of_the_assignment(preset, outputs):
    gan = km.MusicGAN.from_preset(preset)
    layers = [layer for layer in gan.generator.layers if isinstance(layer, keras.layers.Dense)]
    assert [layer.units for layer in layers] == [256, 512, 1024, outputs]
    assert [layer.activation.__name__ for layer in layers] == ["relu"] * 3 + ["tanh"]
    units = [layer.units for layer in gan.discriminator.layers if isinstance(layer, keras.layers.Dense)]
    assert units == [512, 256, 1]
    weights = 100 * 256 + 256 * 512 + 512 * 1024 + 1024 * outputs
    assert gan.generator.count_params() == weights + 256 + 512 + 1024 + outputs
    assert (gan.latent_dim, gan.recipe["batch_size"]) == (100, 32)


def test_students_own_networks_and_optimizer_reach_both_sides():
    generator = keras.Sequential([keras.layers.Dense(8, "relu"), keras.layers.Dense(16, "tanh")])
    discriminator = keras.Sequential([keras.layers.Dense(8, "relu"), keras.layers.Dense(1)])
    gan = small_gan(generator=generator, discriminator=discriminator, latent_dim=64)
    gan.compile(optimizer="rmsprop", run_eagerly=True)
    first, second = gan.optimizer.generator, gan.optimizer.discriminator
    assert isinstance(first, keras.optimizers.RMSprop) and isinstance(second, keras.optimizers.RMSprop)
    assert first is not second
    gan.fit(km.datasets.melodies(1, gan, batch_size=8), verbose=0)
    steps = [int(optimizer.iterations) for optimizer in (first, second)]
    assert steps == [int(gan.optimizer.iterations)] * 2 and steps[0] > 0
    assert gan(np.zeros((2, 64), "float32")).shape == (2, 16)


def test_discriminator_steps_and_schedule():
    gan = small_gan()
    gan.compile(discriminator_steps=3, generator_optimizer=keras.optimizers.Adam(0.0), run_eagerly=True)
    before = gan.generator.get_weights()
    gan.fit(km.datasets.melodies(1, gan, batch_size=8), epochs=2, verbose=0)
    both = gan.optimizer
    assert int(both.discriminator.iterations) == 3 * int(both.generator.iterations) == 3 * int(both.iterations) > 0
    for a, b in zip(before, gan.generator.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_discriminator_learns_which_is_real(gan):
    """The notebook's defect: with the labels the wrong way round, real would score below one half."""
    data = km.datasets.melodies(6, gan, batch_size=8, seed=1)
    gan.compile(generator_optimizer=keras.optimizers.SGD(0.0), discriminator_optimizer=keras.optimizers.Adam(3e-3))
    gan.fit(data, epochs=16, verbose=0)
    probability = gan.discriminate(data.clips)
    assert probability.shape == (len(data.clips), 1)
    assert probability.mean() > 0.9
    generated = np.rint((gan.generate_encoded(20, seed=0) + 1) * 63.5)
    assert gan.discriminate(generated).mean() < 0.1


def test_generator_learns_the_range_of_the_data():
    """Pitches of folk tunes lie between 55 and 90: the generator must leave the whole keyboard for that range."""
    gan = small_gan(generator={"units": (64, 64)}, discriminator={"units": (64, 64)}, ema_momentum=0.98)
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(1e-3, 0.5), discriminator_optimizer=keras.optimizers.Adam(1e-3, 0.5)
    )
    data = km.datasets.melodies(32, gan, batch_size=32)
    gan.fit(data, epochs=20, verbose=0)
    real, made = data.clips, np.stack([notes.pitch for notes in gan.generate_notes(200, seed=3)])
    assert made.mean() == pytest.approx(real.mean(), abs=3.0)
    assert made.std() == pytest.approx(real.std(), rel=0.5)


def test_average_follows_by_the_stated_rule_and_can_be_off(data):
    gan = small_gan(ema_momentum=0.9)
    gan.compile(run_eagerly=True)
    average = gan.averaged_generator.get_weights()[0]
    clips = data.clips[:8]
    for step in range(1, 4):
        gan.train_on_batch(clips)
        momentum = min(0.9, (1 + step) / (10 + step))
        average = momentum * average + (1 - momentum) * gan.generator.get_weights()[0]
    np.testing.assert_allclose(gan.averaged_generator.get_weights()[0], average, atol=1e-6)
    latents = gan.sample_latents(2, seed=0)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(gan(latents)), keras.ops.convert_to_numpy(gan.averaged_generator(latents))
    )

    plain = small_gan(ema_momentum=None)
    plain.compile(run_eagerly=True)
    plain.fit(data, verbose=0)
    assert plain.averaged_generator is None
    np.testing.assert_allclose(plain.predict(latents, verbose=0), plain.generate_encoded(latents=latents), atol=1e-6)


def test_evaluate_changes_nothing(gan, data):
    before = gan.get_weights()
    logs = gan.evaluate(data, verbose=0, return_dict=True)
    assert set(logs) == set(LOG_KEYS) and logs["penalty"] == 0
    after = gan.get_weights()
    changed = [w.path for w, a, b in zip(gan.weights, before, after, strict=True) if np.any(a != b)]
    assert [path for path in changed if "seed_generator" not in path] == []


def test_generate_is_a_function_of_seed_or_latents_whatever_the_batch(gan):
    first = gan.generate(5, seed=7)
    np.testing.assert_array_equal(first, gan.generate(5, seed=7))
    np.testing.assert_allclose(first, gan.generate(5, seed=7, batch_size=2), atol=1e-4)
    assert np.abs(first - gan.generate(5, seed=8)).max() > 0.01
    np.testing.assert_array_equal(first, gan.generate(latents=gan.sample_latents(5, seed=7)))
    # Known values of NumPy's generator: the same latents on every backend and machine.
    np.testing.assert_allclose(gan.sample_latents(1, seed=1)[0, :2], [0.345584, 0.821618], atol=1e-6)


def test_uniform_latents_stay_in_their_range():
    gan = small_gan(latent_distribution="uniform")
    latents = gan.sample_latents(500, seed=0)
    assert -1 <= latents.min() < -0.95 and 0.95 < latents.max() <= 1
    gan.compile(run_eagerly=True)
    gan.fit(km.datasets.melodies(1, gan, batch_size=8), verbose=0)


def test_keras_callbacks_find_the_keys_they_need(gan, data):
    gan.compile(generator_optimizer=keras.optimizers.SGD(float("nan")), run_eagerly=True)
    history = gan.fit(data, epochs=5, verbose=0, callbacks=[keras.callbacks.TerminateOnNaN()]).history
    assert len(history["loss"]) == 1


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"latent_dim": 0}, "latent_dim.*positive"),
        ({"latent_dim": 2.5}, "latent_dim"),
        ({"latent_distribution": "gauss"}, "latent_distribution.*'normal'"),
        ({"ema_momentum": 1.0}, "ema_momentum"),
        ({"ema_momentum": "0.9"}, "ema_momentum"),
        ({"ema_momentum": float("nan")}, "ema_momentum"),
        ({"seed": -1}, "`seed` must be an integer of at least 0, below"),
        ({"seed": 2**64}, "`seed` must be an integer of at least 0, below"),
        ({"seed": 0.5}, "`seed` must be"),
        ({"latent_dims": 3}, "Did you mean 'latent_dim'"),
        ({"generator": keras.Sequential([keras.Input((8,)), keras.layers.Dense(5)])}, "generator.*\\(16,\\).*\\(5,\\)"),
        ({"generator": keras.Sequential([keras.Input((9,)), keras.layers.Dense(16)])}, "generator must take.*\\(8,\\)"),
        ({"discriminator": keras.Sequential([keras.Input((16,)), keras.layers.Dense(2)])}, "Dense\\(1\\)"),
        ({"discriminator": keras.Sequential([keras.Input((16,)), keras.layers.Dense(1, "sigmoid")])}, "end in a logit"),
        ({"recipe": {"epoch": 3}}, "Did you mean 'epochs'"),
        ({"recipe": {"batch_size": 0}}, "batch_size"),
    ],
)
def test_wrong_models_are_named(overrides, message):
    with pytest.raises(ValueError, match=message):
        small_gan(**overrides)


def test_wrong_parts_are_named(gan):
    for parts in (("dense", gan.discriminator, gan.representation), (gan.generator, gan.discriminator, "waveform")):
        with pytest.raises(TypeError, match=r"must be a (Layer|Representation). Received: .* of type str"):
            km.MusicGAN(*parts, 8)


def test_unknown_preset_names_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'pianoroll'"):
        km.MusicGAN.from_preset("piano-roll")


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"loss": "hing"}, ValueError, "Did you mean 'hinge'"),
        ({"loss": 3}, TypeError, "loss=3"),
        ({"penalties": ["r3"]}, ValueError, "'r1'"),
        ({"discriminator_steps": 0}, ValueError, "discriminator_steps"),
        ({"optimizer": "adam", "generator_optimizer": "sgd"}, ValueError, "beside"),
    ],
)
def test_wrong_compile_options_are_named(gan, options, error, message):
    with pytest.raises(error, match=message):
        gan.compile(**options)


def test_wrong_use_is_named(gan):
    with pytest.raises(ValueError, match="latents.*shape \\(n, 8\\)"):
        gan.generate(latents=np.zeros((2, 9)))
    with pytest.raises(ValueError, match="NaN"):
        gan.generate(latents=np.full((2, 8), np.nan))
    with pytest.raises(ValueError, match="n` must be a positive"):
        gan.generate(0)
    with pytest.raises(ValueError, match="batch_size"):
        gan.generate(1, batch_size=0)
    with pytest.raises(ValueError, match="0 clips"):
        gan.discriminate(np.zeros((0, 16)))
    with pytest.raises(ValueError, match="sample_weight"):
        gan.train_on_batch(np.zeros((4, 16)), sample_weight=np.ones(4))
    with pytest.raises(ValueError, match="takes no conditions"):
        gan.train_on_batch(np.zeros((4, 16)), np.zeros((4, 1)))


def test_fit_takes_the_statistics_of_the_data_once():
    gan = small_gan("specgan")
    gan.compile(discriminator_steps=1, run_eagerly=EAGER)
    clips = np.random.default_rng(0).normal(0, 0.1, (8, gan.representation.length, 1)).astype("float32")
    with pytest.raises(ValueError, match=r"a generator, which can be read only once. Call `representation.adapt`"):
        gan.fit((batch for batch in [(clips,)]), verbose=0)
    gan.fit(clips, verbose=0)
    assert gan.representation.adapted
    before = gan.representation.get_weights()
    gan.fit(10 * clips, verbose=0)
    for old, new in zip(before, gan.representation.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("name", ["model.h5", "model.HDF5", "model", "model.weights.h5"])
def test_other_files_than_keras_are_refused_and_none_is_left(gan, tmp_path, name, monkeypatch):
    with pytest.raises(ValueError, match=rf"`.keras` file.*Received: filepath='.*{name}'"):
        gan.save(tmp_path / name)
    with pytest.raises(ValueError, match="must end in `.weights.h5`"):
        gan.save_weights(tmp_path / "model.h5")
    assert not list(tmp_path.iterdir())
    monkeypatch.setenv("HOME", str(tmp_path))
    gan.save("~/model.keras")
    assert keras.saving.load_model(tmp_path / "model.keras").latent_dim == gan.latent_dim


def test_keras_older_format_says_which_to_take(gan, tmp_path):
    with pytest.raises(ValueError, match=r"model.save\('model.keras'\)"):
        keras.saving.save_model(gan, tmp_path / "model.h5")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"latent_dim": None}, "`latent_dim` must be a positive integer"),
        ({"generator": None}, "`generator` must be a Layer. Received: generator=None"),
        ({"representation": 5}, "`representation` must be a Representation"),
        ({"representation": {"class_name": "Nope", "config": {}}}, "ends in: .*Nope"),
        ({"conditions": 5}, "`conditions` must be a list"),
        ({"recipe": 7}, "configuration. Received: one that ends in: .*int"),
        ({"discriminator": ...}, "KeyError: 'discriminator'"),
    ],
)
def test_a_damaged_configuration_is_told_in_a_line(gan, changes, message):
    config = {**gan.get_config(), **changes}
    config = {name: value for name, value in config.items() if value is not ...}
    with pytest.raises(ValueError, match=message) as found:
        km.MusicGAN.from_config(config)
    assert "\n" not in str(found.value) and len(str(found.value)) < 500
