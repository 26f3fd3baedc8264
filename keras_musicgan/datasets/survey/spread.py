"""Some of many files."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

MAX_FILES = 60


def spread(files: Sequence[Path]) -> list[Path]:
    """Up to 60 of the files, evenly spaced."""
    return [files[index] for index in np.unique(np.linspace(0, len(files) - 1, MAX_FILES).round().astype(int))]
