"""Folders and models measured against folders."""

import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.evaluation import MusicSet, differences
from keras_musicgan.representations import Waveform
from keras_musicgan.runs import sources
from keras_musicgan.runs.evaluate import evaluate_paths
from tests.support.models import small_gan


@pytest.fixture
def folders(tmp_path):
    """Two folders of notes of one kind at different sample rates, and one of hissing ones."""
    rng = np.random.default_rng(0)
    for name, seed, rate in (("a", 1, 8000), ("b", 2, 16000), ("hiss", 1, 8000)):
        clips, labels = km.datasets.make_notes(96, seed=seed, sample_rate=rate, length=rate // 2)
        for index, clip in enumerate(clips):
            sound = clip + (0.05 * rng.normal(size=clip.shape) if name == "hiss" else 0)
            km.audio.write_wav(
                tmp_path / name / f"{labels['instrument'][index]}_{index:02d}.wav", sound.clip(-1, 1), rate
            )
    return tmp_path


def test_two_folders_of_different_rates_are_compared_with_a_remark(folders):
    near, far = evaluate_paths(folders / "b", folders / "a", folders / "hiss", seconds=0.5, resamples=20)
    assert near.name == "b" and far.name == "hiss"
    assert any("resampled to 8,000 Hz: b (16,000 Hz)" in remark for remark in near.remarks)
    assert near["kernel"].value < far["kernel"].value
    (kernel,) = [each for each in differences(near, far) if each.title == near["kernel"].title]
    assert kernel.better == "b"


def test_a_classifier_is_trained_once_and_kept(folders, tmp_path):
    options = {"seconds": 0.5, "resamples": 20, "label": "instrument", "labels": "{instrument}_*"}
    (found,) = evaluate_paths(folders / "b", folders / "a", classifiers=tmp_path / "kept", **options)
    kept = tmp_path / "kept" / "instrument.keras"
    written = kept.stat().st_mtime_ns
    assert 1 <= found["inception_score"].value <= 4
    assert any("classifier-instrument" in remark and "%" in remark for remark in found.remarks)
    evaluate_paths(folders / "b", folders / "a", classifiers=tmp_path / "kept", **options)
    assert kept.stat().st_mtime_ns == written


def test_paths_that_cannot_be_measured_are_named(folders, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="audio files.*or a run.*empty"):
        evaluate_paths(tmp_path / "empty", folders / "a")
    with pytest.raises(FileNotFoundError, match="nowhere"):
        evaluate_paths(tmp_path / "nowhere", folders / "a")
    with pytest.raises(ValueError, match="Real music is needed"):
        evaluate_paths(folders / "a")
    with pytest.raises(ValueError, match="music with no labels"):
        evaluate_paths(folders / "b", folders / "a", label="instrument", seconds=0.5)
    with pytest.raises(ValueError, match="held_out=0"):
        evaluate_paths(folders / "b", folders / "a", held_out=0.0, seconds=0.5)
    small_gan("lecture").save(tmp_path / "tunes.keras")
    with pytest.raises(ValueError, match="Models of notes.*tunes, a"):
        evaluate_paths(tmp_path / "tunes.keras", folders / "a", folders / "a")


def test_models_of_different_rates_meet_at_the_lower_one(tmp_path):
    for rate in (8000, 12000):
        small_gan("wavegan-small", representation={"length": 1024, "sample_rate": rate}).save(
            tmp_path / f"{rate}.keras"
        )
    found = [sources.open_source(tmp_path / f"{rate}.keras") for rate in (8000, 12000)]
    spec, remarks = sources.common_spec(found, None, 1.0)
    assert (spec.representation.sample_rate, spec.representation.length) == (8000, round(8000 * 1024 / 12000))
    assert remarks == ["resampled to 8,000 Hz: 12000 (12,000 Hz)"]
    pieces = sources.load_music(found[1], spec, 8, 0, MusicSet("like", np.zeros((8, 683, 1)), 8000))
    assert pieces.music.shape == (8, 683, 1) and pieces.sample_rate == 8000
    assert isinstance(spec.representation, Waveform)
