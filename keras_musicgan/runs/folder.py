"""The folder of a training run: its files, and which of them are whole."""

import json
import re
import shlex
import warnings
import zipfile
import zlib
from pathlib import Path

from keras_musicgan.pretrained import catalogue
from keras_musicgan.utils import epoch_files
from keras_musicgan.utils.checks import nearest
from keras_musicgan.utils.epoch_files import sampled_epochs, saved_epochs
from keras_musicgan.utils.errors import concise
from keras_musicgan.utils.files import remove, replacing, target_of
from keras_musicgan.utils.history import read_rows

UNREADABLE = (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError)  # of archives
REQUEST = ("preset", "data", "epochs", "overrides", "compile", "dataset", "stop_on_collapse", "every", "seed")


class RunError(ValueError):
    """A run folder that cannot be used as requested."""


class DamagedFileWarning(UserWarning):
    """A file of a run that is damaged; an older one is used."""


class RunFolder:
    """The files of a run.

    - `config.json`: the request, the recipe and the numbers of clips, enough to resume the run; `data.json`: the
      size and time of each data file;
    - `checkpoints/epoch_0001.keras`: the newest models; `checkpoints/best.keras`: the best one;
    - `samples/epoch_0001/`: WAV, MIDI, picture and latents;
    - `outcome/`: a tune and a page to play, once the run is finished;
    - `logs/`: for TensorBoard; `history.csv`: the logs of every epoch.

    Each is written under a temporary name and renamed, the checkpoint of an epoch after all its other files. A killed
    run is resumed from its newest checkpoint; later or unfinished files are deleted.

    Args:
        path: The folder.
    """

    def __init__(self, path):
        self.path = Path(path).expanduser()
        self.config_file = self.path / "config.json"
        self.data_file = self.path / "data.json"
        self.checkpoints = self.path / "checkpoints"
        self.samples = self.path / "samples"
        self.outcome = self.path / "outcome"
        self.logs = self.path / "logs"
        self.history = self.path / "history.csv"
        self.best = self.checkpoints / "best.keras"

    def check_available(self, overwrite: bool = False) -> None:
        """Raises RunError if a new run would mix with, or delete, files in the folder.

        With `overwrite` a run in it may be replaced, and one that never finished an epoch always. In a folder without a
        run, files of the same names belong to somebody else, and are never replaced.
        """
        if self.path.exists() and not self.path.is_dir():
            raise RunError(f"A run needs a folder. Received: {self.path}, which is a file. Name another with --out.")
        held = [part.name for part in self._parts() if part.exists()]
        if not held:
            return
        if not self.config_file.exists():
            raise RunError(
                f"A new run needs a folder without {held[0]}. Received: {self.path}, which holds one but no run. "
                "Name another folder with --out."
            )
        self.read_config()
        if not overwrite and self._holds_an_epoch():
            raise RunError(
                f"A new run needs a folder without one. Received: {self.path}, which holds a run. "
                "Resume it with --resume, replace it with --overwrite, or name another folder with --out."
            )

    def _holds_an_epoch(self):
        """Whether anything of a whole epoch is left; of the first, the checkpoint alone shows that it is whole."""
        late = [epoch for epoch, _ in sampled_epochs(self.samples) if epoch > 1]
        n_rows = len(read_rows(self.history))
        best = self.best.exists() and n_rows != 1
        return bool(saved_epochs(self.checkpoints) or best or late or n_rows > 1)

    def clear(self) -> None:
        """Deletes the files of a run, and nothing else in the folder."""
        for _, path in (*saved_epochs(self.checkpoints), *sampled_epochs(self.samples)):
            remove(path)
        logs = (self.logs / "scalars", self.logs / "samples")
        for path in (self.best, self.history, self.data_file, self.outcome, *logs):
            remove(path)
        self._remove_unfinished()
        for folder in (self.checkpoints, self.samples, self.logs):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        self.config_file.unlink(missing_ok=True)  # last: until then the folder holds a run, and may be cleared again

    def return_to(self, done: int) -> None:
        """Deletes samples later than the checkpoint after `done` epochs, and unfinished files, of a killed run.

        The history and the logs stay: the callbacks that write them drop later rows and steps.
        """
        self._remove_unfinished()
        for epoch, folder in sampled_epochs(self.samples):
            if epoch > done:
                remove(folder)

    def _remove_unfinished(self):
        """Deletes the temporary files of a killed process, if they were to become files of a run."""
        own = (self.config_file, self.data_file, self.history, self.outcome)
        names_in = {
            self.path: re.compile("|".join(re.escape(file.name) for file in own)),
            self.checkpoints: re.compile(f"{epoch_files.CHECKPOINT.pattern}|{re.escape(self.best.name)}"),
            self.samples: epoch_files.SAMPLES,
        }
        for folder, names in names_in.items():
            for path in folder.glob(".*"):
                if names.fullmatch(target_of(path) or ""):
                    remove(path)

    def _parts(self):
        files = (self.config_file, self.data_file, self.history)
        return *files, self.checkpoints, self.samples, self.outcome, self.logs

    def write_config(self, config: dict) -> None:
        """Writes `config.json`."""
        with replacing(self.config_file, durable=True) as temporary:
            temporary.write_text(json.dumps(config, indent=2) + "\n")

    def read_config(self) -> dict:
        """Reads `config.json`.

        Raises:
            RunError: If it is missing or damaged.
        """
        if not self.config_file.is_file():
            raise RunError(f"A run folder must hold config.json. Received: {self.path}, which holds none")
        try:
            config = json.loads(self.config_file.read_text())
        except (OSError, ValueError) as error:
            saved = self._saved_models()
            remedy = f" The model in {saved[0]} can still be used." if saved else ""
            raise RunError(
                f"config.json of a run must be whole. Received: {self.config_file}: {error}. Restore the file, or name "
                f"another folder with --out.{remedy}"
            ) from error
        missing = set(REQUEST) - set(config if isinstance(config, dict) else ())
        if missing:
            raise RunError(
                f"config.json of a run must name {', '.join(REQUEST)}. Received: {self.config_file} without "
                f"{', '.join(sorted(missing))}, which belongs to no run. Name another folder with --out."
            )
        return config

    def newest_checkpoint(self) -> tuple[int, Path | None]:
        """(epochs done, path) of the newest whole checkpoint, or (0, None); warns of damaged ones.

        Raises:
            RunError: If there are checkpoints, but all are damaged.
        """
        found = saved_epochs(self.checkpoints)
        for done, path in reversed(found):
            if is_whole_model(path):
                return done, path
            _warn_of_damage(path)
        if found:
            raise RunError(
                f"A run needs a whole checkpoint to go on. Received: {self.checkpoints}, where all are damaged. Start "
                "again with --overwrite, or name another folder with --out."
            )
        return 0, None

    def best_model(self) -> Path:
        """The best model if quality was measured, or the newest checkpoint; warns of damaged ones.

        Raises:
            RunError: If there is no checkpoint, or all are damaged.
        """
        if self.best.is_file():
            if is_whole_model(self.best):
                return self.best
            _warn_of_damage(self.best)
        _, newest = self.newest_checkpoint()
        if newest is None:
            raise RunError(
                f"A run folder must hold a checkpoint to load. Received: {self.path}, of which no epoch was finished. "
                f"Go on with: {shlex.join(['musicgan', 'train', '--resume', '--out', str(self.path)])}"
            )
        return newest

    def _saved_models(self):
        """The whole models of a run: the best, then the newest ones."""
        newest = [path for _, path in reversed(saved_epochs(self.checkpoints))]
        return [path for path in (self.best, *newest) if is_whole_model(path)]


