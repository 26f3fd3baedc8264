"""Giving a trained model away: one small file and its card."""

import json
from pathlib import Path

from keras_musicgan.gan import MusicGAN
from keras_musicgan.pretrained.archive import write_archive
from keras_musicgan.pretrained.card import ModelCard, published_files
from keras_musicgan.representations import AudioRepresentation
from keras_musicgan.runs.folder import RunFolder
from keras_musicgan.runs.models import load_model
from keras_musicgan.utils.files import replacing


def publish(
    model: str | Path,
    out: str | Path,
    *,
    name: str,
    summary: str,
    licence: str,
    data: str,
    command: str,
    version: str,
    evaluation: str | Path | None = None,
    overwrite: bool = False,
) -> list[Path]:
    """Writes a model as `name.musicgan` and its card as `name.md`.

    Args:
        model: Run folder or file of a model.
        out: Folder for both files.
        name: Name of the model, as it is called afterwards.
        summary: One sentence on it.
        licence: Under which it may be used.
        data: What it was trained on, and where that is found.
        command: The command that trained it.
        version: Version of the package.
        evaluation: JSON by `musicgan evaluate`, whose measures go onto the card, or `None`.
        overwrite: Whether to replace earlier files.

    Returns:
        The two paths.

    Raises:
        FileExistsError: If a file exists that must not be replaced.
        ValueError: If the model or the evaluation cannot be read.
    """
    targets = published_files(out, name, overwrite)
    measures = () if evaluation is None else _measures(evaluation)
    gan = load_model(model)
    epochs = RunFolder(model).newest_checkpoint()[0] if Path(model).is_dir() else None
    card = ModelCard(
        name=name,
        summary=summary,
        licence=licence,
        data=data,
        command=command,
        domain="audio" if isinstance(gan.representation, AudioRepresentation) else "notes",
        conditions={condition.name: _values(condition) for condition in gan.conditions},
        sample_rate=gan.representation.sample_rate,
        seconds=_seconds(gan),
        parameters=gan.generator.count_params(),
        epochs=epochs,
        measures=measures,
        version=version,
    )
    write_archive(gan, targets[0], card)
    with replacing(targets[1]) as temporary:
        temporary.write_text(card.as_markdown())
    return targets


def _measures(path):
    """The measures of an evaluation."""
    try:
        return tuple(json.loads(Path(path).expanduser().read_text())["measures"].values())
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise ValueError(
            f"An evaluation must be the JSON that `musicgan evaluate` writes. Received: {path}: {error!r}"
        ) from error


def _values(condition):
    """The range or the labels of a condition."""
    names = getattr(condition, "names", None)
    return ", ".join(names) if names else f"{condition.low:g} to {condition.high:g}"


def _seconds(gan: MusicGAN) -> float:
    """Length of a clip in seconds."""
    return round(gan.generate(1, seed=0).shape[1] / gan.representation.sample_rate, 3)
