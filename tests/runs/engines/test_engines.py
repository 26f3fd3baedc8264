import sys

import pytest
from rich.console import Console

from keras_musicgan.runs.engines import check_engine, open_engine
from tests.support.command import SWEEP, TRAIN, musicgan


def test_the_serial_engine_calls_one_after_the_other(tmp_path):
    with open_engine("serial", None, tmp_path, [], Console()) as engine:
        calls = engine.call_all(divmod, [(7, 2), (1, 0)])
        assert next(calls) == (0, (3, 1))
        with pytest.raises(ZeroDivisionError):
            next(calls)


def test_engines_are_checked_before_they_are_needed(monkeypatch):
    with pytest.raises(ValueError, match="Did you mean 'ray'"):
        check_engine("rai")
    with pytest.raises(ValueError, match="--per-run is for --engine ray"):
        check_engine("serial", per_run={"cpus": 1})
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"pip install 'keras_musicgan\[ray\]'"):
        check_engine("ray")


def test_the_command_answers_mistakes_at_once(tmp_path, monkeypatch):
    command = [*SWEEP, "--try", "latent_dim=4", "--out", tmp_path / "sweep"]
    for options, message in (
        (["--engine", "rai"], "'ray'"),
        (["--per-run", "cpus=1"], "--per-run is for --engine ray"),
        (["--engine", "ray", "--per-run", "cpus"], "cpus=1,gpus=0.25"),
    ):
        status, _, errors = musicgan(*command, *options)
        assert status == 2 and message in errors
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    status, _, errors = musicgan(*command, "--engine", "ray")
    assert status == 2 and errors.splitlines() == [errors.strip()] and "keras_musicgan[ray]" in errors
    assert not (tmp_path / "sweep").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    (
        (["--workers", 2], "--workers is for --engine ray"),
        (["--per-worker", "gpus=1"], "--per-worker is for --engine ray"),
        (["--engine", "ray"], "--workers 2"),
        (["--engine", "ray", "--workers", 0], "positive integer. Received: --workers=0"),
        (["--engine", "ray", "--workers", 2, "--per-worker", "cpus"], "--per-worker cpus=1,gpus=0.25"),
        (["--engine", "ray", "--workers", 2, "--per-worker", "cores=2"], "'cpus', 'gpus'"),
        (["--engine", "ray", "--workers", 2, "--devices", 2], "--devices 2"),
    ),
)
def test_train_answers_mistakes_about_workers_at_once(options, message, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)  # Ray may be missing
    status, _, errors = musicgan(*TRAIN, "--out", tmp_path / "run", *options)
    assert status == 2 and errors.splitlines() == [errors.strip()] and message in errors
    assert not (tmp_path / "run").exists()


def test_train_says_how_to_install_ray(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    status, _, errors = musicgan(*TRAIN, "--out", tmp_path / "run", "--engine", "ray", "--workers", 2)
    assert status == 2 and errors.splitlines() == [errors.strip()] and "keras_musicgan[ray]" in errors
