"""A run that is killed again and again ends as one that never was."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
from keras_musicgan.callbacks.checkpoints import saved_epochs

from keras_musicgan.runs.lock import HOLDER, LOCK
from keras_musicgan.runs.models import load_model
from keras_musicgan.utils.files import target_of
from tests.support.models import SMALL
from tests.support.tensorboard_log import logged

EPOCHS = 60
KILLS = {"at the start": 4, "in an epoch": 6, "at a file": 10}
REQUEST = {
    "preset": "lecture",
    "data": None,
    "epochs": EPOCHS,
    "overrides": {**SMALL["lecture"], "recipe": {"pieces": 8, "batch_size": 16}},
    "compile": {"penalties": [["r1", {"every": 3}]]},
    "dataset": {"transpose": 3},
    "stop_on_collapse": False,
    "every": 4,
    "seed": 3,
}
IN_SAMPLES = {"latents.npz", "spectrograms.png"} | {
    f"sample_{number:02d}.{ending}" for number in range(1, 5) for ending in ("wav", "mid")
}


class Processes:
    """Trains runs one after the other, each time in a process of its own."""

    def __init__(self):
        command = [sys.executable, Path(__file__).parents[1] / "support" / "killed_script.py", json.dumps(REQUEST)]
        self._parent = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")},
        )

    def start(self, run, kill_at_file=None):
        """The number of a new process that begins a run or goes on with it."""
        print(json.dumps([str(run), kill_at_file]), file=self._parent.stdin, flush=True)
        return json.loads(self._parent.stdout.readline())

    def status(self):
        """The exit status of the process, once it has ended."""
        return json.loads(self._parent.stdout.readline())

    def close(self):
        self._parent.stdin.close()
        self._parent.wait(60)


def parts(run):
    """The files of a run that are not temporary, apart from its logs, by their names in it."""
    files = {file.relative_to(run).as_posix(): file for file in run.rglob("*") if file.is_file()}
    return {
        name: file
        for name, file in files.items()
        if not name.startswith(("logs/", HOLDER, LOCK)) and not any(target_of(part) for part in name.split("/"))
    }


def check_whole(run):
    """Every file of a run can be read to its end, whatever moment it was killed at; returns the epochs done."""
    for name, file in parts(run).items():
        if name == "config.json":
            json.loads(file.read_text())
        elif name == "history.csv":
            text = file.read_text()
            numbers = [[float(cell) for cell in row] for row in list(csv.reader(text.splitlines()))[1:]]
            assert text.endswith("\n") and [row[0] for row in numbers] == list(range(len(numbers)))
        elif file.suffix == ".keras":
            with zipfile.ZipFile(file) as archive:
                assert archive.testzip() is None and "model.weights.h5" in archive.namelist()
        else:
            assert name.split("/")[0] in ("samples", "outcome")
    for folder in (run / "samples").glob("epoch_*"):
        assert {file.name for file in folder.iterdir()} == IN_SAMPLES
    found = saved_epochs(run / "checkpoints")
    return found[-1][0] if found else 0


def wait_for_an_epoch(run):
    """Waits until another epoch is saved."""
    saved, deadline = saved_epochs(run / "checkpoints"), time.monotonic() + 300
    while saved_epochs(run / "checkpoints") == saved:
        assert time.monotonic() < deadline, "the process saves nothing"
        time.sleep(0.005)


@pytest.mark.nightly
def test_twenty_kills_lose_nothing(tmp_path):
    rng = np.random.default_rng(20)
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    processes = Processes()
    try:
        processes.start(whole)
        wait_for_an_epoch(whole)
        began = time.monotonic()
        assert processes.status() == 0
        epoch_s = (time.monotonic() - began) / (EPOCHS - 1)

        done, reached = 0, []
        for moment in rng.permutation([kind for kind, n in KILLS.items() for _ in range(n)]):
            pid = processes.start(killed, int(rng.integers(1, 60)) if moment == "at a file" else None)
            if moment == "at the start":
                time.sleep(rng.uniform(0.0, 2.0))
                os.kill(pid, signal.SIGKILL)
            elif moment == "in an epoch":
                wait_for_an_epoch(killed)
                time.sleep(rng.uniform(0.0, epoch_s))
                os.kill(pid, signal.SIGKILL)
            assert processes.status() == -signal.SIGKILL
            before, done = done, check_whole(killed)
            assert done >= before
            reached.append(done)
        assert len(set(reached)) > 6 and done < EPOCHS
        for _ in range(2):  # the second finds nothing left to do
            processes.start(killed)
            assert processes.status() == 0
    finally:
        processes.close()

    assert check_whole(killed) == EPOCHS
    assert not [path for path in killed.rglob("*") if target_of(path)]
    names = parts(whole)
    assert sorted(parts(killed)) == sorted(names)
    for name, file in names.items():
        if file.suffix not in (".keras", ".npz", ".json"):  # archives and the config hold times and paths
            assert (killed / name).read_bytes() == file.read_bytes(), name
    for saved in (f"epoch_{EPOCHS:04d}", "best"):
        models = [load_model(run / "checkpoints" / f"{saved}.keras") for run in (killed, whole)]
        for one, other in zip(*([*model.variables, *model.optimizer.variables] for model in models), strict=True):
            np.testing.assert_array_equal(*(keras.ops.convert_to_numpy(each) for each in (one, other)))
    for log, kind in (("scalars", "scalars"), ("samples", "audio")):
        shown = [events(run / "logs" / log, kind) for run in (killed, whole)]
        assert shown[0] == shown[1] and shown[0]
        for steps in shown[0].values():
            assert [step for step, _ in steps] == sorted({step for step, _ in steps})


def events(folder, kind):
    """What TensorBoard shows: dict from tag to a list of (step, value)."""
    log = logged(folder)
    read = {"scalars": log.Scalars, "audio": log.Audio}[kind]
    values = {"scalars": "value", "audio": "encoded_audio_string"}[kind]
    return {tag: [(event.step, repr(getattr(event, values))) for event in read(tag)] for tag in log.Tags()[kind]}
