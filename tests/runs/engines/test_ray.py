"""Tasks and a sweep on a local cluster of two cores."""

import csv
import json
import logging
import math
import os
import signal
import socket
import subprocess
import sys

import keras
import pytest
from rich.console import Console

from keras_musicgan import backends
from keras_musicgan.runs.engines import open_engine
from keras_musicgan.runs.engines.errors import LostError
from keras_musicgan.runs.lock import one_process
from tests.support.command import SWEEP, musicgan
from tests.support.lost_task import end_at_first

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'keras_musicgan[ray]'")
pytestmark = pytest.mark.slow
COMMAND = [*SWEEP, "--epochs", 2, "--try", "learning_rate=2e-4,1e38", "--set", "data.held_out=0.5"]


@pytest.fixture(scope="module", autouse=True)
def cluster():
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def serial(tmp_path_factory):
    """The folder of a sweep by the serial engine, whose steps XLA compiles as on workers: tests do without."""
    out = tmp_path_factory.mktemp("serial") / "sweep"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backends, "compiles_by_default", backends._backend.compiles_by_default)
        status, _, errors = musicgan(*COMMAND, "--out", out)
    assert status == 0, errors
    return out


def check_same(out, serial):
    """Every bit of the tables and of the runs' logs is the same, except for the seconds of the runs."""
    rows, expected = (list(csv.DictReader((each / "sweep.csv").open())) for each in (out, serial))
    for row in [*rows, *expected]:
        assert float(row.pop("seconds")) > 0
    assert rows == expected and [row["outcome"] for row in rows] == ["done", "diverged"]
    for name in ("effects.csv", "run_0001/history.csv", "run_0002/history.csv"):
        assert (out / name).read_bytes() == (serial / name).read_bytes()


def call_all(folder, function, tasks, per_run=None, read=()):
    with one_process(folder), open_engine("ray", per_run, folder, read, Console(quiet=True)) as engine:
        return dict(engine.call_all(function, tasks))


def test_workers_have_the_backend_and_the_threads_of_this_process(tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    names = ("KERAS_BACKEND", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES")
    found = call_all(tmp_path / "a", os.getenv, [(name,) for name in names])
    assert found == {0: keras.backend.backend(), 1: "7", 2: ""}


def test_what_a_task_raises_is_raised_here(tmp_path):
    with pytest.raises(ValueError, match="math domain error|nonnegative") as raised:
        call_all(tmp_path / "a", math.sqrt, [(-1.0,)])
    assert len(str(raised.value).splitlines()) == 1


def test_a_task_that_loses_its_worker_is_started_again_but_not_for_ever(tmp_path):
    assert call_all(tmp_path / "a", end_at_first, [(str(tmp_path / "marker"),)]) == {0: "marker"}
    (lost,) = call_all(tmp_path / "a", os._exit, [(1,)]).values()
    assert isinstance(lost, LostError) and "died" in str(lost) and "\n" not in str(lost)


def test_what_a_cluster_cannot_do_is_said_in_a_line(tmp_path):
    with pytest.raises(ValueError, match=r"cpus=1,gpus=1, where the machines have cpus=2,gpus=0\. Ask for less"):
        call_all(tmp_path / "a", math.sqrt, [(1,)], {"gpus": 1})
    with pytest.raises(ValueError, match=f"does not see this {tmp_path / 'gone'}"):
        call_all(tmp_path / "a", math.sqrt, [(1,)], read=[tmp_path / "gone"])


def test_an_address_without_a_cluster_is_answered_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
        monkeypatch.setenv("RAY_ADDRESS", address)
        with pytest.raises(ConnectionError, match=f"RAY_ADDRESS={address}: .*refused.* Look at `ray status` there"):
            call_all(tmp_path / "a", math.sqrt, [(1,)])


def test_a_sweep_is_the_same_as_in_one_process(tmp_path, serial):
    out = tmp_path / "sweep"
    status, output, errors = musicgan(*COMMAND, "--out", out, "--engine", "ray", "--per-run", "cpus=1")
    assert status == 0, errors
    assert "Ray on 1 machine: 2 runs at a time" in output
    assert "run_0001 done: learning_rate=0.0002, seed 0" in output and "run_0002 diverged: " in output
    check_same(out, serial)


@pytest.mark.nightly
def test_a_sweep_that_is_stopped_is_quiet_and_goes_on(tmp_path):
    """On a cluster that the command starts itself; the later runs, on its only core, wait for the first."""
    out = tmp_path / "sweep"
    command = [*SWEEP, "--epochs", 2, "--try", "learning_rate=2e-4,1e-4,5e-5,2e-5", "--set", "data.held_out=0.5"]
    command += ["--out", out, "--engine", "ray", "--per-run", needs := f"cpus={os.cpu_count()}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "keras_musicgan", *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if line.startswith("run_0001 done"):
            break
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=200)
    assert (process.returncode, errors) == (130, "")
    assert f"musicgan sweep --resume --out {out} --engine ray --per-run {needs}" in output
    first, *_, last = [run["outcome"] for run in json.loads((out / "sweep.json").read_text())["runs"]]
    assert (first, last) == ("done", None)
    written = (out / "run_0001" / "config.json").stat().st_mtime_ns
    status, _, errors = musicgan("sweep", "--resume", "--out", out, "--engine", "ray")
    assert status == 0, errors
    assert (out / "run_0001" / "config.json").stat().st_mtime_ns == written
    outcomes = [run["outcome"] for run in json.loads((out / "sweep.json").read_text())["runs"]]
    assert outcomes == ["done"] * 4
