"""Trains a run in processes that may be killed. Usage: killed_script.py REQUEST, then a line of JSON for each process.

A line is `[folder, operation]`: the run's folder and the number of the file operation in it before which the process
kills itself, or null. Answers are lines of JSON: the number of the process, then its exit status. Everything is
imported once; every process is forked from one that has neither threads nor used its backend.
"""

import json
import os
import signal
import sys

import keras
import numpy as np
from rich.console import Console

from keras_musicgan import plots
from keras_musicgan.metrics.collapse import diagnose
from keras_musicgan.runs.folder import RunFolder
from keras_musicgan.runs.train import train

OPERATIONS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.truncate"}


def kill_at(operation, folder):
    """Kills this process before the given file operation in the folder, from 1."""
    left = operation

    def count(event, arguments):
        nonlocal left
        if event in OPERATIONS and str(arguments[0]).startswith(folder):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def main():
    keras.saving.serialize_keras_object(
        keras.DTypePolicy("float32")
    )  # Keras imports TensorFlow for it, whatever the backend
    noise = np.random.default_rng(0).uniform(-1, 1, (2, 8000, 1)).astype("float32")
    diagnose(noise, 8000)  # what follows imports librosa, Numba and Matplotlib
    plots.png(plots.spectrograms(noise, 8000))
    assert len(os.listdir("/proc/self/task")) == 1, "a process with threads cannot be forked safely"
    for line in sys.stdin:
        folder, operation = json.loads(line)
        process = os.fork()
        if not process:
            if operation is not None:
                kill_at(operation, folder)
            run = RunFolder(folder)
            resume = run.config_file.exists()
            train(run, run.read_config() if resume else json.loads(sys.argv[1]), Console(quiet=True), resume)
            os._exit(0)
        print(json.dumps(process), flush=True)
        _, status = os.waitpid(process, 0)
        print(json.dumps(os.waitstatus_to_exitcode(status)), flush=True)


if __name__ == "__main__":
    main()
