"""A training that is stopped and continued equals one that never stopped, bit for bit."""

import json
import signal
import subprocess
import sys

import keras
import numpy as np
import pytest
from rich.console import Console

import keras_musicgan as km
from keras_musicgan.runs.folder import RunFolder
from keras_musicgan.runs.models import load_model
from keras_musicgan.runs.train import train
from tests.support.harness import at_night_under_jax
from tests.support.models import EAGER, SMALL, small_gan

backend = pytest.mark.backend


def state_of(model):
    """Everything that training changes: weights, averages, random states, both optimizers."""
    variables = [*model.variables, *model.optimizer.variables]
    assert {"seed_generator_state", "iteration"} <= {variable.name for variable in variables}
    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def check_equal(first, second):
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)


def check_resumes(gan, data, folder, epochs=2):
    """Trains eagerly once without a break, and once more from each checkpoint, all with data of their own."""
    folder = folder / "checkpoints"
    options = {"epochs": epochs, "shuffle": False, "verbose": 0}
    history = gan.fit(data(gan), callbacks=[km.callbacks.Checkpoints(folder, keep=99)], **options).history
    for done in range(1, epochs):
        copy = keras.saving.load_model(folder / f"epoch_{done:04d}.keras")
        copy.run_eagerly = EAGER
        again = data(copy)
        again.epoch = done
        checkpoints = km.callbacks.Checkpoints(folder, keep=99)
        rest = copy.fit(again, initial_epoch=done, callbacks=[checkpoints], **options).history
        assert {name: values[done:] for name, values in history.items()} == rest
        check_equal(state_of(gan), state_of(copy))


def tunes(gan):
    return km.datasets.melodies(2, gan, batch_size=8, seed=1, transpose=3)


def notes(gan):
    return km.datasets.synthetic_notes(9, gan, batch_size=3, seed=1)


@backend
@at_night_under_jax
def test_every_boundary_with_all_that_is_random(tmp_path):
    gan = small_gan(
        generator=keras.Sequential(
            [
                keras.Input((8,)),
                keras.layers.Dense(16, "relu"),
                keras.layers.BatchNormalization(),
                keras.layers.Dropout(0.3),
                keras.layers.Dense(16, "tanh"),
            ]
        ),
        discriminator=keras.Sequential(
            [
                keras.Input((16,)),
                keras.layers.GaussianNoise(0.1),
                keras.Sequential([keras.layers.Dense(16, "relu"), keras.layers.Dropout(0.3)]),
                keras.layers.Dense(1),
            ]
        ),
    )
    penalties = [("gradient_penalty", {"every": 1}), ("r1", {"every": 4}), ("r2", {"every": 3})]
    gan.compile(penalties=penalties, discriminator_steps=2, log_gradient_norms=True, run_eagerly=EAGER)
    check_resumes(gan, tunes, tmp_path, epochs=3)


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["pianoroll", "wavegan", "gansynth-small", "specgan"])
def test_presets(preset, tmp_path):
    gan = small_gan(preset)
    gan.compile(run_eagerly=EAGER)
    check_resumes(gan, tunes if preset == "pianoroll" else notes, tmp_path)


@backend
@pytest.mark.parametrize("optimizer", ["Nadam", "Adafactor"])  # with state of kinds that the others do not have
def test_optimizers_keep_all_that_they_remember(optimizer, tmp_path):
    gan = small_gan()
    gan.compile(optimizer=getattr(keras.optimizers, optimizer)(0.01, clipnorm=1.0), run_eagerly=EAGER)
    check_resumes(gan, tunes, tmp_path)


def request(preset="lecture", data=None, epochs=4, **changes):
    """What a run is asked for, as `config.json` holds it."""
    overrides = {**SMALL[preset], **changes.pop("overrides", {})}
    # A step a call, to be interrupted after any; without XLA, so that the tests and other processes compile alike.
    compiled = {"steps_per_execution": 1, "jit_compile": False, **changes.pop("compile", {})}
    asked = {"preset": preset, "data": data, "epochs": epochs, "overrides": overrides, "compile": compiled}
    return {**asked, "dataset": {}, "stop_on_collapse": False, "every": 2, "seed": 3, **changes}


def run_of(folder, asked, interrupt=None, resume=False):
    """The run in a folder, trained to its end or to a Ctrl-C in batch `interrupt[1]` of epoch `interrupt[0]`."""
    run = RunFolder(folder)
    on_train_batch_end = km.callbacks.Progress.on_train_batch_end

    def interrupted(progress, batch, logs=None):
        on_train_batch_end(progress, batch, logs)
        if (progress.epoch, batch) == interrupt:
            signal.raise_signal(signal.SIGINT)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(km.callbacks.Progress, "on_train_batch_end", interrupted)
        try:
            train(run, asked, Console(quiet=True), resume=resume)
        except KeyboardInterrupt:
            assert interrupt is not None
        else:
            assert interrupt is None
    return run


