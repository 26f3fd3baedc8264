import pytest

import keras_musicgan as km
from keras_musicgan.conditions.from_labels import conditions_from_labels


def test_pitches_become_a_range_and_names_a_label():
    labels = [{"kind": "oboe", "pitch": "Fs3", "take": f"{n}"} for n in range(70)] + [
        {"kind": "flute", "pitch": "84", "take": "x"}
    ]
    found = conditions_from_labels(labels)
    assert found == [("label", {"names": ["flute", "oboe"], "name": "kind"}), ("pitch", {"low": 54, "high": 84})]
    assert list(km.MusicGAN.from_preset("notes", conditions=found).conditions.names) == ["kind", "pitch"]


def test_a_label_with_one_name_tells_nothing():
    assert conditions_from_labels([{"kind": "a"}, {"kind": "a"}]) == []
    assert conditions_from_labels([]) == []


def test_a_label_whose_name_cannot_be_an_argument_is_no_condition():
    labels = [{name: kind for name in ("kind", "sample_rate", "is loud")} for kind in "ab"]
    labels = [{**each, "pitch": f"{60 + n} "} for n, each in enumerate(labels)]
    assert conditions_from_labels(labels) == [
        ("label", {"names": ["a", "b"], "name": "kind"}),
        ("pitch", {"low": 60, "high": 61}),
    ]
    assert conditions_from_labels([{"pitch": "A4 "}]) == [("pitch", {"low": 69, "high": 69})]


def test_a_file_whose_pitch_cannot_be_read_counts_for_nothing():
    labels = [{"kind": "flute", "pitch": "60"}, {"kind": "oboe", "pitch": "62"}, {"kind": "my", "pitch": "take"}]
    (_, kinds), (_, pitches) = conditions_from_labels(labels)
    assert kinds["names"] == ["flute", "oboe"] and pitches == {"low": 60, "high": 62}


def test_pitches_of_which_none_can_be_read_are_named():
    with pytest.raises(ValueError, match="Received: 'H4', 'snare'.*another name"):
        conditions_from_labels([{"pitch": "H4"}, {"pitch": "snare"}])
