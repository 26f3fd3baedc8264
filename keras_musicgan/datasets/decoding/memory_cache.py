"""Decoded audio kept in memory."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np


class MemoryCache:
    """Keeps decoded files as arrays; what it knows ends with the process.

    `DiskCache` has the same methods.

    Args:
        channels: Channels of the audio.
    """

    def __init__(self, channels: int):
        self.channels = channels
        self._kept = {}

    def known(self, file: Path) -> dict | None:
        """What was noted about a file that has not changed since, or `None`."""
        return None

    def note(self, file: Path, facts: dict) -> None:
        """Notes what was found out about a file, for `known`."""

    def keeping(self, file: Path, blocks: Iterator[np.ndarray], n_samples: int) -> Iterator[np.ndarray]:
        """Passes blocks `[samples, channels]` of a file on and keeps its first `n_samples`.

        Nothing is kept where the blocks end in an error.
        """
        kept, n_kept = np.empty((n_samples, self.channels), "float32"), 0
        for block in blocks:
            part = block[: n_samples - n_kept]
            kept[n_kept : n_kept + len(part)] = part
            n_kept += len(part)
            yield block
        kept.resize((n_kept, self.channels), refcheck=False)  # in place; a copy would need the memory twice
        self._kept[file] = kept

    def read(self, file: Path, first: int, n_samples: int) -> np.ndarray:
        """A part of what was kept of a file, `[n_samples, channels]`."""
        return self._kept[file][first : first + n_samples]
