import dataclasses
import json

import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.evaluation import MusicSet, comparison_text, differences, evaluate
from keras_musicgan.evaluation.intervals import deviations, half_samples, interval
from keras_musicgan.representations import Waveform
from keras_musicgan.runs import sources
from keras_musicgan.runs.evaluate import evaluate_paths
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


# Intervals


def test_half_samples_spread_as_the_mean_over_all_does():
    values = np.random.default_rng(0).exponential(size=500)
    spread = deviations(lambda some, _: values[some].mean(), 500, 4, resamples=1000)
    assert spread.std() == pytest.approx(values.std() / np.sqrt(500), rel=0.1)
    low, high = interval(values.mean(), spread)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / np.sqrt(500), rel=0.1)


def test_intervals_hold_the_truth_about_as_often_as_they_should():
    """The Fréchet distance of two Gaussians in two dimensions, one apart, is 1: in about 95 of 100 intervals."""
    held = 0
    for trial in range(100):
        rng = np.random.default_rng(trial)
        a, b = rng.normal(size=(300, 2)), rng.normal((1, 0), 1, (300, 2))
        spread = deviations(lambda i, j, a=a, b=b: km.metrics.frechet_distance(a[i], b[j]), 300, 300, 60)
        low, high = interval(km.metrics.frechet_infinity(a, b, extrapolate_b=True), spread)
        held += low <= 1 <= high
    assert 85 <= held <= 100


def test_halves_of_the_references_do_not_depend_on_the_candidates():
    ours, theirs = ([other for _, other in half_samples(n, 20, 5, seed=3)] for n in (10, 30))
    np.testing.assert_array_equal(ours, theirs)
    assert all(len(set(half)) == 10 for half in ours)


def test_an_interval_needs_four_pieces():
    with pytest.raises(ValueError, match="at least 2 pieces.*Received: 3"):
        list(half_samples(3, 20, 5))


# Evaluations of sets


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
        (0.003, 0.01, 0.03),
    ),
    "low-pass": (
        lambda clips, size: np.apply_along_axis(np.convolve, 1, clips, np.ones(size) / size, "same"),
        (4, 8, 16),
    ),
    "duplicates": (lambda clips, size: np.resize(clips[:size], clips.shape), (64, 16, 4)),
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


def test_a_set_does_not_differ_from_itself(notes, of_new):
    again = measured(notes, notes["new"], "again")
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


def test_the_same_seed_gives_the_same_evaluation(notes, of_new):
    assert measured(notes, notes["new"], "new").as_dict() == of_new.as_dict()


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


# Models


@pytest.mark.backend
@pytest.mark.parametrize("preset", ["lecture", "pianoroll", "wavegan-small"])
def test_an_untrained_model_is_far_from_real_music(preset):
    gan = small_gan(preset)
    data = km.datasets.for_model(gan, held_out=0.4)
    found = evaluate(gan, data, n=64, **QUICK)
    assert found["kernel"].best < found["kernel"].value
    assert found["kernel"].low > found["kernel"].best
    if preset == "pianoroll":  # the model is silent
        assert "without any" in found.left_out["notes in the best scale"]
        assert found["notes_per_bar"].value == 0.0 < found["notes_per_bar"].best
        assert found["pitch_classes_per_bar"].value == 0.0 < found["pitch_classes_per_bar"].best
        assert {"qualified notes", "tonal distance of two tracks"} <= set(found.left_out)


@pytest.mark.backend
def test_a_model_gets_the_conditions_of_the_held_out_music():
    gan = small_gan(
        "wavegan-small", conditions=[km.Pitch(60, 71), km.Label(["bell", "organ", "pluck", "reed"], "instrument")]
    )
    data = km.datasets.synthetic_notes(60, gan, held_out=0.5, low=60, high=71)
    held_out = MusicSet.from_dataset("held-out", data.held_out, gan, 100)
    generated = MusicSet.from_model(gan, 70, like=held_out)
    np.testing.assert_array_equal(generated.known["pitch"], np.resize(held_out.known["pitch"], 70))
    np.testing.assert_array_equal(generated.known["instrument"], np.resize(held_out.known["instrument"], 70))
    assert len(set(generated.known["instrument"])) == 4


def test_a_broken_model_and_missing_music_are_named():
    gan = small_gan("wavegan-small")
    with pytest.raises(ValueError, match="finite numbers.*diverged"):
        MusicSet.from_encoded("generated", np.full((2, 1024, 1), np.nan), gan.representation)
    with pytest.raises(ValueError, match="held-out part"):
        evaluate(gan, km.datasets.synthetic_drums(8, gan, held_out=0.0))
    sounds = MusicSet("sounds", np.zeros((8, 1024, 1)), 8000)
    with pytest.raises(TypeError, match="pair of them"):
        evaluate(sounds, km.datasets.synthetic_drums(8, gan))


def test_noise_of_notes_keeps_notes_but_not_their_order():
    tunes = km.datasets.compose(20, seed=1, bars=8)
    real = MusicSet("tunes", tunes)
    noise = real.noise(30, seed=1)
    assert len(noise) == 30 and [len(piece.pitch) for piece in noise.music[:20]] == [len(t.pitch) for t in tunes]
    assert set(np.concatenate([piece.pitch for piece in noise.music])) <= set(np.concatenate([t.pitch for t in tunes]))
    scale = [np.mean([km.metrics.in_scale_rate(p.pitch) for p in pieces.music]) for pieces in (real, noise)]
    assert scale[1] < scale[0] - 0.05


# Folders


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
