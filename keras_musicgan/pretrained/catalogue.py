"""The models that come with the package, by their names; reading this needs no Keras."""

from pathlib import Path

from keras_musicgan.pretrained.card import ENDING, ModelCard, read_card

FOLDER = Path(__file__).parent / "models"


def names() -> list[str]:
    """The names of the models, sorted."""
    return sorted(path.stem for path in FOLDER.glob(f"*{ENDING}"))


def find(name: str | Path) -> Path | None:
    """The file of a model that comes with the package; `None` for any other name.

    Example:
        >>> find("no such model") is None
        True
    """
    path = FOLDER / f"{name}{ENDING}"
    return path if str(name) in names() else None


def cards() -> dict[str, ModelCard]:
    """The card of each model, by name."""
    return {name: read_card(FOLDER / f"{name}{ENDING}") for name in names()}
