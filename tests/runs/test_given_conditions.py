"""Conditions by the file of a model: what is refused before Keras reads it."""

import pytest

import keras_musicgan as km
from keras_musicgan.runs.given_conditions import check_given_conditions
from tests.support.models import toy_gan


class Loudness(km.Value):
    """A condition of the user's own, which the file alone does not explain."""


def saved(folder, *conditions):
    toy_gan("audio", list(conditions), length=4).save(folder / "model.keras")
    return folder / "model.keras"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"pitch": "59"}, "`pitch` must be a whole number from 60 to 71. Received: pitch='59'"),
        ({"pitch": ["60", "C6"]}, "pitch='C6', which is 84"),
        ({"kind": "hum"}, "`kind` must be one of 'ham', 'egg', or its index. Did you mean 'ham'"),
        ({"tempo": "30"}, "`tempo` must be a number from 60 to 180. Received: tempo='30'"),
        ({"glow": "much"}, "`glow` must be a number from 0 to 1. Received: glow='much'"),
        ({"pich": "60"}, "`condition` must be one of 'pitch', .*Did you mean 'pitch'"),
    ],
)
def test_values_are_held_against_the_file(given, message, tmp_path):
    file = saved(
        tmp_path, km.Pitch(60, 71), km.Label(["ham", "egg"], "kind"), km.Tempo(60, 180), km.Value("glow", 0, 1)
    )
    check_given_conditions(file, {"pitch": ["C4", "71"], "kind": "egg", "tempo": "180", "glow": "0.5"})
    with pytest.raises(ValueError, match=message):
        check_given_conditions(file, given)


def test_a_model_without_conditions_takes_none(tmp_path):
    file = saved(tmp_path)
    check_given_conditions(file, {})
    with pytest.raises(ValueError, match="model takes no conditions. Received: pitch"):
        check_given_conditions(file, {"pitch": "60"})


def test_conditions_of_other_kinds_are_left_to_the_model(tmp_path):
    check_given_conditions(saved(tmp_path, km.Pitch(60, 71), Loudness("loudness", 0, 1)), {"anything": "1"})
