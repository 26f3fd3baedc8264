"""Model cards: what a model that is given away says of itself.

Reference: Model Cards for Model Reporting (Mitchell et al., 2019).
"""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from keras_musicgan.utils.console import count
from keras_musicgan.utils.tables import markdown_table

ENDING = ".musicgan"
CARD_FILE = "card.json"
QUALITY = ("precision", "recall", "coverage")  # measures that say the most in the least space


@dataclass(frozen=True)
class ModelCard:
    """What a model says of itself.

    Attributes:
        name: Its name.
        summary: One sentence.
        licence: Under which the model may be used, such as `"MIT"`.
        data: What it was trained on, where that is found, and its licence.
        command: The command that trained it.
        domain: `"audio"` or `"notes"`.
        conditions: Dict from the name of each condition to its range or its labels, as text.
        sample_rate: Rate in Hz of its audio.
        seconds: Length of a clip.
        parameters: Number of weights of the generator.
        epochs: Epochs of its training.
        measures: List of dicts by `Evaluation.as_dict`: title, value, interval, value of real music.
        version: Version of the package that wrote it.
    """

    name: str
    summary: str
    licence: str
    data: str
    command: str
    domain: str
    conditions: Mapping[str, str]
    sample_rate: int
    seconds: float
    parameters: int
    epochs: int | None
    measures: tuple[Mapping, ...]
    version: str

    @property
    def training(self) -> str:
        """How long the model was trained; empty if that is not known."""
        return "" if self.epochs is None else count(self.epochs, "epoch")

    @property
    def quality(self) -> list[str]:
        """Those of precision, recall and coverage that were measured, in percent."""
        values = {each["title"].partition(":")[0]: each["value"] for each in self.measures}
        return [f"{name} {values[name]:.0%}" for name in QUALITY if name in values]

    def as_json(self) -> str:
        """The card as JSON."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False)

    def as_markdown(self) -> str:
        """The card as a page."""
        conditions = [f"- `{name}`: {values}" for name, values in self.conditions.items()] or ["none"]
        rows = [
            (
                each["title"],
                _number(each["value"]),
                f"{_number(each['low'])} to {_number(each['high'])}",
                _number(each["best"]),
                each["better"],
            )
            for each in self.measures
        ]
        table = markdown_table(["measure", "value", "95 % interval", "real music", "better"], rows)
        trained = f", {self.training}" if self.training else ""
        return "\n".join(
            [
                f"# {self.name}",
                "",
                self.summary,
                "",
                f"{self.seconds:g} s of {self.domain} at {self.sample_rate:,} Hz; {self.parameters:,} weights{trained}"
                f"; keras_musicgan {self.version}.",
                "",
                f"Licence: {self.licence}. Data: {self.data}",
                "",
                "Conditions:",
                "",
                *conditions,
                "",
                f"Trained by `{self.command}`.",
                "",
                "## Measured against held-out real music",
                "",
                table if rows else "not measured",
                "",
            ]
        )


def published_files(folder: str | Path, name: str, overwrite: bool = False) -> list[Path]:
    """The files of a model that is given away, `name.musicgan` and its card `name.md`.

    Raises:
        ValueError: If the name is a path.
        FileExistsError: If one exists and must not be replaced.
    """
    if not name or Path(name).name != name:
        raise ValueError(f"The name of a model must be a plain word; its folder is --out. Received: --name {name}")
    files = [Path(folder).expanduser() / f"{name}{ending}" for ending in (ENDING, ".md")]
    held = [file for file in files if file.exists()]
    if held and not overwrite:
        raise FileExistsError(
            f"A model that is given away needs new files. Received: {held[0]}, which exists. "
            "Replace it with --overwrite."
        )
    return files


def read_card(path: str | Path) -> ModelCard:
    """The card in a file of a model.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no whole file of a model.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f"A model must be a {ENDING} file. Received: path={str(path)!r}, which does not exist")
    try:
        with zipfile.ZipFile(path) as archive:
            found = json.loads(archive.read(CARD_FILE))
        return ModelCard(**{field.name: found[field.name] for field in fields(ModelCard)})
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise ValueError(f"A {ENDING} file must hold a model with its card. Received: {path}: {error}") from error


def _number(value):
    return "–" if value is None else f"{value:.3g}"
