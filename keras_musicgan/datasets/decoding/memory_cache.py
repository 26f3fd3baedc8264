"""Decoded audio in memory."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np


class MemoryCache:
    """Keeps decoded files as arrays, with the methods of `DiskCache`.

    Args:
        channels: Channels of the audio.
    """

    def __init__(self, channels: int):
        self.channels = channels
        self._kept: dict[Path, np.ndarray] = {}

    def known(self, file: Path) -> dict | None:
        """`None`: nothing is known from earlier processes."""
        return None

    def note(self, file: Path, facts: dict) -> None:
        """Does nothing."""

    def keeping(self, file: Path, blocks: Iterator[np.ndarray], n_samples: int) -> Iterator[np.ndarray]:
        """Passes on the blocks `[samples, channels]` of a file and keeps its first `n_samples`.

        If the blocks end in an error, nothing is kept.
        """
        kept, n_kept = np.empty((0, self.channels), "float32"), 0
        for block in blocks:
            part = block[: n_samples - n_kept]
            if n_kept + len(part) > len(kept):  # not by the promised number, which may be a damaged header's
                kept.resize((min(max(n_kept + len(part), 2 * len(kept)), n_samples), self.channels), refcheck=False)
            kept[n_kept : n_kept + len(part)] = part
            n_kept += len(part)
            yield block
        kept.resize((n_kept, self.channels), refcheck=False)  # in place; a copy would need the memory twice
        self._kept[file] = kept

    def read(self, file: Path, first: int, n_samples: int) -> np.ndarray:
        """A part of the kept samples of a file, `[n_samples, channels]`."""
        return self._kept[file][first : first + n_samples]
