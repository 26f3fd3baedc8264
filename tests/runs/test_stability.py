import json
import re
from pathlib import Path

import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.runs.logs import REQUIRED
from keras_musicgan.runs.request import TrainingRequest
from keras_musicgan.runs.trend import Trend
from tests.support.command import musicgan

RECORDED = Path(__file__).parent / "recorded_runs"
FAULTS = {  # by the beginning of the file's name; what a rate far too high does first depends on the loss
    "rate_100_times": {"diverged", "collapsed"},
    "generator_frozen": {"discriminator won"},
    "discriminator_frozen": {"generator won"},
    "one_mode": {"collapsed"},
    "improving": {"still improving"},
    "levelled_off": {"balanced"},
}
FILES = sorted(RECORDED.glob("*.csv"))


def logs(n=12, **columns):
    """Logs of a balanced run, with some columns replaced."""
    rng = np.random.default_rng(3)
    balanced = {
        "discriminator_loss": 1.3 + 0.01 * rng.normal(size=n),
        "generator_loss": 0.8 + 0.01 * rng.normal(size=n),
        "real_score": 0.2 + 0.02 * rng.normal(size=n),
        "fake_score": -0.2 + 0.02 * rng.normal(size=n),
        "real_accuracy": np.full(n, 0.7),
        "fake_accuracy": np.full(n, 0.7),
        "penalty": np.full(n, 0.1),
        "output_diversity": 10 + 0.1 * rng.normal(size=n),
        "output_rms": 0.1 + 0.01 * rng.normal(size=n),
        "equal_share": np.zeros(n),
    }
    return {**balanced, **{name: np.asarray(values, "float64") for name, values in columns.items()}}


def test_there_is_a_recording_of_every_fault():
    assert {fault for fault in FAULTS for file in FILES if file.name.startswith(fault)} == set(FAULTS)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_recorded_faults_are_found(file):
    (expected,) = [verdicts for fault, verdicts in FAULTS.items() if file.name.startswith(fault)]
    found = km.experiments.report(file)
    assert found.verdict in expected, found.text()
    assert found.healthy == (found.verdict in ("balanced", "still improving", "past its best"))
    assert re.search(r"\d", found.findings[0].evidence)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_zero_of_the_scores_says_nothing(file):
    before = km.experiments.read_logs(file)
    moved = {**before, "real_score": before["real_score"] - 400.0, "fake_score": before["fake_score"] - 400.0}
    assert km.experiments.report(moved).verdict == km.experiments.report(before).verdict


def test_a_gap_that_shrinks_is_no_victory():
    wide = {"real_accuracy": np.full(12, 1.0), "fake_accuracy": np.full(12, 0.98), "fake_score": np.zeros(12)}
    won = km.experiments.report(logs(**wide, real_score=np.linspace(1, 3, 12)))
    assert won.verdict == "discriminator won" and "99%" in won.findings[0].evidence
    assert km.experiments.report(logs(**wide, real_score=np.linspace(3, 1, 12))).verdict == "balanced"
    quality = np.linspace(2.0, 0.5, 12)
    better = km.experiments.report(logs(**wide, real_score=np.linspace(1, 3, 12), quality_kernel=quality))
    assert better.verdict == "still improving"


def test_a_critic_in_equilibrium_may_be_wrong():
    fading = -0.6 * 0.5 ** np.arange(12.0)  # as a Wasserstein loss with a gradient penalty settles
    settled = logs(real_score=fading, fake_score=np.zeros(12), real_accuracy=[0.35] * 12, fake_accuracy=[0.35] * 12)
    assert km.experiments.report(settled).verdict == "balanced"
    assert km.experiments.report({**settled, "real_score": np.full(12, -0.6)}).verdict == "generator won"


def test_music_that_is_near_has_not_lost(tmp_path):
    right = {"real_accuracy": np.ones(12), "fake_accuracy": np.ones(12), "noise_kernel": np.ones(12)}
    apart = logs(**right, real_score=np.linspace(1, 3, 12), fake_score=np.zeros(12))
    near = np.r_[0.5, 0.3, 0.15 + 0.01 * np.sin(np.arange(10.0))]
    assert km.experiments.report({**apart, "quality_kernel": near}).verdict == "balanced"
    assert km.experiments.report({**apart, "quality_kernel": near + 0.2}).verdict == "discriminator won"
    level = 1 + 0.01 * np.sin(np.arange(12.0))  # from the first measurement on
    assert km.experiments.report({**apart, "quality_kernel": 0.05 * level}).verdict == "balanced"
    assert km.experiments.report({**apart, "quality_kernel": 0.25 * level}).verdict == "discriminator won"


