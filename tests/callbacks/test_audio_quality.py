import csv

import keras
import numpy as np
import pytest
from keras_musicgan.callbacks import AudioQuality
from keras_musicgan.callbacks.audio_quality import MEASURES, QualityWarning

import keras_musicgan as km
from tests.support.models import small_gan, toy_gan


@pytest.fixture(scope="module")
def tunes():
    return km.datasets.melodies(12, small_gan(), held_out=0.3, batch_size=64)


def fit(folder, data, gan=None, epochs=4, callbacks=(), **options):
    gan = small_gan() if gan is None else gan
    gan.compile(optimizer="adam", run_eagerly=True)
    quality = AudioQuality(data, n=32, best=folder / "best.keras", **options)
    log = keras.callbacks.CSVLogger(str(folder / "log.csv"))
    history = gan.fit(data, epochs=epochs, verbose=0, callbacks=[quality, *callbacks, log]).history
    return gan, quality, history


def test_the_measures_are_in_every_epochs_logs_and_the_best_model_is_kept(tunes, tmp_path):
    kept = keras.callbacks.ModelCheckpoint(
        str(tmp_path / "keras.keras"), "quality_kernel", mode="min", save_best_only=True
    )
    gan, quality, history = fit(tmp_path, tunes, callbacks=[kept])
    assert all(len(history[name]) == 4 and np.isfinite(history[name]).all() for name in MEASURES)
    assert quality.best_epoch == 1 + int(np.argmin(history["quality_kernel"]))
    assert quality.best_value == min(history["quality_kernel"])
    with open(tmp_path / "log.csv") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["quality_kernel"]) for row in rows] == pytest.approx(history["quality_kernel"])
    best, of_keras = (keras.saving.load_model(tmp_path / name) for name in ("best.keras", "keras.keras"))
    np.testing.assert_array_equal(best.generate_encoded(2, seed=1), of_keras.generate_encoded(2, seed=1))
    if quality.best_epoch != 4:
        assert not np.array_equal(best.generate_encoded(2, seed=1), gan.generate_encoded(2, seed=1))
    # A run that is resumed knows the best so far.
    again = AudioQuality(tunes, n=32, best=tmp_path / "best.keras", embedding=quality.embedding)
    again.set_state(quality.get_state())
    assert (again.best_epoch, again.best_value) == (quality.best_epoch, quality.best_value)
    again.best_value = -1.0  # nothing will be better
    before = (tmp_path / "best.keras").read_bytes()
    gan.fit(tunes, epochs=5, initial_epoch=4, verbose=0, callbacks=[again])
    assert again.best_epoch == quality.best_epoch and (tmp_path / "best.keras").read_bytes() == before


def test_it_measures_where_it_is_due_and_repeats_itself_between(tunes, tmp_path):
    _, _, history = fit(tmp_path, tunes, epochs=5, every=2)
    values = history["quality_kernel"]
    assert np.isnan(values[0]) and values[1] == values[2] and values[3] != values[1] and values[4] != values[3]


def test_a_generator_that_plays_held_out_music_is_near_and_an_untrained_one_is_far(tunes):
    gan = small_gan()
    quality = AudioQuality(tunes, n=tunes.held_out.n_clips)
    quality.set_model(gan)
    quality.on_train_begin()
    quality.on_samples(1)
    untrained = dict(quality._measures)
    held_out = np.asarray(gan.representation(tunes.held_out.load()))
    gan.generate_encoded = lambda latents, **_: np.resize(held_out, (len(latents), *held_out.shape[1:]))
    quality.on_samples(2)
    assert quality._measures["quality_kernel"] < 0.1 * untrained["quality_kernel"]
    assert quality._measures["quality_coverage"] == 1.0 > untrained["quality_coverage"]
    assert quality.best_epoch == 2
    gan.generate_encoded = lambda latents, **_: np.full((len(latents), *held_out.shape[1:]), np.nan)
    quality.on_samples(3)
    assert quality.best_epoch == 2 and np.isfinite(list(quality._measures.values())).all()


def test_sounds_that_are_told_pitches_are_compared_at_those_of_the_held_out_ones(tmp_path):
    gan = toy_gan("audio", [km.Pitch(60, 71)])
    data = km.datasets.synthetic_notes(80, gan, held_out=0.4, low=60, high=71)
    _, quality, history = fit(tmp_path, data, gan, epochs=1)
    told = set(np.asarray(quality.conditions["pitch"]).tolist())
    assert told <= set(data.held_out.conditions["pitch"].tolist()) and len(told) > 1
    assert history["quality_kernel"][0] > 0.1
    assert quality.embedding.name == "log-mel-pca8"
    assert history["data_pitch_rate"][0] > 0.9 > 0.5 > history["target_pitch_rate"][0]
    assert history["noise_kernel"][0] > 0.1 and "target_label_rate" not in history
    assert abs(history["data_kernel"][0]) < 0.1 * history["noise_kernel"][0]


