"""Files and folders that are either whole or not there: written under a temporary name, then renamed."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TEMPORARY = re.compile(r"\.(?P<stem>.+)\.(?P<process>\d+)\.(part|old)(?P<suffix>\.\w+)?")


@contextmanager
def replacing(path: str | Path, durable: bool = False) -> Iterator[Path]:
    """A temporary path beside `path`, with the same ending, that takes its place when the block succeeds.

    A process that is killed leaves the temporary file behind, and `path` as it was; `target_of` knows such files.

    Args:
        path: The file to write; its folder is made where it is missing.
        durable: Whether to wait until the disk has the file, so that it also survives a loss of power. A rename alone
            survives the end of a process; but a disk may store it before what was written, and a file that replaces
            an earlier one, or allows it to be deleted, would be empty.

    Raises:
        OSError: If the folder cannot be made or written; nothing is left behind.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "notes" / "a.txt"
        >>> with replacing(target) as temporary:
        ...     _ = temporary.write_text("c d e")
        >>> target.read_text()
        'c d e'
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        yield temporary
        if durable:
            _sync(temporary)
        os.replace(temporary, path)
        if durable:
            _sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def replacing_folder(path: str | Path) -> Iterator[Path]:
    """As `replacing`, for a folder, which the block makes; what `path` held goes when the new folder is whole.

    Args:
        path: The folder to write; its parent is made where it is missing.

    Raises:
        OSError: If the folder cannot be written; the earlier one is still there.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "notes"
        >>> with replacing_folder(target) as temporary:
        ...     temporary.mkdir()
        ...     _ = (temporary / "a.txt").write_text("c d e")
        >>> [file.name for file in target.iterdir()]
        ['a.txt']
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary, old = (path.with_name(f".{path.name}.{os.getpid()}.{end}") for end in ("part", "old"))
    try:
        yield temporary
        if path.exists():
            os.replace(path, old)
        try:
            os.replace(temporary, path)
        except OSError:
            if old.exists():
                os.replace(old, path)
            raise
    finally:
        for folder in (temporary, old):
            shutil.rmtree(folder, ignore_errors=True)


def target_of(temporary: str | Path) -> str | None:
    """The name of the file or folder that `temporary` was to become, or `None` if its name is of another kind.

    Example:
        >>> target_of("run/.epoch_0003.1234.part.keras"), target_of("run/epoch_0003.keras")
        ('epoch_0003.keras', None)
    """
    match = TEMPORARY.fullmatch(Path(temporary).name)
    return match["stem"] + (match["suffix"] or "") if match else None


def is_orphan(temporary: str | Path) -> bool:
    """Whether a name is temporary, and of a process that this machine does not run any more.

    Example:
        >>> is_orphan(".a.999999999.part.txt"), is_orphan(f".a.{os.getpid()}.part.txt"), is_orphan("a.txt")
        (True, False, False)
    """
    match = TEMPORARY.fullmatch(Path(temporary).name)
    if not match:
        return False
    try:
        os.kill(int(match["process"]), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:  # another user's
        return False
    return False


def remove(path: Path) -> None:
    """Removes a file, or a folder and all that is in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _sync(path):
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except PermissionError:  # Windows opens no folders
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