def test_music_as_near_as_training_music_has_arrived():
    falling = np.linspace(0.5, 0.01, 12)
    for data, verdict in ((0.02, "still improving"), (0.2, "balanced")):
        found = km.experiments.report(logs(quality_kernel=falling, data_kernel=np.full(12, data)))
        assert found.verdict == verdict and f"that of training music is {data}" in found.text()
    narrow = {"output_diversity": np.linspace(3.0, 5.0, 12), "data_diversity": np.full(12, 10.0)}
    narrow |= {"quality_kernel": falling, "data_kernel": np.full(12, 0.2)}
    assert km.experiments.report(logs(**narrow)).verdict == "still improving"


def run_folder(path, columns, preset):
    """A folder with these logs and the configuration of a preset."""
    (path / "config.json").write_text(json.dumps(TrainingRequest(preset).config()))
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(["epoch", *columns]), *(",".join(map(str, [epoch, *row])) for epoch, row in enumerate(rows))]
    (path / "history.csv").write_text("\n".join(lines) + "\n")
    return path


def test_a_critic_is_judged_by_quality_and_not_by_accuracy(tmp_path):
    right = {"real_accuracy": np.ones(12), "fake_accuracy": np.ones(12)}
    apart = logs(**right, real_score=np.linspace(1, 3, 12), fake_score=np.zeros(12), noise_kernel=np.ones(12))
    assert km.experiments.report(run_folder(tmp_path, apart, "lecture-plain")).verdict == "discriminator won"
    critic = km.experiments.report(run_folder(tmp_path, apart, "lecture"))
    assert critic.verdict == "balanced" and "%" not in critic.findings[0].evidence
    noise = 0.9 + 0.01 * np.sin(np.arange(12.0))
    lost = km.experiments.report(run_folder(tmp_path, {**apart, "quality_kernel": noise}, "lecture"))
    assert lost.verdict == "discriminator won" and "that of noise is 1" in lost.text()
    nearer = np.linspace(1.2, 0.8, 12) + 0.1 * np.cos(3 * np.arange(12.0))
    better = km.experiments.report(run_folder(tmp_path, {**apart, "quality_kernel": nearer}, "lecture"))
    assert better.verdict == "still improving"


def test_noise_is_no_music():
    noise = 0.9 + 0.01 * np.sin(np.arange(12.0))
    far = km.experiments.report(logs(quality_kernel=noise, noise_kernel=np.ones(12)))
    assert far.verdict == "far from real" and not far.healthy
    assert km.experiments.report(logs(quality_kernel=noise)).verdict == "balanced"  # as before it was measured


def test_quality_that_turned_is_past_its_best():
    quality = np.r_[np.nan, np.nan, np.linspace(3, 1, 6), np.linspace(1.2, 3, 8)]
    found = km.experiments.report(logs(16, quality_kernel=quality))
    assert found.verdict == "past its best" and "1 in epoch 8" in found.findings[0].evidence
    assert found.measures["best_epoch"] == 8 and found.measures["quality_kernel"] == 1.0


def test_trends_are_rarely_seen_in_noise():
    rng = np.random.default_rng(0)
    noise = [Trend.from_values(1 + rng.uniform(size=20), np.arange(20.0)).direction for _ in range(400)]
    assert np.mean([direction != "level" for direction in noise]) < 0.1
    held = np.repeat([4.0, 3.0, 2.0, 1.0], 5)  # four measurements of twenty epochs are four, not twenty
    assert "last 4 measurements" in Trend.from_values(held, np.arange(20.0)).evidence
    assert Trend.from_values(held[:15], np.arange(15.0)).direction == "unknown"


