"""Trains a model as it is asked for, in a folder that keeps all that the training makes."""

import signal
from typing import TYPE_CHECKING

import keras
import numpy as np

from keras_musicgan import callbacks, datasets
from keras_musicgan.callbacks.audio_quality import MIN_HELD_OUT
from keras_musicgan.gan import MusicGAN
from keras_musicgan.runs.folder import RunError, RunFolder, load_model
from keras_musicgan.utils.console import PLAIN

if TYPE_CHECKING:
    from rich.console import Console

SAMPLES_PER_RUN = 10
EXECUTION = ("run_eagerly", "steps_per_execution", "jit_compile")  # arguments of `compile` that no model is saved with


class DivergedError(RunError):
    """A training whose loss is not finite any more."""


def train(run: RunFolder, request: dict, console: "Console", resume: bool = False, overwrite: bool = False) -> MusicGAN:
    """Trains a model as requested, in a folder.

    A run that is continued, wherever it was stopped or killed, makes what it would have made without a break: the same
    weights on the same processor, the same files. The global seeds of Python, NumPy and Keras are set.

    Args:
        run: `RunFolder`, empty or holding the run to continue or to replace.
        request: Dict of `preset`, `data` (folder or `None` for built-in music), `epochs`, `overrides` (of
            `MusicGAN.from_preset`), `compile` (arguments), `dataset` (options), `stop_on_collapse`, `every` (epochs
            between samples or `None` for ten sets a run), `seed`.
        console: `rich.console.Console` for progress.
        resume: Whether to go on from the newest checkpoint.
        overwrite: Whether a new run may replace the one that the folder holds. It does so only once model and
            data are ready, so that a mistyped option costs nothing.

    Returns:
        The trained model.

    Raises:
        RunError: If the folder holds a run that is neither to be continued nor replaced.
        ValueError: If an option or the data cannot be used.
    """
    if not resume:
        run.check_available(overwrite)
    keras.utils.set_random_seed(request["seed"])
    done, checkpoint = run.newest_checkpoint() if resume else (0, None)
    if checkpoint is None:
        model = MusicGAN.from_preset(request["preset"], seed=request["seed"], **request["overrides"])
        model.compile(**request["compile"])
    else:
        model = load_model(checkpoint)
        for name in EXECUTION:
            if request["compile"].get(name, "auto") != "auto":
                setattr(model, name, request["compile"][name])
    epochs = request["epochs"] or model.recipe["epochs"]
    every = request["every"] or max(1, epochs // SAMPLES_PER_RUN)
    data = datasets.for_model(model, request["data"], **{"seed": request["seed"], **request["dataset"]})
    data.epoch = done
    console.print(_describe(request, data), **PLAIN)
    if resume:
        run.return_to(done)
    if done >= epochs:
        console.print(f"nothing left to do: {done} epochs are done, {epochs} are asked for", **PLAIN)
        return model
    if not resume:
        run.clear()
    run.write_config({**request, "epochs": epochs, "found": _found(data)})
    progress = callbacks.Progress(console)
    monitor = callbacks.CollapseMonitor(every=every, stop=request["stop_on_collapse"])
    quality = _quality(run, data, every, console)
    monitors = [monitor, quality] if quality else [monitor]
    pictures = callbacks.SpectrogramLogger(run.logs / "samples", every=every)
    with _Interruptible() as interruptible:
        try:
            history = model.fit(
                data,
                epochs=epochs,
                initial_epoch=done,
                shuffle=False,
                verbose=0,
                callbacks=[
                    interruptible,
                    keras.callbacks.TerminateOnNaN(),
                    progress,
                    *monitors,
                    callbacks.HistoryFile(run.history),
                    callbacks.ScalarLogger(run.logs / "scalars"),
                    pictures,
                    callbacks.WavWriter(run.samples, every=every, pictures=pictures),
                    callbacks.Checkpoints(run.checkpoints, monitors=monitors),  # last: the epoch is whole
                ],
            ).history
        finally:
            progress.close()
    if quality and quality.best_epoch is not None:
        console.print(f"best epoch by its kernel distance to held-out music: {quality.best_epoch}", **PLAIN)
    if monitor.stopped:
        reasons = " ".join(f"{finding.evidence}. {finding.remedy}" for finding in monitor.findings)
        console.print(f"stopped after epoch {done + len(history['loss'])}: {reasons}", **PLAIN)
    if not np.isfinite(history["loss"][-1]):
        kept, _ = run.newest_checkpoint()
        last = done + len(history["loss"])
        raise DivergedError(
            f"Training must stay finite. Received: a loss of {history['loss'][-1]} in epoch {last}. "
            f"The last good model is that of epoch {kept}. Train with a lower --learning-rate."
        )
    return model


def _quality(run, data, every, console):
    """The callback that measures quality and keeps the best model; `None` where too little is held out."""
    held_out = data.held_out.n_clips if data.held_out else 0
    if held_out < MIN_HELD_OUT:
        console.print(
            f"quality is not measured: {held_out} clips are held out, {MIN_HELD_OUT} are needed (data.held_out)",
            **PLAIN,
        )
        return None
    return callbacks.AudioQuality(data, every=every, best=run.best)


class _Interruptible(keras.callbacks.Callback):
    """Turns Ctrl-C into a KeyboardInterrupt at the end of the batch; a second Ctrl-C interrupts at once.

    Raised anywhere else it can be lost in native code that calls Python, or hit a file half written.
    """

    def __enter__(self):
        self.interrupted = False
        try:
            self.previous = signal.signal(signal.SIGINT, self._note)
        except ValueError:  # only the main thread may handle signals
            self.previous = None
        return self

    def __exit__(self, *error):
        if self.previous is not None:
            signal.signal(signal.SIGINT, self.previous)

    def _note(self, number, frame):
        if self.interrupted:
            raise KeyboardInterrupt
        self.interrupted = True

    def on_train_batch_end(self, batch, logs=None):
        if self.interrupted:
            raise KeyboardInterrupt


def _found(data):
    return {
        "clips": data.n_clips,
        "held_out_clips": data.held_out.n_clips if data.held_out else 0,
        "skipped": data.skipped,
    }


def _describe(request, data):
    source = f"folder {request['data']}" if request["data"] else "music made by the package"
    held_out = data.held_out.n_clips if data.held_out else 0
    lines = [f"{source}: {data.n_clips} clips to train on, {held_out} held out"]
    if data.skipped:
        lines.append(f"{len(data.skipped)} files skipped, for example:")
        lines += [f"  {name}: {reason}" for name, reason in list(data.skipped.items())[:3]]
        lines.append("  (config.json lists all of them)")
    return "\n".join(lines)
