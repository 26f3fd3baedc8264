"""Trains a model by a request, in a folder that keeps the whole run."""

import math
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

import keras
import numpy as np

from keras_musicgan import backends, callbacks, datasets, processes
from keras_musicgan.adversarial.recipe import usual_epochs
from keras_musicgan.callbacks.audio_quality import MIN_HELD_OUT
from keras_musicgan.callbacks.interruptible import Interruptible
from keras_musicgan.datasets.batches import Batches
from keras_musicgan.datasets.files import summarize_skipped
from keras_musicgan.gan import MusicGAN
from keras_musicgan.representations import AudioRepresentation
from keras_musicgan.runs import warm_start
from keras_musicgan.runs.data_files import describe_changes, list_files, read_list, write_list
from keras_musicgan.runs.description import describe_run
from keras_musicgan.runs.folder import RunError, RunFolder
from keras_musicgan.runs.lock import one_process
from keras_musicgan.runs.models import load_model
from keras_musicgan.runs.outcome import write_outcome
from keras_musicgan.utils.console import count, print_plain

if TYPE_CHECKING:
    from rich.console import Console

SAMPLES_PER_RUN = 10  # at most
CLIPS_PER_SAMPLE = 4  # as files, and in the log
CHECKPOINTS_PER_RUN = 20  # at least, where a run has so many epochs
STEPS_PER_CHECKPOINT = 50  # in which saving, which takes as long as a few, matters little
MIN_CLIPS = 30  # of data, to hold out as many as measures need
EXECUTION = ("run_eagerly", "steps_per_execution", "jit_compile")  # arguments of `compile` that no model is saved with


class DivergedError(RunError):
    """A training run whose loss is no longer finite."""


def train(run: RunFolder, request: dict, console: "Console", resume: bool = False, overwrite: bool = False) -> MusicGAN:
    """Trains a model by a request, in a folder.

    A resumed run, wherever it was stopped or killed, has the same result as one without a break: the same weights on
    the same processor, the same files. The global seeds of Python, NumPy and Keras are set.

    Several processes, joined by `processes.start`, all call it; the first alone writes into the folder, which the
    others must be able to read.

    Args:
        run: `RunFolder`, empty or with the run to resume or to replace.
        request: Dict by `TrainingRequest.config`.
        console: `rich.console.Console` for progress.
        resume: Whether to resume from the newest checkpoint.
        overwrite: Whether a new run may replace the one in the folder. It does so only once model and data are ready,
            so that a mistyped option costs nothing.

    Returns:
        The trained model.

    Raises:
        RunError: If the folder holds a run that is neither to be resumed nor replaced.
        BusyError: If another process is training in the folder.
        DivergedError: If the loss is no longer finite.
        LostProcessError: If another of several processes has ended.
        ValueError: If an option or the data cannot be used.
    """
    with one_process(run.path) if processes.is_first() else nullcontext():
        return train_in_held(run, request, console, resume, overwrite)


def train_in_held(
    run: RunFolder, request: dict, console: "Console", resume: bool = False, overwrite: bool = False
) -> MusicGAN:
    """As `train`, in a folder that is held by `one_process`, here or in the process that started this one."""
    first = processes.is_first()
    if first and not resume:
        run.check_available(overwrite)
    keras.utils.set_random_seed(request["seed"])
    done, checkpoint = run.newest_checkpoint() if resume else (0, None)
    model = _open_model(request, checkpoint)
    data, request = open_data(model, request, resume)
    data.epoch = done
    held_out = data.held_out.n_clips if data.held_out else 0
    if not resume and request.get("choice"):
        print_plain(console, request["choice"])
    print_plain(console, _describe(request, data, held_out))
    files = _data_files(request, model)
    if first and resume:
        _report_changes(run, files, console)
        run.return_to(done)
    elif first:
        run.clear()
    usual = usual_epochs(model.recipe, len(data))
    if request.get("from_model") is not None:
        usual = max(1, round(warm_start.LENGTH * usual))
    epochs = request["epochs"] or usual
    if done >= epochs:
        print_plain(console, f"nothing left to do: {count(done, 'epoch')} done, {epochs} requested")
        return model
    found = {"clips": data.n_clips, "held_out_clips": held_out, "skipped": data.skipped, "usual_epochs": usual}
    representation = keras.saving.serialize_keras_object(model.representation)
    facts = {"found": found, "recipe": model.recipe, "representation": representation}
    if first:
        run.write_config({**request, "epochs": epochs, **facts})
    if first and files is not None:
        write_list(run.data_file, files)
    every = request["every"] or math.ceil(epochs / SAMPLES_PER_RUN)
    monitor = callbacks.CollapseMonitor(every=every, stop=request["stop_on_collapse"], data=data)
    quality = callbacks.AudioQuality(data, every=every, best=run.best) if held_out >= MIN_HELD_OUT else None
    if quality is None:
        reason = f"{count(held_out, 'clip')} held out, {MIN_HELD_OUT} are needed (data.held_out)"
        print_plain(console, f"quality is not measured: {reason}")
    if not model.representation.adapted:
        print_plain(console, f"before the first epoch, the model learns {model.representation.learned}")
        with console.status(f"learning {model.representation.learned}"):
            model.representation.adapt(data)
    texts = describe_run({**request, "epochs": epochs}, model, data)
    monitors = [monitor, quality] if quality else [monitor]
    losses = _fit(model, data, run, epochs, done, every, monitors, texts, console)
    _report(run, monitor, quality, done + len(losses), losses[-1], console)
    processes.on_first(lambda: _write_outcome(run, request, console))
    return model


