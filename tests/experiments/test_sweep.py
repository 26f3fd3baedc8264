import csv
import itertools
import json
import math
import sys

import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.experiments import Range, estimate_effects, figure, read_sweep
from keras_musicgan.experiments.axes import check_axes, parse_try, request_with
from keras_musicgan.experiments.design import choose_settings
from tests.support.command import musicgan

SMALL = {
    "generator": {"units": [8]},
    "discriminator": {"units": [8]},
    "representation": {"length": 16, "sample_rate": 4000},
    "recipe": {"pieces": 4},
}
SWEEP = ["sweep", "--preset", "lecture", "--epochs", "1", "--seeds", "1"]
for part, options in SMALL.items():
    for key, value in options.items():
        SWEEP += ["--set", f"{part}.{key}={json.dumps(value)}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("latent_dim=16,64", ("latent_dim", [16, 64])),
        ("loss=hinge", ("loss", ["hinge"])),
        ("penalty=none,r1=2,r1+r2", ("penalty", ["none", "r1=2", "r1+r2"])),
        ("batch_size=16..64", ("batch_size", Range(16, 64))),
        ("model.ema_momentum=0.9..0.999", ("model.ema_momentum", Range(0.9, 0.999))),
        ('data.clip="a,b",c', ("data.clip", ["a,b", "c"])),
    ],
)
def test_values_to_try_are_parsed(text, expected):
    assert parse_try(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("latent_dims=1,2", "Did you mean 'latent_dim'"),
        ("generatr.width=1,2", "Did you mean 'generator'"),
        ("generator.=1", "PART.NAME"),
        ("latent_dim", "NAME=VALUE"),
        ("latent_dim=", "must not be empty"),
        ("latent_dim=1,,2", "must not be empty"),
        ("latent_dim=1,1", "tried once"),
        ("learning_rate=1e-3..1e-4", "smaller to its larger"),
        ("learning_rate=a..b", "two numbers"),
        ("loss=1..2", "chosen by name"),
    ],
)
def test_wrong_values_to_try_are_named(text, message, tmp_path):
    status, _, errors = musicgan(*SWEEP, "--out", tmp_path / "s", "--try", text)
    assert status == 2 and message in errors and not (tmp_path / "s").exists()


def test_one_name_is_varied_once():
    with pytest.raises(ValueError, match="twice"):
        check_axes({"generator.learning_rate": [1], "generator_optimizer.learning_rate": [2]})
    with pytest.raises(ValueError, match="Received: none"):
        check_axes({})
    with pytest.raises(TypeError, match="must be a list"):
        check_axes({"loss": "hinge"})


def test_a_setting_becomes_the_request_of_train():
    setting = {
        "latent_dim": 16,
        "penalty": "r1=2+r2",
        "batch_size": 4,
        "optimizer": "rmsprop",
        "generator_optimizer.learning_rate": 0.5,
        "generator.units": [4],
    }
    request = request_with(setting, {"generator": {"alpha": 1}}, preset="lecture", seed=3)
    assert request["overrides"] == {
        "generator": {"alpha": 1, "units": [4]},
        "latent_dim": 16,
        "recipe": {"batch_size": 4},
    }
    assert request["compile"]["penalties"] == [["r1", {"weight": 2.0}], "r2"]
    assert request["compile"]["generator_optimizer"] == {"class_name": "rmsprop", "config": {"learning_rate": 0.5}}
    assert request["compile"]["discriminator_optimizer"] == {"class_name": "rmsprop", "config": {}}
    assert request["seed"] == 3 and request["preset"] == "lecture"


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


