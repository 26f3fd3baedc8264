"""What a sweep is read as, in numbers and as a figure."""

import csv
import json

import numpy as np
import pytest

from keras_musicgan.experiments import estimate_effects, figure, read_sweep
from keras_musicgan.experiments.design import choose_settings


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


def test_a_notebook_shows_the_runs_the_effects_and_the_figure(tmp_path):
    result = read_sweep(planted(tmp_path / "sweep"))
    html = result._repr_html_()
    assert html.count("<tr>") == 1 + len(result.rows) and "<td>collapsed</td>" in html
    assert "clear: the intervals of 64 and 16 do not overlap" in html
    assert html.count("<img") == 1 and len(html) < 1_000_000
