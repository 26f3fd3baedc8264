import itertools
import math

import pytest

from keras_musicgan.experiments import Range
from keras_musicgan.experiments.design import choose_settings


def test_settings_are_the_grid_or_evenly_drawn():
    lists = {"a": [1, 2, 3], "b": ["x", "y"]}
    grid = choose_settings(lists)
    assert len({repr(setting) for setting in grid}) == 6 and choose_settings(lists, 50) == grid
    axes = {**lists, "c": Range(1e-4, 1e-2), "d": Range(1, 12)}
    drawn = choose_settings(axes, 12, seed=1)
    assert drawn == choose_settings(axes, 12, seed=1) != choose_settings(axes, 12, seed=2)
    for name, values in lists.items():
        counts = [sum(setting[name] == value for setting in drawn) for value in values]
        assert counts == [12 // len(values)] * len(values)
    twelfths = sorted(math.floor((math.log10(setting["c"]) + 4) / 2 * 12 + 1e-3) for setting in drawn)
    assert twelfths == list(range(12))
    assert all(isinstance(setting["d"], int) and 1 <= setting["d"] <= 12 for setting in drawn)
    uneven = [setting["a"] for setting in choose_settings(axes, 11)]
    assert sorted(uneven.count(value) for value in (1, 2, 3)) == [3, 4, 4]
    for seed in range(5):
        few = choose_settings({"a": [1, 2], "b": [1, 2], "c": [1, 2]}, 4, seed)
        assert len({repr(setting) for setting in few}) == 4
        for one, other in itertools.combinations("abc", 2):
            assert len({(setting[one], setting[other]) for setting in few}) == 4, "no two change together"
    assert len(choose_settings(axes, 1)) == 1
    with pytest.raises(ValueError, match="--runs"):
        choose_settings(axes)
