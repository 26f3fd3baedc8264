import csv
import re
import warnings

import keras
import numpy as np
import pytest
from keras_musicgan.callbacks import CollapseMonitor, CollapseWarning

import keras_musicgan as km
from keras_musicgan.adversarial.losses import LOSSES
from keras_musicgan.adversarial.penalties import PENALTIES
from keras_musicgan.datasets import Clips, make_drums, make_notes
from keras_musicgan.metrics import diagnose, mean_pairwise_distance
from keras_musicgan.metrics.collapse import MEASURES, REMEDIES
from keras_musicgan.music.audio import NORMALIZATIONS
from tests.support.models import small_gan

RATE, LENGTH = 16000, 16384
TIME = np.arange(LENGTH) / RATE


def noise(level=0.1, n=16, length=LENGTH, seed=0):
    return level * np.random.default_rng(seed).standard_normal((n, length, 1))


def sines(frequencies, amplitudes=0.5):
    phases = np.random.default_rng(1).uniform(0, 6, 16)[:, None]
    waves = np.sin(2 * np.pi * np.reshape(frequencies, (-1, 1)) * TIME + phases)
    return (np.reshape(amplitudes, (-1, 1)) * waves)[:, :, None]


def one_sound(make):
    return np.repeat(make(1, seed=4)[0], 16, axis=0)


def of_one_kind(make, label, kind, **options):
    clips, labels = make(120, seed=2, **options)
    return clips[labels[label] == kind][:16]


SCALE = 440 * 2 ** (np.arange(16) / 12)
LEVELS = np.linspace(0.05, 0.9, 16)
BROKEN = {
    "equal notes": (one_sound(make_notes), {"equal"}),
    "equal drums": (one_sound(make_drums), {"equal"}),
    "equal noise": (noise(n=1).repeat(16, axis=0), {"equal"}),
    "equal with noise at -80 dB": (one_sound(make_notes) + noise(1e-4), {"equal"}),
    "equal but for the level": (one_sound(make_drums) * LEVELS[:, None, None], {"equal"}),
    "nine of sixteen equal": (np.concatenate([one_sound(make_notes)[:9], make_notes(7, seed=9)[0]]), {"equal"}),
    "silence": (np.zeros((16, LENGTH, 1)), {"silent"}),
    "offset": (np.full((16, LENGTH, 1), 0.7), {"silent"}),
    "noise at -80 dB": (noise(1e-4), {"silent"}),
    "square waves": (np.sign(sines(SCALE)), {"clipped"}),
    "saturated tanh": (np.tanh(20 * sines(SCALE)), {"clipped"}),
    "clipped noise": (np.clip(noise(2.0), -1, 1), {"clipped"}),
    "one sine at many levels": (sines(440.0, LEVELS), {"tone"}),  # the phases differ, so their onsets do
    "one sine at many levels, in phase": (sines(440.0)[:1] * LEVELS[:, None, None], {"equal", "tone"}),
    "one sine under noise": (sines(440.0) + noise(0.01), {"tone"}),
    "one sine, a little out of tune": (sines(440 * 2 ** (np.linspace(-0.2, 0.2, 16) / 12)) + noise(0.01), {"tone"}),
    "one sine in stereo": (np.concatenate([0.3 * sines(440.0), sines(440.0)], axis=2) + noise(0.01), {"tone"}),
}
HEALTHY = {
    "notes": make_notes(16, seed=1)[0],
    "drums": make_drums(16, seed=1)[0],
    "kicks": of_one_kind(make_drums, "drum", "kick"),
    "hats": of_one_kind(make_drums, "drum", "hat"),
    "bells at one pitch": of_one_kind(make_notes, "instrument", "bell", low=72, high=72),
    "reeds at one pitch": of_one_kind(make_notes, "instrument", "reed", low=60, high=60),
    "sines at different pitches": sines(SCALE),
    "sines at full scale": sines(SCALE, 1.0),
    "white noise": noise(),
    "short clips": noise(length=500),
    "very short clips": noise(length=20),
    "half of them equal": np.concatenate([one_sound(make_notes)[:8], make_notes(8, seed=9)[0]]),
    "half of them silent": np.concatenate([np.zeros((8, LENGTH, 1)), make_notes(8, seed=9)[0]]),
    "two unlike": make_notes(2, seed=1)[0],
}


