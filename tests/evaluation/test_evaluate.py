"""Evaluations of sets of sounds, and of models."""

import dataclasses
import json

import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.embeddings import log_mel
from keras_musicgan.evaluation import MusicSet, RealMusic, comparison_text, differences, evaluate, sets
from keras_musicgan.spectra.log_mel import log_mel_spectrograms
from tests.support.models import small_gan

RATE = 8000


QUICK = {"resamples": 20}


@pytest.fixture(scope="module")
def notes():
    """Three sets of synthetic notes from one distribution: training, held-out and new ones."""
    clips, labels = km.datasets.make_notes(384, seed=1, sample_rate=RATE, length=4096)
    labels["pitch"] = labels["pitch"].astype(int)
    parts = {"training": slice(0, 128), "held-out": slice(128, 256), "new": slice(256, 384)}
    return {
        name: MusicSet(name, clips[part], RATE, {label: values[part] for label, values in labels.items()})
        for name, part in parts.items()
    }


@pytest.fixture(scope="module")
def of_new(notes):
    return measured(notes, notes["new"], "new")


def measured(notes, pieces, name="generated", **options):
    return evaluate(pieces, (notes["training"], notes["held-out"]), name=name, **{**QUICK, **options})


def changed(pieces, change):
    return dataclasses.replace(pieces, music=change(pieces.music).astype("float32"))


def test_new_notes_of_the_same_kind_are_as_good_as_training_notes(of_new):
    for key in ("frechet", "kernel", "density", "coverage", "precision", "recall"):
        estimate = of_new[key]
        width = max(estimate.high - estimate.low, 0.02 * abs(estimate.best - estimate.worst))
        assert abs(estimate.value - estimate.best) <= 2 * width, key
        assert estimate.score > 0.8, key
    assert of_new["right_pitch"].value == pytest.approx(of_new["right_pitch"].best, abs=0.1)
    assert of_new["diversity"].score > 0.9
    assert of_new["copies"].value < 0.1
    assert of_new["authenticity"].value == pytest.approx(of_new["authenticity"].best, abs=0.2)
    assert of_new["pitch_entropy"].score > 0.8


def test_noise_and_copies_score_as_their_anchors(notes):
    noise = notes["held-out"].noise(128, seed=9)
    found = measured(notes, noise)
    assert found["kernel"].score < 0.1 and found["coverage"].value == found["coverage"].worst == 0.0
    copies = measured(notes, notes["training"])
    assert copies["copies"].value == copies["copies"].worst == 1.0
    assert copies["authenticity"].value == copies["authenticity"].worst == 0.0
    assert copies["frechet"].value == pytest.approx(copies["frechet"].best)


def test_one_mode_shows_in_recall_and_diversity_not_in_precision(notes):
    flute = notes["new"].take(np.zeros(128, int))
    jittered = changed(flute, lambda clips: clips * np.linspace(0.9, 1, 128)[:, None, None])
    found = measured(notes, jittered)
    assert found["precision"].value > 0.9 and found["recall"].value < 0.05
    assert found["diversity"].value < 0.1 * found["diversity"].best
    assert found["pitch_entropy"].value == 0


