"""One process at a time in a folder that is being written for hours."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from keras_musicgan.utils.files import check_writable, replacing

LOCK = ".musicgan.lock"
HOLDER = ".musicgan-process.json"  # beside the lock, since Windows lets nobody read a locked file


class BusyError(ValueError):
    """A folder that another process is training in."""


@contextmanager
def one_process(folder: Path) -> Iterator[None]:
    """Keeps other processes out of a folder while the block runs; a kill of this one lets them in.

    The folder is created, and removed again if the block leaves it empty. Otherwise the lock stays in it as a hidden
    file: a process that has just opened it must find others at the same file.

    Args:
        folder: The folder of a run or of a sweep. Reading it needs no permission.

    Raises:
        BusyError: If another process is in such a block for the folder.
        OSError: If it is a file, or the folder cannot be created or written.
    """
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"--out must name a folder. Received: {folder}, which is a file. Name another.")
    check_writable(folder)
    created = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise BusyError(
            f"A folder is trained by one process at a time. Received: {folder}, which is being trained by "
            f"{_describe_holder(folder)}. Wait until it ends, or name another folder with --out."
        ) from None
    try:
        with replacing(folder / HOLDER) as temporary:
            since = datetime.now().isoformat(" ", timespec="seconds")
            temporary.write_text(json.dumps({"process": os.getpid(), "since": since}))
        yield
    finally:
        with suppress(OSError):  # Windows deletes no open file, and somebody may have deleted the folder
            (folder / HOLDER).unlink()
            if created and [each.name for each in folder.iterdir()] == [LOCK]:
                (folder / LOCK).unlink()
        lock.release()
        for each in created:
            with suppress(OSError):  # not empty
                each.rmdir()


def _describe_holder(folder):
    try:
        holder = json.loads((folder / HOLDER).read_text())
        return f"process {holder['process']} since {holder['since']}"
    except (OSError, ValueError, KeyError, TypeError):  # it has only just begun
        return "another process"