def check_runs_equal(*runs):
    """The same models to the last bit, the newest and the best, the same history and the same samples."""
    check_equal(*(state_of(load_model(run.newest_checkpoint()[1])) for run in runs))
    if runs[0].best.exists():
        check_equal(*(state_of(load_model(run.best)) for run in runs))
    assert runs[0].history.read_text() == runs[1].history.read_text()
    samples = [{file.relative_to(run.samples): file.read_bytes() for file in files(run)} for run in runs]
    assert samples[0] == samples[1] and samples[0]


def files(run):
    return [file for file in run.samples.rglob("*") if file.suffix in (".wav", ".mid", ".png")]


def test_a_run_goes_on_after_ctrl_c_in_an_epoch(eager, tmp_path):
    # Every 3 of 5: what the monitor heard in epoch 1 stands in the rows of epoch 2 and, after the break, of epoch 3.
    asked = request(epochs=5, every=3, overrides={"recipe": {"pieces": 4, "batch_size": 16}})
    whole = run_of(tmp_path / "whole", asked)
    parts = run_of(tmp_path / "parts", asked, interrupt=(1, 1))
    assert parts.newest_checkpoint()[0] == 1
    parts = run_of(tmp_path / "parts", asked, interrupt=(2, 0), resume=True)
    assert parts.newest_checkpoint()[0] == 2
    check_runs_equal(whole, run_of(tmp_path / "parts", asked, resume=True))


def test_a_model_that_is_trained_further_goes_on_without_its_file(eager, tmp_path):
    start = tmp_path / "start.keras"
    small_gan("lecture").save(start)
    waits = {"class_name": "PiecewiseConstantDecay", "config": {"boundaries": [2], "values": [0.0, 1e-3]}}
    changes = {
        "from_model": str(start),
        "compile": {"generator_optimizer": {"class_name": "Adam", "config": {"learning_rate": waits}}},
    }
    asked = {**request(epochs=3, **changes), "overrides": {"recipe": {"pieces": 4, "batch_size": 16}}}
    whole = run_of(tmp_path / "whole", asked)
    run_of(tmp_path / "parts", asked, interrupt=(1, 1))
    start.unlink()
    check_runs_equal(whole, run_of(tmp_path / "parts", asked, resume=True))


def test_a_run_goes_on_as_it_was_executed(tmp_path):
    asked = request(epochs=2, compile={"run_eagerly": True}, overrides={"recipe": {"pieces": 4, "batch_size": 16}})
    run_of(tmp_path, asked, interrupt=(1, 0))
    run = RunFolder(tmp_path)
    model = train(run, asked, Console(quiet=True), resume=True)
    assert model.run_eagerly


NEW_PROCESS = """
import json, sys
from rich.console import Console
from keras_musicgan.runs.train import train
from keras_musicgan.runs.folder import RunFolder
train(RunFolder(sys.argv[1]), json.loads(sys.argv[2]), Console(quiet=True), resume=True)
"""


@pytest.mark.nightly
@pytest.mark.parametrize("domain", ["waveforms", "spectrograms"])
def test_a_run_goes_on_in_a_new_process(domain, audio_files, tmp_path):
    asked = {
        "waveforms": request(
            "wavegan",
            str(audio_files),
            epochs=3,
            dataset={"clip": "random", "cache_limit": 0, "workers": 3, "batch_size": 8, "normalize": "peak"},
            compile={"augmentations": ["shift", "gain"], "penalties": [["gradient_penalty", {"every": 3}]]},
        ),
        "spectrograms": request(
            "gansynth-small",
            str(audio_files),
            epochs=3,
            overrides={"conditions": [["label", {"names": ["low", "high"]}]]},
            dataset={"clip": "random", "cache": str(tmp_path / "cache"), "cache_limit": 30_000},
        ),
    }[domain]
    if domain == "spectrograms":
        asked["dataset"]["labels"] = labels_of(audio_files, tmp_path / "labels.csv")
    whole = run_of(tmp_path / "whole", asked)
    parts = run_of(tmp_path / "parts", asked, interrupt=(1, 0))
    subprocess.run([sys.executable, "-c", NEW_PROCESS, parts.path, json.dumps(asked)], check=True)
    check_runs_equal(whole, parts)


def labels_of(folder, path):
    """A table that tells of each file of a folder whether it is of `low` or of `high`."""
    rows = [f"{file.relative_to(folder).as_posix()},{file.parent.name}" for file in sorted(folder.glob("*/*.wav"))]
    path.write_text("\n".join(["file,label", *rows]) + "\n")
    return str(path)


def test_clips_do_not_depend_on_what_a_cache_held_before(audio_files, tmp_path):
    gan = small_gan("wavegan")  # at 16 kHz, of files at 8 kHz: resampled in part, a file differs in its last bits
    options = {"clip": "slices", "held_out": 0, "cache": tmp_path / "cache"}

    def clips(limit):
        return km.datasets.audio_folder(audio_files, gan, cache_limit=limit, **options).load()

    first, again = clips(60_000), clips(60_000)
    everything = clips(10**9)
    np.testing.assert_array_equal(again, first)
    np.testing.assert_array_equal(clips(60_000), first)
    assert not np.array_equal(everything, first)
    np.testing.assert_allclose(everything, first, atol=1e-6)