def test_hyperparameters_that_change_only_together_are_not_clear(tmp_path):
    settings = [{"a": 1, "b": "x", "c": 1}, {"a": 2, "b": "y", "c": 1}, {"a": 2, "b": "y", "c": 2}] * 3
    axes = {"a": [1, 2], "b": ["x", "y"], "c": [1, 2]}
    a, b, c = estimate_effects(axes, settings, "healthy", [0, 5, 5] * 3, lower_is_better=False)
    assert (a.confounded_with, b.confounded_with, c.confounded_with) == (("b",), ("a",), ())
    assert list(a.means) == ["2", "1"] and not a.clear and not b.clear
    (a,) = estimate_effects({"a": [1, 2]}, settings, "healthy", [0, 5, 5] * 3)
    assert a.clear
    together = [{"latent_dim": 16, "learning_rate": 0.001}, {"latent_dim": 64, "learning_rate": 0.1}]
    result = read_sweep(planted(tmp_path / "sweep", together))
    assert "not clear: it changed only together with learning_rate" in result.text()


def test_equal_values_have_no_effect_at_all():
    settings = [{"a": a, "b": b} for a in (1, 2) for b in (1, 2)] * 3
    for effect in estimate_effects({"a": [1, 2], "b": [1, 2]}, settings[:-1], "x", [0.1] * 11):
        assert {(mean.mean, mean.margin) for mean in effect.means.values()} == {(0.1, 0.0)} and not effect.clear


def test_the_earlier_name_of_the_effects_warns():
    with pytest.warns(DeprecationWarning, match="estimate_effects"):
        assert km.experiments.effects_of is estimate_effects


@pytest.mark.slow
def test_a_sweep_that_is_stopped_goes_on_and_keeps_failed_runs(tmp_path, monkeypatch):
    module = sys.modules["keras_musicgan.experiments.sweep"]  # the function of that name hides it
    out, train, begun = tmp_path / "sweep", module.train, []

    def stopped_in_the_second(run, *arguments, **options):
        begun.append(run.path.name)
        if len(begun) == 2:
            raise KeyboardInterrupt
        return train(run, *arguments, **options)

    command = [*SWEEP, "--out", out, "--try", "learning_rate=2e-4,1e38"]
    monkeypatch.setattr(module, "train", stopped_in_the_second)
    status, output, _ = musicgan(*command)
    assert status == 130 and f"musicgan sweep --resume --out {out}" in output.replace("\n", "")
    first = (out / "run_0001" / "config.json").stat().st_mtime_ns
    assert read_sweep(out).left == 1
    status, _, errors = musicgan(*command)
    assert status == 2 and "holds a sweep" in errors and "--resume" in errors
    status, _, errors = musicgan(*command, "--resume", "--try", "latent_dim=4")
    assert status == 2 and "keeps its arguments" in errors

    status, output, errors = musicgan(*command, "--resume")
    assert status == 0, errors
    assert begun == ["run_0001", "run_0002", "run_0002"] and "run 1 of 2" not in output
    assert (out / "run_0001" / "config.json").stat().st_mtime_ns == first
    rows = list(csv.DictReader((out / "sweep.csv").open()))
    assert [row["run"] for row in rows] == ["run_0001", "run_0002"]
    assert [row["outcome"] for row in rows] == ["done", "diverged"] and rows[1]["healthy"] == "0.0"
    assert [float(row["learning_rate"]) for row in rows] == [2e-4, 1e38] and "finite" in rows[1]["error"]
    assert "diverged 1" in output and (out / "sweep.png").read_bytes().startswith(b"\x89PNG")
    data_seeds = {json.loads((out / row["run"] / "config.json").read_text())["dataset"]["seed"] for row in rows}
    assert data_seeds == {0}
    assert musicgan("generate", out / "run_0001", "-n", 1, "--out", tmp_path / "sounds")[0] == 0
    status, output, _ = musicgan("sweep", "--resume", "--out", out)
    assert status == 0 and len(begun) == 3, "a finished sweep is only reported again"


