import math

import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.experiments import Range, estimate_effects
from keras_musicgan.experiments.design import choose_settings


def test_means_and_intervals_are_students():
    from scipy import stats

    values = {1: [0.0, 2.0, 1.5], 2: [10.0, 14.0], 3: [5.0]}
    settings = [{"a": value} for value, numbers in values.items() for _ in numbers]
    (effect,) = estimate_effects({"a": [1, 2, 3]}, settings, "x", [x for numbers in values.values() for x in numbers])
    assert list(effect.means) == ["1", "3", "2"], "the best first"
    for value in (1, 2):
        interval = stats.ttest_1samp(values[value], 0).confidence_interval(0.95)
        mean = effect.means[str(value)]
        assert mean.mean == pytest.approx(np.mean(values[value])) and mean.runs == len(values[value])
        assert (mean.mean - mean.margin, mean.mean + mean.margin) == pytest.approx(tuple(interval))
    assert math.isinf(effect.means["3"].margin) and not effect.clear, "one run tells nothing of chance"


def test_planted_effects_are_clear_and_few_seeds_are_not_enough():
    axes = {"a": [1, 2, 3], "b": ["x", "y"], "rate": Range(1e-4, 1e-2)}
    settings = choose_settings(axes, 12, seed=4) * 2
    rng = np.random.default_rng(0)
    values = [{1: 0.0, 2: 50.0, 3: 10.0}[setting["a"]] + rng.normal() for setting in settings]
    a, b, rate = estimate_effects(axes, settings, "x", values)
    assert list(a.means) == ["1", "3", "2"] and a.clear and not b.clear and not rate.clear
    assert a.means["2"].mean == pytest.approx(50, abs=1) and a.means["2"].runs == 8
    (a, *_) = estimate_effects(axes, settings, "x", values, lower_is_better=False)
    assert list(a.means) == ["2", "3", "1"] and a.clear
    log_rates = [math.log10(setting["rate"]) for setting in settings]
    *_, rate = estimate_effects(axes, settings, "x", log_rates)
    assert [mean.mean for mean in rate.means.values()] == pytest.approx([-4 + 1 / 3, -3, -2 - 1 / 3], abs=0.1)
    assert rate.clear and [mean.runs for mean in rate.means.values()] == [8, 8, 8]
    wide, values = [{"b": value} for value in "xxyy"], [0.0, 2.0, 3.0, 5.0]
    for n, clear in ((1, False), (4, True)):  # the same spread from two runs of each value, and from eight
        (effect,) = estimate_effects({"b": ["x", "y"]}, wide * n, "x", values * n)
        assert effect.means["x"].mean == 1 and effect.clear is clear


@pytest.mark.parametrize(("runs", "seeds"), [(None, 2), (8, 1), (8, 2)])
def test_noise_is_rarely_called_an_effect(runs, seeds):
    axes = {"a": [1, 2, 3], "b": ["x", "y"]} if runs is None else {"a": [1, 2], "b": ["x", "y"], "c": Range(1, 9)}
    rng, false = np.random.default_rng(5), 0
    settings = choose_settings(axes, runs) * seeds
    for _ in range(300):
        false += any(effect.clear for effect in estimate_effects(axes, settings, "x", rng.normal(size=len(settings))))
    assert false / 300 < 0.05


def test_a_value_without_a_measurement_is_left_out():
    settings = [{"a": 1}, {"a": 1}, {"a": 2}, {"a": 3}]
    (effect,) = estimate_effects({"a": [1, 2, 3]}, settings, "x", [0.0, np.nan, np.nan, 5.0])
    assert {value: (mean.mean, mean.runs) for value, mean in effect.means.items()} == {"1": (0, 1), "3": (5, 1)}
    assert estimate_effects({"a": [1, 2, 3]}, settings, "x", [0.0, 1.0, np.nan, np.nan]) == []


def test_equal_values_have_no_effect_at_all():
    settings = [{"a": a, "b": b} for a in (1, 2) for b in (1, 2)] * 3
    for effect in estimate_effects({"a": [1, 2], "b": [1, 2]}, settings[:-1], "x", [0.1] * 11):
        assert {(mean.mean, mean.margin) for mean in effect.means.values()} == {(0.1, 0.0)} and not effect.clear


def test_the_earlier_name_of_the_effects_warns():
    with pytest.warns(DeprecationWarning, match="estimate_effects"):
        assert km.experiments.effects_of is estimate_effects
