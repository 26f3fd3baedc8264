import csv
import warnings

import keras
import numpy as np
import pytest
from keras_musicgan.callbacks import CollapseMonitor, CollapseWarning

import keras_musicgan as km
from keras_musicgan.adversarial.logs import log_group
from keras_musicgan.datasets import Clips
from keras_musicgan.evaluation.diversity import to_clips
from keras_musicgan.metrics import diagnose
from keras_musicgan.metrics.collapse import MEASURES
from tests.support.models import small_gan, toy_gan
from tests.support.tensorboard_log import logged

RATE, SAMPLES = 8000, 2048


def noise(n):
    return 0.1 * np.random.default_rng(0).standard_normal((n, SAMPLES, 1)).astype("float32")


def still(gan):
    """Compiles a model so that its generator stays as it is."""
    gan.compile(generator_optimizer=keras.optimizers.SGD(0.0), run_eagerly=True)
    return gan


def audio_gan(ignores_latents=True):
    """A model that generates one clip of noise, or another for each latent."""
    gan = still(toy_gan(length=SAMPLES, ema_momentum=None))
    play(gan, ignores_latents)
    return gan


def play(gan, ignores_latents):
    rng = np.random.default_rng(0)
    kernel, bias = 0.2 * rng.standard_normal((gan.latent_dim, SAMPLES)), 0.2 * rng.standard_normal(SAMPLES)
    gan.generator.get_layer("last").set_weights([0 * kernel if ignores_latents else kernel, bias])


class Score(keras.callbacks.Callback):
    """Says before each epoch whether the generator ignores its latents."""

    def __init__(self, ignores_latents):
        super().__init__()
        self.ignores_latents = ignores_latents

    def on_epoch_begin(self, epoch, logs=None):
        play(self.model, self.ignores_latents[epoch])


def fit(gan, callbacks, epochs):
    """Trains and returns the history and the messages of the warnings."""
    data = Clips(noise(8), batch_size=8)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history = gan.fit(data, epochs=epochs, verbose=0, callbacks=callbacks).history
    return history, [str(warning.message) for warning in caught if warning.category is CollapseWarning]


def test_warns_once_until_the_fault_has_gone():
    monitor = CollapseMonitor()
    score = Score([True, True, False, False, True])
    history, messages = fit(audio_gan(), [score, monitor], epochs=5)
    assert [message.split(":")[0] for message in messages] == ["Epoch 1", "Epoch 5"]
    assert "16 of 16 outputs are equal" in messages[0] and "relativistic" in messages[0]
    assert history["equal_share"] == [1, 1, 0, 0, 1]
    assert history["output_diversity"][0] < 0.1 < 1 < history["output_diversity"][2]
    assert [finding.verdict for finding in monitor.findings] == ["equal"]
    history, messages = fit(audio_gan(ignores_latents=False), [monitor], epochs=1)
    assert messages == [] and monitor.findings == () and history["equal_share"] == [0]


