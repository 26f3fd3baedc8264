"""Decoded audio in a folder, for this process and later ones."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from keras_musicgan.utils.files import is_orphan, remove, replacing, target_of

ENTRY = re.compile(r"[0-9a-f]{32}\.(f32|json)")


class DiskCache:
    """Keeps decoded files in a folder: raw float32 samples (`.f32`) and facts about them (`.json`).

    The key of an entry is the file's path and the way of decoding. An entry is valid as long as the file has the same
    size and time of modification, and is replaced when the file has been decoded anew. Unfinished files of killed
    processes are deleted.

    Args:
        folder: The folder; created if missing.
        channels: Channels of the audio.
        decoding: Everything else that the decoded audio depends on, as text.
    """

    def __init__(self, folder: str | Path, channels: int, decoding: str):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.channels = channels
        self.decoding = decoding
        for file in self.folder.glob(".*"):
            if ENTRY.fullmatch(target_of(file) or "") and is_orphan(file):
                remove(file)

    def known(self, file: Path) -> dict | None:
        """The facts noted about a file, or `None` if there are none or the file has changed since."""
        try:
            noted = json.loads(self._entry(file, ".json").read_text())
            if noted["version"] != _version(file):
                return None
            n_kept = noted["facts"].get("n_kept", 0)
            if n_kept and self._entry(file, ".f32").stat().st_size != 4 * self.channels * n_kept:
                return None
            return noted["facts"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):  # no entry, or another program's
            return None

    def note(self, file: Path, facts: dict) -> None:
        """Notes facts about a file, for `known`; `n_kept` is the number of its samples in the cache."""
        with replacing(self._entry(file, ".json")) as temporary:
            temporary.write_text(json.dumps({"file": str(file), "version": _version(file), "facts": facts}))

    def keeping(self, file: Path, blocks: Iterator[np.ndarray], n_samples: int) -> Iterator[np.ndarray]:
        """Passes on the blocks `[samples, channels]` of a file and keeps its first `n_samples`.

        If the blocks end in an error, nothing is kept.
        """
        n_left = n_samples
        with replacing(self._entry(file, ".f32")) as temporary, open(temporary, "wb") as out:
            for block in blocks:
                out.write(np.ascontiguousarray(block[:n_left], "<f4").data)
                n_left -= min(len(block), n_left)
                yield block

    def read(self, file: Path, first: int, n_samples: int) -> np.ndarray:
        """A part of the kept samples of a file, `[n_samples, channels]`."""
        count = n_samples * self.channels
        values = np.fromfile(self._entry(file, ".f32"), "<f4", count, offset=4 * self.channels * first)
        if len(values) < count:
            raise OSError(f"A cache must stay as it is while it is in use. Received: {self.folder}, changed for {file}")
        return values.reshape(n_samples, self.channels)

    def _entry(self, file, ending):
        name = hashlib.sha256(f"{file}\n{self.decoding}".encode()).hexdigest()[:32]
        return self.folder / (name + ending)


def _version(file):
    status = file.stat()
    return [status.st_size, status.st_mtime_ns]