@pytest.mark.parametrize("column", ["discriminator_loss", "generator_loss", "real_score"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_one_number_that_is_none_is_divergence(column, value):
    values = np.ones(8)
    values[-1] = value
    found = km.experiments.report(logs(8, **{column: values}))
    assert found.verdict == "diverged" and f"`{column}` is {value} in epoch 8" in found.text()


def test_short_runs_get_no_verdict():
    for n in (1, 5):
        assert km.experiments.report(logs(n, equal_share=np.ones(n))).verdict == "too short to tell"
        won = km.experiments.report(logs(n, real_score=np.zeros(n), fake_score=np.ones(n)))
        assert [finding.verdict for finding in won.findings] == ["too short to tell"]
    assert km.experiments.report(logs(6, equal_share=np.ones(6))).verdict == "collapsed"
    assert km.experiments.report(logs(1, generator_loss=[np.nan])).verdict == "diverged"


def test_nothing_that_moves_stands_still():
    still = logs(output_diversity=np.full(12, 9.5), output_rms=np.full(12, 0.25))
    assert km.experiments.report(still).verdict == "standing still"
    assert km.experiments.report(logs()).verdict == "balanced"
    older = {name: values for name, values in still.items() if not name.startswith(("output", "equal", "penalty"))}
    found = km.experiments.report(older)
    assert found.verdict == "balanced" and "was not measured" in found.text()
    assert np.isnan(found.measures["output_diversity"]) and np.isnan(found.measures["quality_kernel"])


def test_spread_of_the_gap_in_closed_form():
    steady = km.experiments.report(logs(real_score=np.ones(12), fake_score=np.zeros(12)))
    assert steady.measures["score_spread"] == 0.0 and steady.measures["score_gap"] == 1.0
    swinging = km.experiments.report(logs(real_score=[1, -1] * 6, fake_score=np.zeros(12)))
    assert swinging.measures["score_spread"] == pytest.approx(1.0)


def test_later_rows_of_an_epoch_count_and_no_value_is_nan(tmp_path):
    names = [*REQUIRED, "quality_kernel"]
    rows = [(0, 1.0, 9.0), (1, 2.0, "NA"), (2, 3.0, ""), (1, 5.0, 4.0), (2, 6.0, 3.0)]
    table = [",".join(["epoch", *names])]
    table += [",".join(map(str, [epoch, *[value] * 6, quality])) for epoch, value, quality in rows[:3]]
    (tmp_path / "history.csv").write_text("\n".join(table) + "\n")
    read = km.experiments.read_logs(tmp_path)
    np.testing.assert_array_equal(read["quality_kernel"], [9.0, np.nan, np.nan])
    table += [",".join(map(str, [epoch, *[value] * 6, quality])) for epoch, value, quality in rows[3:]]
    (tmp_path / "history.csv").write_text("\n".join(table) + "\n")
    read = km.experiments.read_logs(tmp_path / "history.csv")
    np.testing.assert_array_equal(read["epoch"], [1, 2, 3])
    np.testing.assert_array_equal(read["real_score"], [1.0, 5.0, 6.0])
    np.testing.assert_array_equal(read["quality_kernel"], [9.0, 4.0, 3.0])


def test_what_holds_no_logs_is_named(tmp_path):
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "header.csv").write_text("epoch,real_score\n")
    (tmp_path / "other.csv").write_text("name,value\na,1\n")
    for given, error, message in (
        (tmp_path, FileNotFoundError, "history.csv"),
        (tmp_path / "none", FileNotFoundError, "does not exist"),
        (tmp_path / "empty.csv", ValueError, "at least one epoch"),
        (tmp_path / "header.csv", ValueError, "at least one epoch"),
        (tmp_path / "other.csv", ValueError, "a column `epoch`"),
        ({}, ValueError, "at least one epoch"),
        ({name: [] for name in logs()}, ValueError, "at least one epoch"),
        ({"loss": [1.0]}, ValueError, "discriminator_loss"),
        ({**logs(), "penalty": [1.0]}, ValueError, "columns of 1, 12"),
        (3, TypeError, "history of type int"),
    ):
        with pytest.raises(error, match=re.escape(message)):
            km.experiments.report(given)


def test_the_command_prints_the_report_and_json():
    file = RECORDED / "one_mode_wasserstein.csv"
    status, output, _ = musicgan("report", file)
    assert status == 0 and output.startswith("collapsed: ") and "try: " in output
    printed = json.loads(musicgan("report", file, "--json")[1])
    assert printed["verdict"] == "collapsed" and printed["measures"]["epochs"] == 10
    status, _, errors = musicgan("report", RECORDED / "none")
    assert status == 2 and "must be a folder or its history.csv" in errors
