"""One training run in one folder: configuration, checkpoints, samples, logs."""

import json
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import keras
import numpy as np

from keras_musicgan import callbacks, datasets
from keras_musicgan.callbacks.audio_quality import LEAST_HELD_OUT
from keras_musicgan.callbacks.checkpoints import PATTERN, saved_epochs
from keras_musicgan.callbacks.sampling import FOLDER, sampled_epochs
from keras_musicgan.files import remove, replacing, target_of
from keras_musicgan.gan import MusicGAN

if TYPE_CHECKING:
    from rich.console import Console

SAMPLES_PER_RUN = 10
PLAIN = {"highlight": False, "markup": False, "soft_wrap": True}  # paths are printed as they are
EXECUTION = ("run_eagerly", "steps_per_execution", "jit_compile")  # arguments of `compile` that no model is saved with
REQUEST = ("preset", "data", "epochs", "overrides", "compile", "dataset", "stop_on_collapse", "every", "seed")


class RunError(ValueError):
    """A run folder that cannot be used as asked."""


class DivergedError(RunError):
    """A training whose loss is not finite any more."""


class RunFolder:
    """The files of a run.

    - `config.json`: what was asked for and what was found, enough to go on;
    - `checkpoints/epoch_0001.keras`: the newest models; `checkpoints/best.keras`: the best one;
    - `samples/epoch_0001/`: WAV, MIDI, picture and latents;
    - `logs/`: for TensorBoard; `history.csv`: the numbers of every epoch.

    Each is written under a temporary name and renamed, the checkpoint of an epoch after everything else of it. A run
    that was killed goes on from its newest checkpoint: what is later, or was not finished, is dropped.

    Args:
        path: The folder.
    """

    def __init__(self, path):
        self.path = Path(path)
        self.config_file = self.path / "config.json"
        self.checkpoints = self.path / "checkpoints"
        self.samples = self.path / "samples"
        self.logs = self.path / "logs"
        self.history = self.path / "history.csv"
        self.best = self.checkpoints / "best.keras"

    def refuse_unless_free(self, overwrite: bool = False) -> None:
        """Raises RunError if a new run would mix with, or delete, what the folder holds.

        A run that is there may be replaced when `overwrite` says so. Files of the names that a run uses in a folder
        without a run are somebody else's, and never replaced.
        """
        if self.path.exists() and not self.path.is_dir():
            raise RunError(f"A run needs a folder. Received: {self.path}, which is a file. Name another with --out.")
        held = [part.name for part in self._parts() if part.exists()]
        if not held:
            return
        if not self.config_file.exists():
            raise RunError(
                f"A new run needs a folder without {held[0]}. Received: {self.path}, which holds one and no run. "
                "Name another folder with --out."
            )
        self.read_config()
        if not overwrite:
            raise RunError(
                f"A new run needs a folder without one. Received: {self.path}, which holds a run. "
                "Continue it with --resume, replace it with --overwrite, or name another folder with --out."
            )

    def clear(self) -> None:
        """Deletes the files that a run wrote into the folder, and nothing else in it."""
        for _, made in (*saved_epochs(self.checkpoints), *sampled_epochs(self.samples)):
            remove(made)
        for made in (self.best, self.history, self.logs / "scalars", self.logs / "samples"):
            remove(made)
        self._remove_unfinished()
        for folder in (self.checkpoints, self.samples, self.logs):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        self.config_file.unlink(missing_ok=True)  # last: until then the folder is a run's, and may be cleared again

    def return_to(self, done: int) -> None:
        """Deletes what a killed run left behind its checkpoint after `done` epochs, or did not finish writing.

        Rows of the history and steps of the logs are not touched: the callbacks that write them drop what is later.
        """
        self._remove_unfinished()
        for epoch, folder in sampled_epochs(self.samples):
            if epoch > done:
                remove(folder)

    def _remove_unfinished(self):
        """Deletes the temporary files of a process that was killed, if they stand for files of a run."""
        of_run = {
            self.path: re.compile("|".join(re.escape(file.name) for file in (self.config_file, self.history))),
            self.checkpoints: re.compile(f"{PATTERN.pattern}|{re.escape(self.best.name)}"),
            self.samples: FOLDER,
        }
        for folder, names in of_run.items():
            for made in folder.glob(".*"):
                if names.fullmatch(target_of(made) or ""):
                    remove(made)

    def _parts(self):
        return self.config_file, self.checkpoints, self.samples, self.logs, self.history

    def write_config(self, config: dict) -> None:
        """Writes `config.json`."""
        with replacing(self.config_file, durable=True) as temporary:
            temporary.write_text(json.dumps(config, indent=2) + "\n")

    def read_config(self) -> dict:
        """Reads `config.json`.

        Raises:
            RunError: If there is none, or it is damaged.
        """
        if not self.config_file.is_file():
            raise RunError(f"A run folder must hold config.json. Received: {self.path}, which holds none")
        try:
            config = json.loads(self.config_file.read_text())
        except ValueError as error:
            raise RunError(f"config.json of a run must be whole. Received: {self.config_file}: {error}") from error
        missing = set(REQUEST) - set(config if isinstance(config, dict) else ())
        if missing:
            raise RunError(
                f"config.json of a run must name {', '.join(REQUEST)}. Received: {self.config_file} without "
                f"{', '.join(sorted(missing))}, which is no run's. Name another folder with --out."
            )
        return config

    def newest_checkpoint(self) -> tuple[int, Path | None]:
        """(epochs done, path) of the newest checkpoint, or (0, None)."""
        found = saved_epochs(self.checkpoints)
        return found[-1] if found else (0, None)


def load_model(path: str | Path) -> MusicGAN:
    """Loads a model from a `.keras` file or from a run folder: its best one, or the newest where none was measured.

    Raises:
        FileNotFoundError: If there is no such file or folder.
        RunError: If the file is no saved MusicGAN, or the folder holds no checkpoint.
    """
    path = Path(path)
    if path.is_dir():
        run = RunFolder(path)
        checkpoint = run.best if run.best.is_file() else run.newest_checkpoint()[1]
        if checkpoint is None:
            raise RunError(f"A run folder must hold a checkpoint to load. Received: {path}, which holds none")
        path = checkpoint
    if not path.is_file():
        raise FileNotFoundError(f"A model must be a .keras file or a run folder. Received: path={str(path)!r}")
    try:
        model = keras.saving.load_model(path)
    except Exception as error:  # Keras raises whatever the broken part of an archive happens to cause
        raise RunError(f"A model must be a .keras file that can be loaded. Received: {path}: {error}") from error
    if not isinstance(model, MusicGAN):
        raise RunError(f"A model must be a MusicGAN. Received: {path}, which holds a {type(model).__name__}")
    return model


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
        run.refuse_unless_free(overwrite)
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
    if held_out < LEAST_HELD_OUT:
        console.print(
            f"quality is not measured: {held_out} clips are held out, {LEAST_HELD_OUT} are needed (data.held_out)",
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
