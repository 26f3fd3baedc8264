"""One training run in one folder: configuration, checkpoints, samples, logs."""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import keras

from keras_musicgan import callbacks, datasets
from keras_musicgan.callbacks.checkpoints import saved_epochs
from keras_musicgan.files import replacing
from keras_musicgan.gan import MusicGAN

if TYPE_CHECKING:
    from rich.console import Console

SAMPLES_PER_RUN = 20


class RunError(ValueError):
    """A run folder that cannot be used as asked."""


class RunFolder:
    """The files of a run.

    - `config.json`: what was asked for and what was found, enough to go on;
    - `checkpoints/epoch_0001.keras`: the newest models;
    - `samples/epoch_0001/`: WAV, MIDI, picture and latents;
    - `logs/`: for TensorBoard; `history.csv`: the numbers of every epoch.

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

    def refuse_if_used(self) -> None:
        """Raises RunError if the folder holds a run, or something of the names that a run uses."""
        held = [part.name for part in self._parts() if part.exists()]
        if held:
            raise RunError(
                f"A new run needs a folder without one. Received: {self.path}, which holds {held[0]}. "
                "Continue it with --resume, replace it with --overwrite, or name another folder with --out."
            )

    def clear(self) -> None:
        """Deletes the run that the folder holds, and nothing else in it."""
        for part in self._parts():
            if part.is_dir():
                shutil.rmtree(part)
            else:
                part.unlink(missing_ok=True)

    def _parts(self):
        return self.config_file, self.checkpoints, self.samples, self.logs, self.history

    def write_config(self, config: dict) -> None:
        """Writes `config.json`."""
        with replacing(self.config_file) as temporary:
            temporary.write_text(json.dumps(config, indent=2) + "\n")

    def read_config(self) -> dict:
        """Reads `config.json`.

        Raises:
            RunError: If there is none, or it is damaged.
        """
        if not self.config_file.is_file():
            raise RunError(f"A run folder must hold config.json. Received: {self.path}, which holds none")
        try:
            return json.loads(self.config_file.read_text())
        except json.JSONDecodeError as error:
            raise RunError(f"config.json of a run must be whole. Received: {self.config_file}: {error}") from error

    def newest_checkpoint(self) -> tuple[int, Path | None]:
        """(epochs done, path) of the newest checkpoint, or (0, None)."""
        found = saved_epochs(self.checkpoints)
        return found[-1] if found else (0, None)


def load_model(path: str | Path) -> MusicGAN:
    """Loads a model from a `.keras` file or from the newest checkpoint of a run folder.

    Raises:
        FileNotFoundError: If there is no such file or folder.
        RunError: If the file is no saved MusicGAN, or the folder holds no checkpoint.
    """
    path = Path(path)
    if path.is_dir():
        _, checkpoint = RunFolder(path).newest_checkpoint()
        if checkpoint is None:
            raise RunError(f"A run folder must hold a checkpoint to load. Received: {path}, which holds none")
        path = checkpoint
    if not path.is_file():
        raise FileNotFoundError(f"A model must be a .keras file or a run folder. Received: path={str(path)!r}")
    try:
        model = keras.saving.load_model(path)
    except Exception as error:  # Keras raises whatever the broken part of an archive happens to cause
        raise RunError(f"A model must be a whole .keras file. Received: {path}: {error}") from error
    if not isinstance(model, MusicGAN):
        raise RunError(f"A model must be a MusicGAN. Received: {path}, which holds a {type(model).__name__}")
    return model


def train(run: RunFolder, request: dict, console: "Console", resume: bool = False, overwrite: bool = False) -> MusicGAN:
    """Trains a model as requested, in a folder.

    Args:
        run: `RunFolder`, empty or holding the run to continue or to replace.
        request: Dict of `preset`, `data` (folder or `None` for built-in tunes), `epochs`, `overrides` (of
            `MusicGAN.from_preset`), `compile` (arguments), `transpose`, `every` (epochs between samples or `None`
            for twenty sets a run), `seed`.
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
    if not resume and not overwrite:
        run.refuse_if_used()
    done, checkpoint = run.newest_checkpoint() if resume else (0, None)
    if checkpoint is None:
        model = MusicGAN.from_preset(request["preset"], seed=request["seed"], **request["overrides"])
        model.compile(**request["compile"])
    else:
        model = load_model(checkpoint)
    epochs = request["epochs"] or model.recipe["epochs"]
    every = request["every"] or max(1, epochs // SAMPLES_PER_RUN)
    data = _data(request, model)
    data.epoch = done
    console.print(_describe(request, data), highlight=False)
    if done >= epochs:
        console.print(f"nothing left to do: {done} of {epochs} epochs are done", highlight=False)
        return model
    if not resume:
        run.clear()
    run.write_config({**request, "epochs": epochs, "found": _found(data)})
    progress = callbacks.Progress(console)
    try:
        model.fit(
            data,
            epochs=epochs,
            initial_epoch=done,
            shuffle=False,
            verbose=0,
            callbacks=[
                progress,
                callbacks.Checkpoints(run.checkpoints),
                keras.callbacks.CSVLogger(str(run.history), append=True),
                callbacks.ScalarLogger(run.logs / "scalars"),
                callbacks.WavWriter(run.samples, every=every),
                callbacks.SpectrogramLogger(run.logs / "samples", every=every, png_dir=run.samples),
            ],
        )
    finally:
        progress.close()
    return model


def _data(request, model):
    options = {"transpose": request["transpose"], "seed": request["seed"]}
    if request["data"] is None:
        return datasets.melodies(model.recipe["tunes"], model, **options)
    return datasets.midi_folder(request["data"], model, **options)


def _found(data):
    return {
        "clips": len(data.clips),
        "held_out_clips": len(data.held_out.clips) if data.held_out else 0,
        "skipped": data.skipped,
    }


def _describe(request, data):
    source = f"folder {request['data']}" if request["data"] else "tunes made by the package"
    held_out = len(data.held_out.clips) if data.held_out else 0
    lines = [f"{source}: {len(data.clips)} clips to train on, {held_out} held out"]
    if data.skipped:
        lines.append(f"{len(data.skipped)} files skipped, for example:")
        lines += [f"  {name}: {reason}" for name, reason in list(data.skipped.items())[:3]]
        lines.append("  (config.json lists all of them)")
    return "\n".join(lines)
