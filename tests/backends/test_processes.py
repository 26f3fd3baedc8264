"""Two processes, or two devices, train as one does; a lost process ends the run, which then goes on with any number."""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from keras_musicgan.presets import PRESETS
from tests.support.addresses import free_address
from tests.support.command import TRAIN

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tests" / "support" / "five_steps_script.py"
COMMAND = ["-m", "keras_musicgan", *TRAIN, "--set", "recipe.batch_size=16"]
ON_TWO_DEVICES = """
import tensorflow as tf

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from keras_musicgan.cli import app

app()
"""


def start(commands, backend, launched=True):
    """Starts a process for each command, which find each other by the variables of Keras."""
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    environment["TF_CPP_MIN_LOG_LEVEL"] = "3"
    if launched:
        environment["KERAS_DISTRIBUTION_NUM_PROCESSES"] = str(len(commands))
        environment["KERAS_DISTRIBUTION_JOB_ADDRESSES"] = free_address()
    return [
        subprocess.Popen(
            [sys.executable, *map(str, command)],
            env={**environment, "KERAS_DISTRIBUTION_PROCESS_ID": str(number)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for number, command in enumerate(commands)
    ]


def finish(started, timeout_s=1800):
    """The outputs of processes that must end well."""
    outputs = [process.communicate(timeout=timeout_s)[0] for process in started]
    for process, output in zip(started, outputs, strict=True):
        assert process.returncode == 0, output[-3000:]
    return outputs


def files_in(folder):
    """The files of a folder by name, apart from logs, whose names hold their time."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if "tfevents" not in path.name)


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("backend", "n_processes", "devices"), [("tensorflow", 1, 2), ("jax", 1, 2), ("jax", 2, 1), ("torch", 2, 1)]
)
def test_two_equal_one_for_every_preset(backend, n_processes, devices, tmp_path):
    check_two_equal_one(backend, n_processes, devices, PRESETS, tmp_path)


@pytest.mark.slow
def test_two_processes_equal_one(tmp_path):
    check_two_equal_one("torch", 2, 1, ["lecture", "notes"], tmp_path)


def check_two_equal_one(backend, n_processes, devices, presets, folder):
    for name in ("one", "two"):
        (folder / name).mkdir()
    finish(start([[SCRIPT, folder / "one", 1, *presets]], backend))
    finish(start([[SCRIPT, folder / "two", devices, *presets]] * n_processes, backend))
    assert files_in(folder / "one") == files_in(folder / "two")
    for preset in presets:
        one, two = (np.load(folder / name / f"{preset}.npz") for name in ("one", "two"))
        assert sorted(one) == sorted(two)
        for name in one:
            if name.startswith("weights"):
                np.testing.assert_allclose(two[name], one[name], rtol=0, atol=1e-5, err_msg=f"{preset} {name}")
            else:
                assert np.isfinite(one[name]).all(), f"{preset} {name}"
                np.testing.assert_allclose(two[name], one[name], rtol=1e-4, atol=1e-5, err_msg=f"{preset} {name}")


@pytest.mark.nightly
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_a_killed_process_ends_the_run_and_another_number_resumes_it(backend, tmp_path):
    run, whole = tmp_path / "run", tmp_path / "whole"
    train = [*COMMAND, "--every", "100"]
    first, second = start([[*train, "--epochs", "10000", "--out", run]] * 2, backend)
    deadline = time.monotonic() + 120
    while not list(run.glob("checkpoints/epoch_*.keras")):
        assert time.monotonic() < deadline and first.poll() is None, first.communicate()[0]
        time.sleep(0.05)
    second.kill()
    output, _ = first.communicate(timeout=60)
    second.communicate()
    assert first.returncode == 2
    assert "another one has ended" in output and "--resume" in output

    saved = max(int(path.stem[-4:]) for path in run.glob("checkpoints/epoch_*.keras"))
    epochs = ["--epochs", str(saved + 2)]
    finish(start([["-m", "keras_musicgan", "train", "--resume", "--out", run, *epochs]], backend))
    finish(start([[*train, *epochs, "--out", whole]], backend))
    assert files_in(run) == files_in(whole)
    rows = [np.genfromtxt(folder / "history.csv", delimiter=",", names=True) for folder in (run, whole)]
    np.testing.assert_array_equal(rows[0]["epoch"], np.arange(saved + 2))
    np.testing.assert_allclose(rows[0]["loss"][: saved + 1], rows[1]["loss"][: saved + 1], rtol=1e-2, atol=1e-3)


@pytest.mark.nightly
def test_a_run_of_two_processes_goes_on_in_one_and_in_two(tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    finish(start([[*COMMAND, "--every", "100", "--epochs", "1", "--out", two]] * 2, "torch"))
    shutil.copytree(two, one)
    resume = ["-m", "keras_musicgan", "train", "--resume", "--epochs", "2", "--out"]
    finish([*start([[*resume, one]], "torch"), *start([[*resume, two]] * 2, "torch")])
    assert files_in(one) == files_in(two)
    rows = [np.genfromtxt(folder / "history.csv", delimiter=",", names=True) for folder in (one, two)]
    for each in rows:
        np.testing.assert_array_equal(each["epoch"], [0, 1])
    np.testing.assert_allclose(rows[0]["loss"], rows[1]["loss"], rtol=1e-2, atol=1e-3)


@pytest.mark.nightly
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_the_command_divides_batches_among_devices(backend, tmp_path, monkeypatch):
    monkeypatch.setenv("XLA_FLAGS", "--xla_force_host_platform_device_count=2")  # read by JAX
    of_command = ["-c", ON_TWO_DEVICES] if backend == "tensorflow" else COMMAND[:2]
    train = [*of_command, *COMMAND[2:], "--epochs", "2", "--out", tmp_path / "run", "--devices"]
    (output,) = finish(start([[*train, "2"]], backend))
    assert output.count("Done: 2 epochs") == 1
    (refused,) = start([[*train, "3", "--overwrite"]], backend)
    output, _ = refused.communicate(timeout=100)
    assert refused.returncode == 2 and "This machine has 2 to train on" in output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("of_each", "words"),
    [
        ([["--set", "recipe.batch_size=15"]] * 2, "a batch of 15 clips. Give another batch size, as 16"),
        ([["--set", "data.transpose=0"], ["--set", "data.transpose=3"]], "must have the same data. Received:"),
    ],
)
def test_what_processes_cannot_train_on_is_one_line(of_each, words, tmp_path):
    train = [*COMMAND, "--epochs", "1", "--out", tmp_path / "run"]
    started = start([[*train, *options] for options in of_each], "torch")
    for process in started:
        output, _ = process.communicate(timeout=100)
        assert process.returncode == 2
        assert words in output


@pytest.mark.nightly
def test_torchrun_starts_the_command(tmp_path):
    train = [*COMMAND, "--epochs", "1", "--out", tmp_path / "run"]
    torchrun = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port", free_address().split(":")[1]]
    (output,) = finish(start([[*torchrun, *train]], "torch", launched=False))
    assert output.count("Done: 1 epoch") == 1


@pytest.mark.slow
def test_tensorflow_names_the_other_backends(tmp_path):
    for process in start([[*COMMAND, "--out", tmp_path / "run"]] * 2, "tensorflow"):
        output, _ = process.communicate(timeout=100)
        assert process.returncode == 2 and "Take --backend jax or --backend torch" in output
