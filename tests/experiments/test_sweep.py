import csv
import json

import pytest

from keras_musicgan.experiments import attempt, read_sweep
from tests.support.command import SWEEP, musicgan


def test_a_sweep_that_is_stopped_goes_on_and_keeps_failed_runs(tmp_path, monkeypatch):
    out, train, begun = tmp_path / "sweep", attempt.train, []

    def stopped_in_the_second(run, *arguments, **options):
        begun.append(run.path.name)
        if len(begun) == 2:
            raise KeyboardInterrupt
        return train(run, *arguments, **options)

    command = [*SWEEP, "--out", out, "--try", "learning_rate=2e-4,1e38"]
    monkeypatch.setattr(attempt, "train", stopped_in_the_second)
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
    assert begun == ["run_0001", "run_0002", "run_0002"] and "run_0001 of 2" not in output
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
    tried = []

    def out_of_memory(run, *arguments, **options):
        tried.append(run.path.name)
        raise MemoryError("no room")

    monkeypatch.setattr(attempt, "train", out_of_memory)
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