FAULTS = {
    "noise": (
        lambda clips, size: clips + size * np.random.default_rng(0).normal(size=clips.shape),
        (0.003, 0.03),
    ),
    "low-pass": (
        lambda clips, size: np.apply_along_axis(np.convolve, 1, clips, np.ones(size) / size, "same"),
        (4, 16),
    ),
    "duplicates": (lambda clips, size: np.resize(clips[:size], clips.shape), (64, 4)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_distances_rise_with_a_fault(notes, of_new, fault):
    change, degrees = FAULTS[fault]
    faulty = [changed(notes["new"], lambda clips, degree=degree: change(clips, degree)) for degree in degrees]
    found = [of_new, *(measured(notes, pieces) for pieces in faulty)]
    for key in ("frechet", "kernel"):
        values = [each[key].value for each in found]
        assert values == sorted(values), key
    last = {each.title: each.better for each in differences(of_new, found[-1])}
    assert last[of_new["kernel"].title] == "new", "the largest fault is beyond the intervals"


def test_the_same_seed_gives_the_same_evaluation_and_no_difference(notes, of_new):
    again = measured(notes, notes["new"], "again")
    assert {**again.as_dict(), "name": "new"} == of_new.as_dict()
    same = differences(of_new, again)
    assert len(same) == len(of_new.estimates)
    assert all(each.better is None and each.low == each.high == 0 for each in same)
    text = comparison_text(of_new, again)
    assert text.count("no clear difference") == len(same) and "again" in text


def test_measures_that_need_more_pieces_are_left_out_with_the_reason(notes):
    few = {name: pieces.take(np.arange(12)) for name, pieces in notes.items()}
    found = evaluate(few["new"], (few["training"], few["held-out"]), **QUICK)
    assert found.embedding == "log-mel-pca2"
    assert {"kernel", "diversity"} <= {each.key for each in found.estimates}
    (reason,) = [why for title, why in found.left_out.items() if "limit" in title]
    assert "must hold at least" in reason and reason in found.text()
    with pytest.raises(KeyError, match="frechet_infinity.*there are.*kernel"):
        found["frechet_infinity"]


def test_the_result_is_written_as_json_and_picture(notes, of_new, tmp_path):
    assert "n=128" in of_new["frechet"].title and "log-mel-pca32" in of_new["frechet"].title
    paths = of_new.save(tmp_path / "new")
    assert [path.name for path in paths] == ["new.json", "new.png"]
    assert paths[1].stat().st_size > 20_000
    read = json.loads(paths[0].read_text())
    assert read["counts"] == {"generated": 128, "held-out": 128, "training": 128, "noise": 128}
    assert read["measures"]["kernel"]["value"] == of_new["kernel"].value
    for each in of_new.estimates:
        assert each.title in of_new.text() and each.low <= each.value <= each.high


def test_spectrograms_of_each_set_are_computed_once(notes, of_new, monkeypatch):
    computed = []

    def counting(clips, *args):
        computed.append(len(clips))
        return log_mel_spectrograms(clips, *args)

    for module in (sets, log_mel):
        monkeypatch.setattr(module, "log_mel_spectrograms", counting)
    training, held_out, new = (dataclasses.replace(notes[name]) for name in ("training", "held-out", "new"))
    real = RealMusic(training, held_out)
    found = evaluate(new, real, **QUICK, name="new")
    assert found.as_dict() == of_new.as_dict()
    assert len(computed) == len(("training", "held-out", "new", "noise"))
    evaluate(new.noise(128), real, **QUICK)
    assert len(computed) == 5, "of the other set alone"


def test_real_music_has_its_own_embedding(notes):
    real = RealMusic(notes["training"], notes["held-out"])
    with pytest.raises(TypeError, match="its own embedding and classifier.*Leave it out"):
        evaluate(notes["new"], real, embedding=real.embedding, **QUICK)


def test_bad_sets_are_named(notes):
    short = notes["new"].take(np.arange(5))
    with pytest.raises(ValueError, match="at least 8 pieces.*Received: 5 in generated"):
        measured(notes, short)
    with pytest.raises(ValueError, match="one sample rate.*Received.*16000"):
        measured(notes, dataclasses.replace(notes["new"], sample_rate=16000))
    with pytest.raises(ValueError, match="finite"):
        changed(notes["new"], lambda clips: clips * np.nan)
    with pytest.raises(ValueError, match="one value for each of the 128.*'pitch' with 2"):
        dataclasses.replace(notes["new"], known={"pitch": np.array([60, 61])})
    with pytest.raises(ValueError, match="at least one piece"):
        MusicSet("none", [])
    constant = changed(notes["new"], np.zeros_like)
    with pytest.raises(ValueError, match="varies|directions"):
        evaluate(notes["new"], (constant, constant), **QUICK)


@pytest.mark.parametrize("preset", ["lecture", "pianoroll", "wavegan-small"])
def test_an_untrained_model_is_far_from_real_music(preset):
    gan = small_gan(preset, recipe={"pieces": 160 if preset == "wavegan-small" else 20})
    data = km.datasets.for_model(gan, held_out=0.4)
    found = evaluate(gan, data, n=64, **QUICK)
    assert found["kernel"].best < found["kernel"].value
    assert found["kernel"].low > found["kernel"].best
    if preset == "pianoroll":  # real tunes are measured as they are, not by an autoencoder that has learned nothing
        assert found["in_scale_rate"].best == pytest.approx(1.0, abs=0.01)


def test_a_notebook_shows_the_numbers_and_the_figure(of_new):
    html = of_new._repr_html_()
    assert all(f"<td>{estimate.title}" in html for estimate in of_new.estimates)
    assert html.count("<img") == 1 and len(html) < 1_000_000