def test_the_best_epoch_is_in_tune_though_another_is_nearer(tmp_path):
    gan = toy_gan("audio", [km.Pitch(60, 71), km.Label(["bell", "organ", "pluck", "reed"], "instrument")])
    data = km.datasets.synthetic_notes(120, gan, held_out=0.4, low=60, high=71)
    quality = AudioQuality(data, n=data.held_out.n_clips, best=tmp_path / "best.keras")
    quality.set_model(gan)
    quality.on_train_begin()
    held_out = np.asarray(gan.representation(data.held_out.load(held_out_order(data))))
    for epoch, encoded in enumerate((np.roll(held_out, 1, axis=0), 0.3 * held_out), start=1):
        gan.generate_encoded = lambda latents, encoded=encoded, **_: encoded
        logs = {}
        quality.on_epoch_end(epoch - 1, logs)
        if epoch == 1:
            assert quality.best_epoch == 1 and logs["target_pitch_rate"] < 0.3
            nearest = quality.best_value
    assert quality.best_epoch == 2 and logs["target_pitch_rate"] > 0.9 and logs["target_label_rate"] > 0.5
    assert quality.best_value == logs["quality_kernel"] > nearest
    again = AudioQuality(data)
    again.set_state({"best_epoch": 3, "best_value": 0.1, "measures": {"quality_kernel": 0.2}})  # as 0.2 saved it
    assert again.get_state()["best_shortfall"] == 0.0


@pytest.mark.parametrize(
    ("epochs", "best"),  # of each its shortfall and its distance
    [
        ([(0.044, 0.005), (0.1, 0.001), (0.067, 0.0015)], 3),  # on either side of a twentieth, and as good by chance
        ([(0.04, 0.3), (0.08, 0.2), (0.12, 0.1)], 2),  # no drift away from the smallest
        ([(0.06, 0.1), (0.0, 0.2)], 2),  # the best so far no longer meets its targets as well
        ([(0.0, 0.2), (0.0, 0.1), (0.0, 0.3)], 2),
    ],
)
def test_epochs_that_meet_their_targets_alike_are_told_apart_by_distance(epochs, best, monkeypatch):
    gan = toy_gan("audio")
    data = km.datasets.synthetic_notes(20, gan, held_out=0.4, low=60, high=71)
    quality = AudioQuality(data)
    quality.set_model(gan)
    quality.on_train_begin()
    for epoch, (missed, distance) in enumerate(epochs, start=1):
        monkeypatch.setattr("keras_musicgan.callbacks.audio_quality.shortfall", lambda _, missed=missed: missed)
        monkeypatch.setattr("keras_musicgan.metrics.kernel_distance", lambda *_, distance=distance: distance)
        quality.on_samples(epoch)
    assert quality.best_epoch == best
    resumed = AudioQuality(data)
    resumed.set_state(quality.get_state())
    assert resumed.get_state() == quality.get_state()


def held_out_order(data):
    """The order in which `MusicSet.from_dataset` draws the held-out clips."""
    return np.random.default_rng(0).permutation(data.held_out.n_clips)


def test_it_asks_for_held_out_music_and_for_numbers_that_make_sense(tunes):
    gan = small_gan()
    data = km.datasets.melodies(24, gan, held_out=0.0)
    with pytest.raises(ValueError, match="at least 8 clips to measure against. Received: 0 of"):
        AudioQuality(data)
    with pytest.raises(ValueError, match="`n` must be at least 16.*n=3"):
        AudioQuality(tunes, n=3)


def test_music_without_differences_trains_without_measures(tmp_path):
    gan = toy_gan("audio")
    tone = 0.5 * np.sin(0.3 * np.arange(1024))
    for number in range(24):
        km.audio.write_wav(tmp_path / "equal" / f"{number}.wav", tone, 8000)
    data = km.datasets.audio_folder(tmp_path / "equal", gan, held_out=0.4)
    with pytest.warns(QualityWarning, match="quality is not measured.*all of them equal"):
        _, quality, history = fit(tmp_path, data, gan, epochs=1)
    assert np.isnan([history[name] for name in MEASURES]).all() and quality.best_epoch is None
    assert np.isfinite(history["loss"]).all()
