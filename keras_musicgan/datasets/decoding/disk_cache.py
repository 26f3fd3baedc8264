"""Decoded audio in a folder, for this process and later ones."""

import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from keras_musicgan.datasets.files import version_of
from keras_musicgan.utils.files import is_orphan, remove, replacing, target_of

ENTRY = re.compile(r"[0-9a-f]{32}\.(f32|json)")
PIECE = 2**22  # bytes read at a time


class CacheError(OSError):
    """A cache that cannot be written."""


class DiskCache:
    """Keeps decoded files in a folder: raw float32 samples (`.f32`) and facts about them (`.json`).

    The key of an entry is the file's path and the way of decoding. An entry is valid as long as the file has the same
    size and time of modification and the entry its checksums, and is replaced when the file has been decoded anew.
    Unfinished files of killed processes are deleted.

    Args:
        folder: The folder; created if missing.
        channels: Channels of the audio.
        decoding: Everything else that the decoded audio depends on, as text.

    Raises:
        OSError: If the folder cannot be created or written.
    """

    def __init__(self, folder: str | Path, channels: int, decoding: str):
        self.folder = Path(folder).expanduser()
        self.channels = channels
        self.decoding = decoding
        self._written: dict[Path, tuple[list[int], int]] = {}  # version of a file, and checksum of its samples
        with self._writing():
            self.folder.mkdir(parents=True, exist_ok=True)
        for file in self.folder.glob(".*"):
            if ENTRY.fullmatch(target_of(file) or "") and is_orphan(file):
                remove(file)

    def known(self, file: Path) -> dict | None:
        """The facts noted about a file, or `None` if there are none or the file has changed since."""
        try:
            noted = json.loads(self._entry(file, ".json").read_text())
            checksum = noted.pop("checksum")
            if checksum != _checksum_of(noted) or noted["version"] != version_of(file):
                return None
            if noted["facts"].get("n_kept", 0) and noted["samples"] != _checksum(self._entry(file, ".f32")):
                return None
            return noted["facts"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):  # no entry, or another program's
            return None

    def note(self, file: Path, facts: dict) -> None:
        """Notes facts about a file, for `known`; `n_kept` is the number of its samples in the cache."""
        try:
            version, samples = self._written.pop(file) if file in self._written else (version_of(file), 0)
        except OSError:  # the file has gone: there is nothing to know about it
            return
        noted = {"file": str(file), "version": version, "facts": facts, "samples": samples}
        with self._writing(), replacing(self._entry(file, ".json")) as temporary:
            temporary.write_text(json.dumps({**noted, "checksum": _checksum_of(noted)}))

    def keeping(self, file: Path, blocks: Iterator[np.ndarray], n_samples: int) -> Iterator[np.ndarray]:
        """Passes on the blocks `[samples, channels]` of a file and keeps its first `n_samples`.

        If the blocks end in an error, nothing is kept.
        """
        version, n_left, checksum = version_of(file), n_samples, 0
        with ExitStack() as stack:
            with self._writing():
                temporary = stack.enter_context(replacing(self._entry(file, ".f32")))
                out = stack.enter_context(open(temporary, "wb"))
            for block in blocks:
                content = np.ascontiguousarray(block[:n_left], "<f4").data
                checksum = zlib.crc32(content, checksum)
                with self._writing():
                    out.write(content)
                n_left -= min(len(block), n_left)
                yield block
            with self._writing():
                out.flush()
        self._written[file] = version, checksum

    def read(self, file: Path, first: int, n_samples: int) -> np.ndarray:
        """A part of the kept samples of a file, `[n_samples, channels]`."""
        count = n_samples * self.channels
        try:
            values = np.fromfile(self._entry(file, ".f32"), "<f4", count, offset=4 * self.channels * first)
        except FileNotFoundError:
            values = np.zeros(0, "float32")
        if len(values) < count:
            raise OSError(f"A cache must stay as it is while it is in use. Received: {self.folder}, changed for {file}")
        return values.reshape(n_samples, self.channels)

    def _entry(self, file, ending):
        name = hashlib.sha256(os.fsencode(f"{file}\n{self.decoding}")).hexdigest()[:32]
        return self.folder / (name + ending)

    @contextmanager
    def _writing(self):
        """A block in which errors of the system are the cache's."""
        try:
            yield
        except OSError as error:
            words = f"A cache must have a folder that can be written, with room. Received: cache={str(self.folder)!r}"
            raise CacheError(f"{words}: {error.strerror or error}") from error


def _checksum(file):
    """The checksum of a file's bytes; a file that has been cut off has another."""
    checksum = 0
    with open(file, "rb") as content:
        while piece := content.read(PIECE):
            checksum = zlib.crc32(piece, checksum)
    return checksum


def _checksum_of(noted):
    return zlib.crc32(json.dumps(noted).encode())
