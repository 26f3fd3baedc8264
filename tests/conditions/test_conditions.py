"""Conditions: their numbers and vectors, the values that are drawn, what is refused."""

import numpy as np
import pytest
from keras import ops

import keras_musicgan as km
from keras_musicgan.conditions import Conditions
from keras_musicgan.conditions.conditions import REMEMBERED
from tests.support.harness import check_config_round_trip
from tests.support.models import toy_gan


@pytest.fixture(scope="module")
def level_gan():
    """A model of four samples a clip, to be read only."""
    gan = toy_gan("audio", [km.Value("level", 0, 1)], length=4)
    gan.compile(run_eagerly=True)
    return gan


@pytest.mark.parametrize(
    ("text", "number"),
    [("C4", 60), ("Fs4", 66), ("F#4", 66), ("Gb4", 66), ("as4", 70), ("B4", 71), ("64", 64), (67, 67)],
)
def test_a_pitch_by_number_and_name(text, number):
    assert km.Pitch(60, 71).number(text) == number


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        (km.Pitch(60, 71), 59),
        (km.Pitch(60, 71), "C5"),
        (km.Pitch(60, 71), 60.5),
        (km.Pitch(60, 71), "H4"),
        (km.Pitch(60, 71), float("nan")),
        (km.Tempo(80, 160), 200),
        (km.Tempo(80, 160), "fast"),
        (km.Label(["a", "b"], name="kind"), "c"),
        (km.Label(["a", "b"], name="kind"), 2),
        (km.Label(["a", "b"], name="kind"), 0.5),
        (km.Value("depth", -1, 1), None),
    ],
)
def test_a_wrong_value_is_named(condition, value):
    with pytest.raises(ValueError, match=rf"`{condition.name}` must be .*Received: {condition.name}="):
        condition.number(value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: km.Pitch(70, 60),
        lambda: km.Pitch(-1, 60),
        lambda: km.Pitch(60.5, 70),
        lambda: km.Tempo(0, 60),
        lambda: km.Value("depth", 1, 1),
        lambda: km.Label([]),
        lambda: km.Label(["a", "a"]),
        lambda: Conditions([km.Pitch(0, 1), km.Pitch(2, 3)]),
        lambda: Conditions(["colour"]),
        lambda: Conditions([km.Value("seed", 0, 1)]),
    ],
)
def test_a_wrong_condition_is_refused(make):
    with pytest.raises((ValueError, TypeError), match="Received"):
        make()


@pytest.mark.backend
def test_the_vector_of_numbers_side_by_side():
    conditions = Conditions([km.Pitch(60, 62), km.Tempo(80, 120), km.Label(["a", "b"])])
    vector = conditions({"pitch": np.array([60, 62]), "tempo": np.array([[80.0], [110.0]]), "label": np.array([1, 0])})
    assert conditions.width == 6
    np.testing.assert_allclose(ops.convert_to_numpy(vector), [[1, 0, 0, -1, 0, 1], [0, 0, 1, 0.5, 1, 0]])


@pytest.mark.backend
def test_a_number_out_of_range_becomes_nan_and_nothing_else_does():
    conditions = Conditions([km.Pitch(60, 62), km.Value("depth", 0, 1)])
    vector = conditions({"pitch": np.array([59.0, 60.4, 62.0, 63.0]), "depth": np.array([0.0, 1.0, 1.1, 0.5])})
    in_range = [True, True, False, True]
    expected = np.transpose([in_range] * 3 + [[False, False, True, False]])
    np.testing.assert_array_equal(np.isnan(ops.convert_to_numpy(vector)), expected)


@pytest.mark.backend
def test_the_loss_of_a_prediction_in_closed_form():
    conditions = Conditions([km.Label(["a", "b"]), km.Value("depth", 0, 1)])
    encoded = conditions({"label": np.array([0.0, 1.0]), "depth": np.array([0.0, 1.0])})
    predicted = np.array([[np.log(3), 0, -1.0], [0, 0, 0.0]], "float32")
    expected = -(np.log(0.75) + np.log(0.5)) / 2 + (0 + 1) / 2
    loss = conditions.loss(ops.convert_to_tensor(predicted), encoded)
    np.testing.assert_allclose(ops.convert_to_numpy(loss), expected, rtol=1e-6)