def test_runs_that_fail_are_reported_and_tried_again(tmp_path, monkeypatch):
    module = sys.modules["keras_musicgan.experiments.sweep"]
    tried = []

    def out_of_memory(run, *arguments, **options):
        tried.append(run.path.name)
        raise MemoryError("no room")

    monkeypatch.setattr(module, "train", out_of_memory)
    command = [*SWEEP, "--out", tmp_path / "s", "--try", "latent_dim=4,8"]
    status, output, errors = musicgan(*command)
    assert status == 2 and "2 runs that failed" in errors and "MemoryError: no room" in errors
    assert "run_0001 failed: MemoryError" in output
    result = read_sweep(tmp_path / "s")
    assert [row["verdict"] for row in result.rows] == ["failed", "failed"] and result.best is None
    assert musicgan(*command, "--resume")[0] == 2 and tried == ["run_0001", "run_0002"] * 2


@pytest.mark.slow
def test_wrong_settings_are_found_before_the_first_run(tmp_path):
    for number, (option, message) in enumerate(
        (
            ("latent_dim=8,0", "latent_dim=0"),
            ("loss=hinge,hing", "Did you mean 'hinge'"),
            ("optimizer=adam,adm", "adm"),
            ("generator.unit=3", "unit"),
            ("batch_size=4,-1", "batch_size"),
            ("data.transposee=1", "Did you mean 'transpose'"),
        )
    ):
        out = tmp_path / str(number)
        status, _, errors = musicgan(*SWEEP, "--out", out, "--try", option)
        assert status == 2 and message in errors, errors
        assert not out.exists()
    status, _, errors = musicgan(*SWEEP, tmp_path / "nowhere", "--out", tmp_path / "s", "--try", "latent_dim=8")
    assert status == 2 and "nowhere" in errors and not (tmp_path / "s").exists()
    status, _, errors = musicgan("sweep", "--resume", "--out", tmp_path / "s")
    assert status == 2 and "sweep.json" in errors
    status, _, errors = musicgan("sweep", "--resume", "--out", tmp_path / "s", "--runs", 9)
    assert status == 2 and "--runs without --try" in errors
    (tmp_path / "mine" / "run_0001").mkdir(parents=True)
    status, _, errors = musicgan(*SWEEP, "--out", tmp_path / "mine", "--try", "latent_dim=8")
    assert status == 2 and "run_0001" in errors


def planted(folder, settings=None, n_epochs=12):
    """A sweep of synthetic logs: a latent of 64 is 1.0 better than one of 16, and a rate of 0.1 collapses."""
    axes, runs, rng = {"latent_dim": [16, 64], "learning_rate": [0.001, 0.1]}, [], np.random.default_rng(1)
    for seed in (0, 1, 2):
        for setting in settings or choose_settings(axes):
            name = f"run_{len(runs) + 1:04d}"
            runs.append({"name": name, "setting": setting, "seed": seed, "outcome": "done", "seconds": 1.0})
            (folder / name).mkdir(parents=True)
            collapsed = float(setting["learning_rate"] == 0.1)
            columns = {
                "epoch": np.arange(n_epochs),
                **dict.fromkeys(("discriminator_loss", "generator_loss"), np.ones(n_epochs)),
                **dict.fromkeys(("real_accuracy", "fake_accuracy"), np.full(n_epochs, 0.7)),
                "real_score": 0.3 + 0.1 * rng.normal(size=n_epochs),
                "fake_score": np.zeros(n_epochs),
                "equal_share": np.full(n_epochs, collapsed),
                "output_diversity": 8 - 6 * collapsed + 0.1 * rng.normal(size=n_epochs),
                "quality_kernel": 2 + (setting["latent_dim"] == 16) + 0.01 * rng.normal(size=n_epochs),
            }
            with open(folder / name / "history.csv", "w", newline="") as stream:
                writer = csv.writer(stream)
                writer.writerow(columns)
                writer.writerows(zip(*columns.values(), strict=True))
    arguments = {"tries": axes, "runs": None, "seeds": 3, "seed": 0, "settings": {}, "fixed": {}}
    (folder / "sweep.json").write_text(json.dumps({"asked": arguments, "runs": runs, "held_out_diversity": 10.0}))
    return folder


