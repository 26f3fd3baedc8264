import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.conditions import Conditions
from keras_musicgan.embeddings import LogMelPatches
from keras_musicgan.evaluation import MusicSet
from keras_musicgan.evaluation.features import Features
from keras_musicgan.evaluation.targets import Targets, label_shortfall, searched_pitches, shortfall

RATE = 8000
CONDITIONS = Conditions([km.Pitch(60, 71), km.Label(["bell", "organ", "pluck", "reed"], "instrument")])


def notes(n, seed):
    clips, labels = km.datasets.make_notes(n, seed=seed, sample_rate=RATE, length=4000, low=60, high=71)
    return MusicSet("notes", clips, RATE, {name: np.asarray(labels[name]) for name in ("pitch", "instrument")})


@pytest.fixture(scope="module")
def sets():
    training, held_out = notes(120, 0), notes(40, 1)
    embedding = LogMelPatches(8).fit(training.music, RATE)
    return Features(training, embedding), Features(held_out, embedding), embedding


def with_known(features, **known):
    pieces = MusicSet("notes", features.pieces.music, RATE, {**features.pieces.known, **known})
    return Features(pieces, features.embedding)


def test_real_clips_meet_their_targets_and_wrong_targets_are_missed(sets):
    training, held_out, _ = sets
    targets = Targets(CONDITIONS, training, held_out)
    assert targets.names == ("target_pitch_rate", "target_label_rate")
    assert targets.anchors["data_pitch_rate"] > 0.9 and targets.anchors["data_label_rate"] > 0.8
    assert 0.2 < targets.anchors["chance_label_rate"] < 0.4
    known = held_out.pieces.known
    wrong = with_known(
        held_out,
        pitch=known["pitch"] + 1,
        instrument=np.where(known["instrument"] == "bell", "organ", "bell"),
    )
    rates = targets.rates(wrong)
    assert rates["target_pitch_rate"] == 0.0 and rates["target_label_rate"] < 0.2
    assert shortfall({**targets.anchors, **rates}) == 1.0
    assert shortfall({**targets.anchors, **targets.rates(held_out)}) == 0.0


def test_what_cannot_be_heard_is_left_out(sets):
    training, held_out, _ = sets
    assert Targets(Conditions([km.Tempo(60, 120)]), training, held_out).names == ()
    one_class = with_known(training, instrument=np.array(["bell"] * len(training)))
    assert Targets(CONDITIONS, one_class, held_out).names == ("target_pitch_rate",)
    few = Features(held_out.pieces.take(range(8)), held_out.embedding)
    assert Targets(CONDITIONS, training, few).names == ("target_pitch_rate",)
    assert searched_pitches(km.Pitch(60, 110), RATE, 4000) is None  # above half the sample rate


def test_pitches_are_looked_for_an_octave_around_where_it_fits():
    assert searched_pitches(km.Pitch(60, 71), 16000, 16000) == (48, 83)
    low, high = searched_pitches(km.Pitch(48, 96), RATE, 640)  # a frame and 15 ms, the period of 67 Hz
    assert low == pytest.approx(36.8, abs=0.1) and high == pytest.approx(106.7, abs=0.1)


def test_labels_count_beyond_chance_and_only_if_they_can_be_heard():
    anchors = {"data_label_rate": 0.9, "chance_label_rate": 0.1}
    assert label_shortfall({**anchors, "target_label_rate": 0.1}) == 1.0
    assert label_shortfall({**anchors, "target_label_rate": 0.46}) == pytest.approx(0.5)
    assert label_shortfall({"data_label_rate": 0.4, "chance_label_rate": 0.1, "target_label_rate": 0.1}) == 0.0
    assert label_shortfall({**anchors, "target_label_rate": float("nan")}) == 0.0


def test_labels_of_notes_are_heard_in_their_statistics():
    slow, fast = (
        [
            km.notes.Notes(start=np.arange(8) * beats, duration=[beats] * 8, pitch=60 + np.arange(8) * seed % 7)
            for seed in range(24)
        ]
        for beats in (0.5, 2.0)
    )
    pieces = [*slow, *fast]
    known = {"kind": np.repeat(["slow", "fast"], 24)}
    music = MusicSet("pieces", pieces, None, known)
    embedding = km.embeddings.NoteStatistics().fit(pieces)
    features = Features(music, embedding)
    targets = Targets(Conditions([km.Label(["slow", "fast"], "kind")]), features, features)
    assert targets.names == ("target_label_rate",) and targets.anchors["data_label_rate"] == 1.0