@pytest.mark.parametrize("case", BROKEN)
def test_planted_faults_are_found(case):
    clips, faults = BROKEN[case]
    diagnosis = diagnose(clips.astype("float32"), RATE)
    assert {finding.verdict for finding in diagnosis.findings} == faults
    for finding in diagnosis.findings:
        count = round(16 * diagnosis.measures[f"{finding.verdict}_share"])
        assert finding.evidence.startswith(f"{count} of 16 outputs") and count >= 9
        assert len(finding.remedy) > 50


@pytest.mark.parametrize("case", HEALTHY)
def test_healthy_clips_are_left_in_peace(case):
    diagnosis = diagnose(HEALTHY[case].astype("float32"), RATE)
    assert diagnosis.findings == ()
    assert tuple(diagnosis.measures) == MEASURES


def test_measures_have_known_values():
    sine = sines(440.0)[:4]
    clips = np.concatenate([sine, 0 * sine, np.sign(sine)])
    measures = diagnose(clips, RATE).measures
    assert measures["silent_share"] == measures["clipped_share"] == measures["tone_share"] == pytest.approx(1 / 3)
    assert measures["output_rms"] == pytest.approx(np.sqrt((0.5**2 / 2 + 1.0) / 3), rel=1e-2)
    notes = make_notes(6, seed=3)[0]
    at_one_level = notes * 0.1 / np.sqrt((notes**2).mean(axis=1, keepdims=True))
    expected = mean_pairwise_distance(at_one_level, RATE)
    assert diagnose(notes, RATE).measures["output_diversity"] == pytest.approx(expected, abs=0.05)
    (finding,) = diagnose(sines(440.0) + noise(0.01), RATE).findings
    assert finding.evidence == "16 of 16 outputs are one sine at 440 Hz"


def test_only_the_first_ten_seconds_count():
    clips = np.concatenate([np.zeros((3, 10 * 8000, 1)), noise(n=3, length=8000)], axis=1)
    assert diagnose(clips, 8000).measures["silent_share"] == 1
    assert diagnose(clips[:, 1:], 8000).measures["silent_share"] == 0


def test_remedies_name_what_there_is():
    known = {*LOSSES, *PENALTIES, *NORMALIZATIONS}
    names = re.findall(r'"(\w+)"', " ".join(REMEDIES.values()))
    assert names and set(names) <= known and hasattr(km.layers, "MinibatchDeviation")


def test_clips_that_cannot_be_judged_are_named():
    with pytest.raises(ValueError, match="at least two clips"):
        diagnose(noise(n=1), RATE)
    with pytest.raises(ValueError, match="shape"):
        diagnose(noise()[:, :, 0], RATE)
    with pytest.raises(ValueError, match="finite"):
        diagnose(np.full((2, 100, 1), np.nan), RATE)
    with pytest.raises(ValueError, match="sample_rate"):
        diagnose(noise(), 0)


LATENT_DIM, SAMPLES = 4, 2048


def audio_gan(ignores_latents=True):
    """A model whose generator stays as it is: one clip of noise, or another for each latent."""
    generator = keras.Sequential(
        [
            keras.Input((LATENT_DIM,)),
            keras.layers.Dense(SAMPLES, "tanh", name="sound"),
            keras.layers.Reshape((SAMPLES, 1)),
        ]
    )
    discriminator = keras.Sequential([keras.Input((SAMPLES, 1)), keras.layers.Flatten(), keras.layers.Dense(1)])
    representation = km.representations.Waveform(length=SAMPLES, sample_rate=8000)
    gan = km.MusicGAN(generator, discriminator, representation, latent_dim=LATENT_DIM, ema_momentum=None)
    gan.compile(generator_optimizer=keras.optimizers.SGD(0.0))
    play(gan, ignores_latents)
    return gan


def play(gan, ignores_latents):
    rng = np.random.default_rng(0)
    kernel, bias = 0.2 * rng.standard_normal((LATENT_DIM, SAMPLES)), 0.2 * rng.standard_normal(SAMPLES)
    gan.generator.get_layer("sound").set_weights([0 * kernel if ignores_latents else kernel, bias])


class Score(keras.callbacks.Callback):
    """Says before each epoch whether the generator ignores its latents."""

    def __init__(self, ignores_latents):
        super().__init__()
        self.ignores_latents = ignores_latents

    def on_epoch_begin(self, epoch, logs=None):
        play(self.model, self.ignores_latents[epoch])