def test_the_questions_are_answered(tmp_path):
    result = read_sweep(planted(tmp_path / "sweep"))
    effects = {(effect.measure, effect.name): effect for effect in result.effects}
    quality = effects["quality_kernel", "latent_dim"]
    assert quality.clear and list(quality.means) == ["64", "16"]
    assert [mean.mean for mean in quality.means.values()] == pytest.approx([2, 3], abs=0.02)
    assert not effects["quality_kernel", "learning_rate"].clear
    assert effects["diversity", "learning_rate"].clear
    assert {value: mean.mean for value, mean in effects["healthy", "learning_rate"].means.items()} == {
        "0.001": 1,
        "0.1": 0,
    }
    assert not effects["diversity", "latent_dim"].clear
    assert {row["verdict"] for row in result.rows} == {"balanced", "collapsed"}
    assert result.rows[0]["relative_diversity"] == pytest.approx(result.rows[0]["diversity"] / 10)
    assert result.best["latent_dim"] == 64
    text = result.text()
    (line,) = (line for line in text.splitlines() if "latent_dim: 64 → 1.99 ± 0.0047 (6 runs), 16 → 2.98 ± " in line)
    assert line.endswith("best 64, clear: the intervals of 64 and 16 do not overlap")
    assert "not clear: the intervals of" in text and "balanced 6, collapsed 6" in text


def test_the_figure_shows_every_value_and_what_is_clear(tmp_path):
    result = read_sweep(planted(tmp_path / "sweep"))
    drawn = figure.draw(result)
    quality, diversity, stability, _ = drawn.axes
    labels = ["latent_dim = 16", "latent_dim = 64", "learning_rate = 0.001", "learning_rate = 0.1"]
    assert [label.get_text() for label in quality.get_yticklabels()] == labels
    bars, intervals = ([line for line in quality.lines if line.get_linewidth() == width] for width in (2.5, 1.2))
    assert [line.get_color() for line in bars] == [figure.CLEAR, figure.CLEAR, figure.UNCLEAR, figure.UNCLEAR]
    assert bars[0].get_xdata()[0] == pytest.approx(
        np.mean([row["quality_kernel"] for row in result.rows[::4]]), abs=0.02
    )
    latent_dim = next(effect for effect in result.effects if effect.name == "latent_dim")
    for mean, interval in zip(reversed(latent_dim.means.values()), intervals[:2], strict=True):
        assert list(interval.get_xdata()) == pytest.approx([mean.mean - mean.margin, mean.mean + mean.margin])
    assert "held-out music" in [text.get_text() for text in diversity.texts]
    widths = [patch.get_width() for patch in stability.patches if patch.get_width()]
    assert widths == [0.5, 0.5, 0.5, 0.5, 1.0, 1.0]
    result.save()
    assert {"sweep.csv", "effects.csv", "sweep.png"} <= {path.name for path in result.path.iterdir()}
    first, *_ = csv.DictReader((result.path / "effects.csv").open())
    assert (first["name"], first["measure"], first["value"]) == ("latent_dim", "quality_kernel", "64")
    assert float(first["mean"]) == pytest.approx(2, abs=0.02) and first["runs"] == "6" and first["clear"] == "True"


def test_held_out_diversity_is_measured_as_the_monitor_does():
    from keras_musicgan.experiments.held_out import held_out_diversity

    gan = km.MusicGAN.from_preset("wavegan-small", generator={"width": 2}, representation={"length": 1024})
    data = km.datasets.synthetic_drums(16, gan, held_out=0.5, seed=1)
    expected = km.metrics.diagnose(data.held_out.load(), 8000).measures["output_diversity"]
    assert held_out_diversity(data, gan) == pytest.approx(expected, rel=1e-3)
    assert held_out_diversity(km.datasets.synthetic_drums(16, gan, held_out=0.0, seed=1), gan) is None