def _write_outcome(run, request, console):
    """Lets the best model play what it has learned."""
    with console.status("playing what was learned"), backends.alone(()):
        best, title = load_model(run.path), run.path.resolve().name
        write_outcome(best, run.outcome, title, drums=request["preset"] == "drums", seed=request["seed"])


def new_model(request: dict) -> MusicGAN:
    """The model of a request as it begins, compiled: untrained, or a trained one to train further.

    Args:
        request: Dict by `TrainingRequest.config`.

    Raises:
        ValueError: If an option cannot be used, or the model to train further cannot be loaded.
    """
    start, seed, overrides = request.get("from_model"), request["seed"], request["overrides"]
    if start is None:
        with _dtype_policy(request.get("precision", "float32")):  # runs of earlier versions name none
            model = MusicGAN.from_preset(request["preset"], seed=seed, **overrides)
    else:
        model = warm_start.start_from(start, seed=seed, **overrides)
        warm_start.check_data(model, request["data"], request["dataset"])
    model.compile(**request["compile"])
    return model


def open_data(model: MusicGAN, request: dict, resume: bool = False) -> tuple[Batches, dict]:
    """The data of a request, and the request with the share of them that is held out.

    Where a tenth is too little to measure against, as of 30 sounds, the share is as large as measures need. A run that
    is resumed keeps its own.

    Args:
        model: The model to train.
        request: Dict by `TrainingRequest.config`.
        resume: Whether the request is that of an earlier run.

    Raises:
        ValueError: If the data or an option of them cannot be used.
    """
    options = {"seed": request["seed"], **request["dataset"]}
    data = datasets.for_model(model, request["data"], **options)
    n_held_out = data.held_out.n_clips if data.held_out else 0
    n_clips = data.n_clips + n_held_out
    if resume or "held_out" in options or n_held_out >= MIN_HELD_OUT or n_clips < MIN_CLIPS:
        return data, request
    share = round(MIN_HELD_OUT / n_clips, 4)
    data = datasets.for_model(model, request["data"], **options, held_out=share)
    return data, {**request, "dataset": {**request["dataset"], "held_out": share}}


def _open_model(request, checkpoint):
    """The model in a checkpoint, or a new one without."""
    if checkpoint is None:
        return new_model(request)
    model = load_model(checkpoint)
    for name in EXECUTION:
        if request["compile"].get(name, "auto") != "auto":
            setattr(model, name, request["compile"][name])
    return model


@contextmanager
def _dtype_policy(name) -> Iterator[None]:
    """A block in which layers are made with a dtype policy; they keep it, also in the saved model."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _data_files(request, model):
    """The files of the data folder with their sizes and times; `None` for synthetic music."""
    if request["data"] is None:
        return None
    kind = "audio" if isinstance(model.representation, AudioRepresentation) else "MIDI"
    return list_files(request["data"], kind)


def _report_changes(run, files, console):
    """Says which files of the data folder are not those that the run was last trained on."""
    before = read_list(run.data_file)
    changes = describe_changes(before, files) if before is not None and files is not None else []
    if changes:
        print_plain(console, f"the data have changed since this run was last trained: {'; '.join(changes)}")


def _describe(request, data, held_out):
    source = f"folder {request['data']}" if request["data"] else "built-in music"
    lines = [f"{source}: {count(data.n_clips, 'clip')} to train on, {held_out} held out"]
    if data.skipped:
        lines += [*summarize_skipped(data.skipped), "  (config.json lists all of them)"]
    return "\n".join(lines)


def _fit(model, data, run, epochs, done, every, monitors, texts, console):
    """Trains from epoch `done` to `epochs`, with all callbacks of a run; returns the losses of these epochs."""
    progress = callbacks.Progress(console)
    between = max(1, min(STEPS_PER_CHECKPOINT // len(data), epochs // CHECKPOINTS_PER_RUN))
    checkpoints = callbacks.Checkpoints(run.checkpoints, every=between, monitors=monitors)
    pictures = callbacks.SpectrogramLogger(run.logs / "samples", CLIPS_PER_SAMPLE, every)
    with Interruptible() as interruptible:
        try:
            return model.fit(
                data,
                epochs=epochs,
                initial_epoch=done,
                shuffle=False,
                verbose=0,
                callbacks=[
                    interruptible,
                    keras.callbacks.TerminateOnNaN(),
                    *monitors,
                    progress,
                    callbacks.HistoryFile(run.history),
                    callbacks.ScalarLogger(run.logs / "scalars", texts),
                    pictures,
                    callbacks.WavWriter(run.samples, CLIPS_PER_SAMPLE, every, pictures=pictures),
                    checkpoints,  # last: the epoch is whole
                ],
            ).history["loss"]
        finally:
            progress.close()


def _report(run, monitor, quality, last_epoch, loss, console):
    """Prints the best epoch and the reason of an early end; raises DivergedError if the loss is not finite."""
    if quality and quality.best_epoch is not None:
        print_plain(console, f"best epoch by its targets and its distance to held-out music: {quality.best_epoch}")
    if monitor.stopped:
        reasons = " ".join(f"{finding.evidence}. {finding.remedy}" for finding in monitor.findings)
        print_plain(console, f"stopped after epoch {last_epoch}: {reasons}")
    if not np.isfinite(loss):
        saved, _ = run.newest_checkpoint()
        raise DivergedError(
            f"Training must stay finite. Received: a loss of {loss} in epoch {last_epoch}. "
            f"The last good model is that of epoch {saved}. Train with a lower --learning-rate."
        )
