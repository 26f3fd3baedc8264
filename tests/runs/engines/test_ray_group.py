"""Workers of a local cluster of two cores that train one model together."""

import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.support.command import TRAIN, musicgan

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install 'keras_musicgan[ray]'")
COMMAND = [*TRAIN, "--set", "recipe.batch_size=16", "--every", 100]
ON_RAY = ["--engine", "ray", "--workers"]


@pytest.fixture(scope="module")
def cluster():
    """The address of a cluster."""
    found = ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    yield found.address_info["address"]
    ray.shutdown()


def start(backend, cluster, *arguments):
    """Starts the command in a process of its own, on the cluster."""
    pytest.importorskip(backend)
    return subprocess.Popen(
        [sys.executable, "-m", "keras_musicgan", *map(str, arguments)],
        env={**os.environ, "KERAS_BACKEND": backend, "RAY_ADDRESS": cluster},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(process, words):
    """The first line that begins with these words."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith(words):
            return line
    pytest.fail(f"{''.join(lines)}\n{process.stderr.read()}")


def one_line(status, output, errors):
    assert status == 2 and errors.splitlines() == [errors.strip()], errors
    return errors


def epochs_of(run):
    return np.genfromtxt(run / "history.csv", delimiter=",", names=True)["epoch"].tolist()


def pid_of_worker(number):
    """The process of a worker; what this machine runs besides is not looked at."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            variables = (folder / "environ").read_bytes().split(b"\0")
            title = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if b"KERAS_DISTRIBUTION_PROCESS_ID=%d" % number in variables and title.startswith(b"ray::work"):
            return int(folder.name)
    return None


def test_what_no_group_of_workers_can_do_is_said_before_there_is_one(tmp_path, monkeypatch):
    monkeypatch.setattr(ray, "init", lambda **options: pytest.fail("a cluster was started"))
    command = [*COMMAND, "--out", tmp_path / "run", *ON_RAY]
    errors = one_line(*musicgan(*command, 17))
    assert "a batch of 16 clips" in errors and "fewer workers" in errors
    assert "a batch of 16 clips" in one_line(*musicgan(*command, 3))
    errors = one_line(*musicgan(*command, 1, "--per-worker", "gpus=0.5"))
    assert "--per-worker cpus=1,gpus=0.5" in errors and "gpus=1" in errors
    if keras.backend.backend() == "tensorflow":
        errors = one_line(*musicgan(*command, 2))
        assert "2 processes by --workers. Take --backend jax or --backend torch" in errors
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
def test_a_cluster_without_room_is_said_in_a_line(cluster, tmp_path, monkeypatch):
    command = [*COMMAND, "--out", tmp_path / "run", *ON_RAY, 1, "--per-worker"]
    errors = one_line(*musicgan(*command, "cpus=3"))
    assert "--workers 1 --per-worker cpus=3,gpus=0, where the machines have cpus=2,gpus=0, room for 0" in errors
    from keras_musicgan.runs.engines import ray_group

    monkeypatch.setattr(ray_group, "PLACE_SECONDS", 0.5)
    busy = ray.util.placement_group([{"CPU": 1}])
    assert busy.wait(30)
    try:
        errors = one_line(*musicgan(*command, "cpus=2"))
    finally:
        ray.util.remove_placement_group(busy)
    assert "of which cpus=1,gpus=0 are free after 0.5 s" in errors
    assert not (tmp_path / "run").exists()


@pytest.mark.nightly
def test_one_worker_trains_as_this_process_does(cluster, tmp_path, with_xla):
    outputs = []
    for name, options in (("here", []), ("there", [*ON_RAY, 1])):
        status, output, errors = musicgan(*COMMAND, "--epochs", 2, "--out", tmp_path / name, *options)
        assert status == 0, errors
        outputs.append([line for line in output.splitlines() if "s left" not in line and " compiled in " not in line])
    here, there = outputs
    assert there[0] == "Ray on 1 machine: 1 worker"
    assert [line.replace("there", "here") for line in there[1:]] == here
    assert (tmp_path / "there" / "history.csv").read_bytes() == (tmp_path / "here" / "history.csv").read_bytes()


@pytest.mark.slow
def test_two_workers_train_one_run(cluster, tmp_path):
    run = tmp_path / "run"
    process = start("torch", cluster, *COMMAND, "--epochs", 2, "--out", run, *ON_RAY, 2)
    output, errors = process.communicate(timeout=300)
    assert (process.returncode, errors) == (0, ""), errors
    assert "Ray on 1 machine: 2 workers" in output
    assert output.count("epoch 2/2: ") == output.count("Done: 2 epochs") == 1
    assert epochs_of(run) == [0, 1]


@pytest.mark.nightly
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_workers_start_again_after_a_loss_and_end_by_ctrl_c(backend, cluster, tmp_path):
    run = tmp_path / "run"
    process = start(backend, cluster, *COMMAND, "--epochs", 100_000, "--out", run, *ON_RAY, 2)
    wait_for(process, "epoch ")
    while not list(run.glob("checkpoints/epoch_*.keras")):
        assert process.poll() is None
        time.sleep(0.05)
    os.kill(pid_of_worker(1), signal.SIGKILL)
    lost = wait_for(process, "a worker was lost: ")
    assert "All start again after " in lost and "(1 of 3 times)" in lost
    wait_for(process, "epoch ")
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (130, "")
    assert f"--resume --out {run} --engine ray --workers 2 --per-worker cpus=1,gpus=0 --backend {backend}" in output
    assert pid_of_worker(0) is None and pid_of_worker(1) is None
    epochs = epochs_of(run)
    assert epochs == list(range(len(epochs)))
