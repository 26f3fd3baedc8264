"""Names of the files and folders that a run writes at the end of epochs."""

import re
from pathlib import Path

CHECKPOINT = re.compile(r"epoch_(\d{4,})\.keras")
SAMPLES = re.compile(r"epoch_(\d{4,})")


def checkpoint_file(directory: Path, done: int) -> Path:
    """The checkpoint after `done` epochs."""
    return directory / f"epoch_{done:04d}.keras"


def saved_epochs(directory: str | Path) -> list[tuple[int, Path]]:
    """The checkpoints in a folder as a list of (epochs done, path), the oldest first."""
    return _numbered(directory, CHECKPOINT)


def epoch_folder(directory: Path, epoch: int) -> Path:
    """The folder of one epoch's samples."""
    return directory / f"epoch_{epoch:04d}"


def sampled_epochs(directory: str | Path) -> list[tuple[int, Path]]:
    """The folders of samples in a folder as a list of (epoch, path), the oldest first."""
    return _numbered(directory, SAMPLES)


def _numbered(directory, pattern):
    found = ((pattern.fullmatch(path.name), path) for path in Path(directory).glob("epoch_*"))
    return sorted((int(match[1]), path) for match, path in found if match)