def fit(gan, callbacks, epochs):
    """Trains and returns the history and the messages of the warnings."""
    data = Clips(noise(n=8, length=SAMPLES).astype("float32"), batch_size=8)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        history = gan.fit(data, epochs=epochs, verbose=0, callbacks=callbacks).history
    return history, [str(warning.message) for warning in caught if warning.category is CollapseWarning]


@pytest.mark.backend
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


@pytest.mark.backend
def test_later_callbacks_see_the_measures_in_every_epoch(tmp_path):
    from test_callbacks import logged

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
        events = logged(tmp_path).Scalars(name)
        np.testing.assert_allclose([event.value for event in events], history[name], rtol=1e-5, atol=1e-7)


@pytest.mark.backend
@pytest.mark.parametrize(("patience", "epochs"), [(1, 2), (2, 5)])
def test_stops_when_a_fault_lasts(patience, epochs):
    score = [False, True, False, True, True, True]
    history, _ = fit(audio_gan(), [Score(score), CollapseMonitor(stop=True, patience=patience)], epochs=6)
    assert len(history["loss"]) == epochs
    history, _ = fit(audio_gan(), [Score(score), CollapseMonitor(patience=patience)], epochs=6)
    assert len(history["loss"]) == 6


@pytest.mark.backend
def test_measures_what_generate_makes():
    gan = audio_gan(ignores_latents=False)
    history, _ = fit(gan, [CollapseMonitor(n=5, seed=7)], epochs=1)
    expected = diagnose(gan.generate(5, seed=7), 8000).measures
    for name, value in expected.items():
        assert history[name] == [pytest.approx(value, rel=1e-4)]


@pytest.mark.backend
def test_hears_notes():
    gan = small_gan(ema_momentum=None)
    gan.compile(generator_optimizer=keras.optimizers.SGD(0.0))
    data = km.datasets.melodies(8, gan, batch_size=8)
    monitor = CollapseMonitor(n=6)
    gan.fit(data, verbose=0, callbacks=[monitor])
    assert monitor.findings == ()
    for weight in gan.generator.weights:
        weight.assign(0 * weight)
    with pytest.warns(CollapseWarning, match="6 of 6 outputs are equal"):
        gan.fit(data, verbose=0, callbacks=[monitor])


def test_hears_an_empty_piano_roll():
    gan = small_gan("pianoroll", ema_momentum=None)
    gan.compile(generator_optimizer=keras.optimizers.SGD(0.0), loss="hinge", penalties=[])
    last = gan.generator.weights[-1]
    for weight in gan.generator.weights:
        weight.assign(0 * weight)
    last.assign(0 * last - 5.0)
    data = km.datasets.melodies(2, gan, batch_size=8)
    with pytest.warns(CollapseWarning, match="4 of 4 outputs stay below -60 dB"):
        gan.fit(data, verbose=0, callbacks=[CollapseMonitor(n=4)])


def test_the_beginning_of_notes_is_what_generate_plays():
    from keras_musicgan.callbacks.collapse_monitor import heard

    gan = small_gan(representation={"length": 64, "sample_rate": 8000, "tempo": 90})
    encoded = gan.generate_encoded(3, seed=1)
    clips, rate = heard(gan.representation, encoded)
    assert rate == 8000 and clips.shape == (3, 80_000, 1)
    np.testing.assert_allclose(clips[:, :79_000], gan.generate(3, seed=1)[:, :79_000], atol=1e-6)


@pytest.mark.backend
@pytest.mark.parametrize("preset", ["lecture", "audio"])
def test_a_broken_model_leaves_no_measures(preset):
    gan = small_gan() if preset == "lecture" else audio_gan()
    gan.compile(generator_optimizer=keras.optimizers.SGD(float("nan")))
    data = noise(n=4, length=SAMPLES) if preset == "audio" else km.datasets.melodies(1, gan).clips[:4]
    history = gan.fit(data, batch_size=4, epochs=2, verbose=0, callbacks=[CollapseMonitor()]).history
    assert np.isnan([history[name] for name in MEASURES]).all()


@pytest.mark.parametrize("options", [{"n": 1}, {"n": 0}, {"every": 0}, {"patience": 0}])
def test_wrong_options_are_named(options):
    (name,) = options
    with pytest.raises(ValueError, match=f"{name}="):
        CollapseMonitor(**options)