def is_whole_model(path: Path) -> bool:
    """Whether a file is a `.keras` archive that can be read to its end."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "model.weights.h5" in archive.namelist() and archive.testzip() is None
    except UNREADABLE:
        return False


def _warn_of_damage(path):
    warnings.warn(f"{path} is damaged or empty; an older model is used", DamagedFileWarning, stacklevel=3)


def find_model(path: str | Path) -> Path:
    """The file of a model, of the best one in a run folder, or of one that comes with the package.

    Raises:
        FileNotFoundError: If there is no such file or folder.
        RunError: If the file holds no `MusicGAN`, or the folder no checkpoint.
    """
    file, known = Path(path).expanduser(), catalogue.find(path)
    if known is not None and not file.is_file() and not RunFolder(file).config_file.is_file():
        return known
    if file.is_dir():
        file = RunFolder(file).best_model()
    if not file.is_file():
        raise FileNotFoundError(
            f"A model must be a .keras or .musicgan file, a run folder, or one of {', '.join(catalogue.names())}. "
            f"{nearest(str(path), catalogue.names())}Received: path={str(file)!r}"
        )
    _config_in(file)
    return file


def read_model_config(path: str | Path) -> dict:
    """The configuration of a model as its file holds it, which needs no Keras.

    Args:
        path: As for `find_model`, which raises the same errors.
    """
    return _config_in(find_model(path))


def _config_in(file):
    """The configuration in the file of a model; a RunError if the file is none."""
    try:
        with zipfile.ZipFile(file) as archive:
            config = json.loads(archive.read("config.json"))["config"]
        _ = config["recipe"], config["conditions"]  # of a MusicGAN alone
        return config
    except (*UNREADABLE, ValueError, KeyError, TypeError) as error:
        raise RunError(
            f"A model must be a whole .keras or .musicgan file of a MusicGAN. Received: {file}, which is none: "
            f"{concise(error)}. Name another file, a run folder, or a name of `musicgan models`."
        ) from error