def test_later_callbacks_see_the_measures_in_every_epoch(tmp_path):
    logger = km.callbacks.ScalarLogger(tmp_path)
    table = keras.callbacks.CSVLogger(str(tmp_path / "history.csv"))
    score = Score([False, True, True, False, True])
    history, messages = fit(audio_gan(), [score, CollapseMonitor(every=3), table, logger], epochs=5)
    assert [message.split(":")[0] for message in messages] == ["Epoch 3"]
    assert history["equal_share"] == [0, 0, 1, 1, 1]  # measured in 1, 3 and 5
    with open(tmp_path / "history.csv") as file:
        rows = list(csv.DictReader(file))
    for name in MEASURES:
        np.testing.assert_allclose([float(row[name]) for row in rows], history[name])
        events = logged(tmp_path).Scalars(f"{log_group(name)}/{name}")
        np.testing.assert_allclose([event.value for event in events], history[name], rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(("stop", "patience", "epochs"), [(True, 1, 2), (True, 2, 5), (False, 1, 6)])
def test_stops_when_a_fault_lasts(stop, patience, epochs):
    score = [False, True, False, True, True, True]
    history, _ = fit(audio_gan(), [Score(score), CollapseMonitor(stop=stop, patience=patience)], epochs=6)
    assert len(history["loss"]) == epochs


@pytest.mark.backend
def test_measures_what_generate_makes():
    gan = audio_gan(ignores_latents=False)
    history, _ = fit(gan, [CollapseMonitor(n=5, seed=7)], epochs=1)
    expected = diagnose(gan.generate(5, seed=7), 8000).measures
    for name, value in expected.items():
        assert history[name] == [pytest.approx(value, rel=1e-4)]


def test_hears_notes():
    gan = still(small_gan(ema_momentum=None))
    data = km.datasets.melodies(1, gan, batch_size=8)
    monitor = CollapseMonitor(n=6)
    gan.fit(data, verbose=0, callbacks=[monitor])
    assert monitor.findings == ()
    for weight in gan.generator.weights:
        weight.assign(0 * weight)
    with pytest.warns(CollapseWarning, match="6 of 6 outputs are equal"):
        gan.fit(data, verbose=0, callbacks=[monitor])


def test_hears_an_empty_piano_roll():
    gan = still(toy_gan("rolls", ema_momentum=None))
    kernel, bias = gan.generator.get_weights()
    gan.generator.set_weights([0 * kernel, 0 * bias - 5.0])
    data = km.datasets.melodies(1, gan, batch_size=8)
    with pytest.warns(CollapseWarning, match="4 of 4 outputs stay below -60 dB"):
        gan.fit(data, verbose=0, callbacks=[CollapseMonitor(n=4)])


def test_the_beginning_of_notes_is_what_generate_plays():
    gan = small_gan(representation={"length": 64, "sample_rate": 8000, "tempo": 90})
    encoded = gan.generate_encoded(3, seed=1)
    clips, rate = to_clips(gan.representation, encoded)
    assert rate == 8000 and clips.shape == (3, 80_000, 1)
    np.testing.assert_allclose(clips[:, :79_000], gan.generate(3, seed=1)[:, :79_000], atol=1e-6)


@pytest.mark.parametrize("domain", ["notes", "audio"])
def test_a_broken_model_leaves_no_measures(domain):
    gan = small_gan() if domain == "notes" else audio_gan()
    gan.compile(generator_optimizer=keras.optimizers.SGD(float("nan")), run_eagerly=True)
    data = noise(4) if domain == "audio" else km.datasets.melodies(1, gan).clips[:4]
    history = gan.fit(data, batch_size=4, epochs=2, verbose=0, callbacks=[CollapseMonitor()]).history
    assert np.isnan([history[name] for name in MEASURES]).all()


@pytest.mark.parametrize("options", [{"n": 1}, {"n": 0}, {"every": 0}, {"patience": 0}])
def test_wrong_options_are_named(options):
    (name,) = options
    with pytest.raises(ValueError, match=f"{name}="):
        CollapseMonitor(**options)


def test_a_generator_that_ignores_its_latents_is_heard_within_its_conditions():
    gan = still(toy_gan("audio", [km.Pitch(60, 71)], ema_momentum=None))
    kernel, bias = gan.generator.get_weights()
    kernel[: gan.latent_dim] = 0
    gan.generator.set_weights([kernel, bias])
    data = km.datasets.synthetic_notes(60, gan, low=60, high=71)
    history = gan.fit(data, verbose=0, callbacks=[CollapseMonitor(data=data)]).history
    assert history["conditional_diversity"][0] < 0.01 < 1 < history["output_diversity"][0]
    assert history["equal_share"][0] < 0.5
    assert 1 < history["data_conditional_diversity"][0] < history["data_diversity"][0]


def test_without_conditions_or_data_there_is_nothing_to_compare():
    history, _ = fit(audio_gan(ignores_latents=False), [CollapseMonitor()], epochs=1)
    assert not {"conditional_diversity", "data_diversity", "data_conditional_diversity"} & set(history)
