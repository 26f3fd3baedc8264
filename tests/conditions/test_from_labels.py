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


def test_a_pitch_that_is_none_is_named():
    with pytest.raises(ValueError, match="pitch='H4'"):
        conditions_from_labels([{"pitch": "H4"}])