def test_config_round_trips():
    for condition in (km.Pitch(60, 71), km.Tempo(80, 160), km.Label(["a", "b"], name="kind"), km.Value("depth", 0, 1)):
        check_config_round_trip(condition)
    assert check_config_round_trip(Conditions([km.Pitch(60, 61), km.Label(["a"])])).names == ["pitch", "label"]


@pytest.mark.backend
def test_repr_shows_all_conditions():
    conditions = Conditions([km.Pitch(60, 83), km.Label(["flute", "oboe"], name="instrument")])
    expected = "Conditions([Pitch(low=60, high=83), Label(names=['flute', 'oboe'], name='instrument')])"
    assert repr(conditions) == expected


def test_what_is_left_out_is_drawn_as_the_data_have_it():
    conditions = Conditions([km.Pitch(60, 71), km.Label(["low", "high"])])
    before = conditions.complete({}, 500, seed=1)
    assert set(before["pitch"]) == set(range(60, 72)), "evenly before any training"
    rng = np.random.default_rng(0)
    label = (rng.random(10_000) < 0.8).astype("float32")
    conditions.remember({"pitch": 60 + 6 * label + rng.integers(0, 6, 10_000), "label": label})
    drawn = conditions.complete({}, 2000, seed=1)
    assert abs(drawn["label"].mean() - 0.8) < 0.04
    np.testing.assert_array_equal(drawn["pitch"] >= 66, drawn["label"] == 1)
    high = conditions.complete({"label": "high"}, 500, seed=1)["pitch"]
    assert set(high) == set(range(66, 72))
    each = conditions.complete({"pitch": [60, 70]}, 2, seed=1)["label"]
    np.testing.assert_array_equal(each, [0, 1])
    np.testing.assert_array_equal(drawn["pitch"], conditions.complete({}, 2000, seed=1)["pitch"])
    assert np.isfinite(ops.convert_to_numpy(conditions.remembered)).all() and REMEMBERED < 10_000


@pytest.mark.backend
def test_the_discriminator_takes_conditions(level_gan):
    clips = np.ones((3, 4, 1), "float32")
    first, second = level_gan.discriminate(clips, level=0.0), level_gan.discriminate(clips, level=1.0)
    assert first.shape == (3, 1) and not np.allclose(first, second)
    with pytest.raises(ValueError, match="without 'level'"):
        level_gan.discriminate(clips)


def test_a_model_without_conditions_takes_none(gan):
    with pytest.raises(ValueError, match="takes no conditions.*'pitch'"):
        gan.generate(pitch=60)
    with pytest.raises(ValueError, match="call `fit\\(x\\)` without `y`"):
        gan.fit(np.zeros((4, 16)), {"pitch": np.zeros(4)}, verbose=0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"level": 2}, "Received: level=2"),
        ({"level": [0.1, 0.2], "n": 3}, "one for each of 3 clips"),
        ({"level": [0.1, 0.2], "latents": np.zeros((3, 4))}, "one for each of 3 clips"),
        ({"latents": np.zeros((3, 4)), "n": 2}, "`n` must be the number of latents, 3"),
        ({"colour": 1}, "a condition 'colour', which it does not know"),
    ],
)
def test_generate_refuses(level_gan, arguments, message):
    with pytest.raises(ValueError, match=message):
        level_gan.generate(**arguments)


def test_a_discriminator_that_knows_nothing_of_conditions_is_refused(level_gan):
    plain = toy_gan(length=4).discriminator
    with pytest.raises(
        ValueError, match=r"a shape of \(2,\), or take \[clips, conditions\].*networks.conditioning_head"
    ):
        km.MusicGAN(level_gan.generator, plain, level_gan.representation, 4, conditions=[km.Value("level", 0, 1)])


@pytest.mark.parametrize("name", ["n", "seconds", "x", "", "two words", "1st", "class", 3, None])
def test_names_that_generate_cannot_take_are_refused_when_the_model_is_made(name):
    for condition in (km.Value(name, 0, 1), km.Label(["a", "b"], name=name)):
        with pytest.raises(ValueError, match="condition.*Received: name="):
            Conditions([condition])


def test_a_saved_model_keeps_a_name_that_is_taken_now():
    saved = Conditions([km.Value("steps", 0, 1)], any_names=True).get_config()
    assert Conditions.from_config(saved).names == ["steps"]
