import numpy as np
import pytest

import keras_musicgan as km
from tests.runs.test_stability import logs

PITCH = {"data_pitch_rate": np.full(12, 0.98)}
LABEL = {"data_label_rate": np.full(12, 0.9), "chance_label_rate": np.full(12, 0.1)}


@pytest.mark.parametrize(
    ("columns", "verdict"),
    [
        ({**PITCH, "target_pitch_rate": np.full(12, 0.06)}, "out of tune"),
        ({**PITCH, "target_pitch_rate": np.full(12, 0.95)}, "balanced"),
        ({**LABEL, "target_label_rate": np.full(12, 0.15)}, "labels ignored"),
        ({**LABEL, "target_label_rate": np.full(12, 0.6)}, "balanced"),
        ({"data_pitch_rate": np.full(12, 0.1), "target_pitch_rate": np.full(12, 0.1)}, "labels unheard"),
        ({**LABEL, "data_label_rate": np.full(12, 0.12), "target_label_rate": np.full(12, 0.1)}, "labels unheard"),
        ({"data_diversity": np.full(12, 17.5), "output_diversity": np.full(12, 9.0)}, "collapsed"),
        ({"data_diversity": np.full(12, 17.5), "output_diversity": np.full(12, 15.0)}, "balanced"),
        ({"data_diversity": np.full(12, 17.5), "output_diversity": np.r_[np.full(10, 9.0), 15, 16]}, "balanced"),
        ({"data_conditional_diversity": np.full(12, 8.0), "conditional_diversity": np.full(12, 0.1)}, "collapsed"),
        ({"data_conditional_diversity": np.full(12, np.nan), "conditional_diversity": np.full(12, 0.1)}, "balanced"),
    ],
)
def test_a_run_is_judged_by_what_it_is_for(columns, verdict):
    quality = 0.1 + 0.001 * np.random.default_rng(0).normal(size=12)
    found = km.experiments.report(logs(quality_kernel=quality, **columns))
    assert found.verdict == verdict, found.text()
    assert found.healthy == (verdict == "balanced")


def test_the_best_epoch_is_in_tune_and_then_near_to_real_music():
    quality = np.r_[np.nan, 0.3, 0.02, 0.2, 0.1, 0.15]
    rates = np.r_[np.nan, 0.0, 0.1, 0.93, 0.95, 1.0]
    found = km.experiments.report(logs(6, quality_kernel=quality, target_pitch_rate=rates, data_pitch_rate=np.ones(6)))
    assert found.measures["best_epoch"] == 5 and found.measures["target_pitch_rate"] == 0.95
    resumed = logs(
        6, quality_kernel=quality, target_pitch_rate=np.r_[[np.nan] * 4, 0.2, 0.3], data_pitch_rate=np.ones(6)
    )
    assert km.experiments.report(resumed).measures["best_epoch"] == 6  # the earlier epochs have no rates
    older = km.experiments.report(logs(6, quality_kernel=quality))
    assert older.measures["best_epoch"] == 3 and np.isnan(older.measures["target_pitch_rate"])


def test_a_rate_that_rises_is_worth_waiting_for():
    rising = logs(**PITCH, target_pitch_rate=np.linspace(0, 0.5, 12), quality_kernel=np.full(12, 0.1))
    assert "train longer: 24 epochs" in km.experiments.report(rising).text()
    low = logs(12, data_diversity=np.full(12, 20.0), output_diversity=np.linspace(4, 8, 12))
    assert "train longer" in km.experiments.report(low).text()
    worse = km.experiments.report({**low, "quality_kernel": np.linspace(0.1, 0.5, 12)})
    assert worse.verdict == "collapsed" and "train longer" not in worse.text()  # "past its best" says the contrary
    better = km.experiments.report({**low, "quality_kernel": np.linspace(0.5, 0.1, 12)})
    assert better.verdict == "still improving" and "two outputs differ by 8.0 dB" in better.text()
    level = {**rising, "target_pitch_rate": np.full(12, 0.3)}
    assert "more clips of each pitch" in km.experiments.report(level).text()
