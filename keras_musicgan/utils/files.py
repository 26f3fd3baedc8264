"""Files and folders that are whole or absent: written under a temporary name, then renamed."""

import errno
import itertools
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TEMPORARY = re.compile(r"\.(?P<stem>.+)\.(?P<process>\d+)\.(part|old)(?P<suffix>\.\w+)?")


@contextmanager
def replacing(path: str | Path, durable: bool = False) -> Iterator[Path]:
    """A temporary path beside `path`, with the same ending, that replaces it when the block succeeds.

    A process that is killed leaves the temporary file behind and `path` unchanged; `target_of` recognizes such files.

    Args:
        path: The file to write; its folder is created if missing.
        durable: Whether to wait until the file is on the disk, so that it survives a loss of power too. A rename alone
            survives the end of a process; but a disk may store it before the content, and a file that replaces an
            earlier one, or allows its deletion, would be empty.

    Raises:
        OSError: If the folder cannot be created or written, or its disk is full; nothing is left behind.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "notes" / "a.txt"
        >>> with replacing(target) as temporary:
        ...     _ = temporary.write_text("c d e")
        >>> target.read_text()
        'c d e'
    """
    path = Path(path).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        with naming_full_disk(path.parent):
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
    """As `replacing`, for a folder that the block creates; the earlier folder goes when the new one is whole.

    Args:
        path: The folder to write; its parent is created if missing.

    Raises:
        OSError: If the folder cannot be written; the earlier one is unchanged.

    Example:
        >>> import tempfile
        >>> target = Path(tempfile.mkdtemp()) / "notes"
        >>> with replacing_folder(target) as temporary:
        ...     temporary.mkdir()
        ...     _ = (temporary / "a.txt").write_text("c d e")
        >>> [file.name for file in target.iterdir()]
        ['a.txt']
    """
    path = Path(path).expanduser()
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary, old = (path.with_name(f".{path.name}.{os.getpid()}.{end}") for end in ("part", "old"))
    try:
        with naming_full_disk(path.parent):
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


@contextmanager
def naming_full_disk(folder: Path) -> Iterator[None]:
    """A block that writes into a folder; if its disk is full, the error names the folder and the remedy.

    Raises:
        OSError: Any of the block.
    """
    try:
        yield
    except OSError as error:
        full = error.errno == errno.ENOSPC or f"errno = {errno.ENOSPC}" in str(error)  # as HDF5 writes it
        if full and error.filename != str(folder):
            words = "the disk is full; free some space, or write to another folder"
            raise OSError(errno.ENOSPC, words, str(folder)) from error
        raise


def check_folder(path: str | Path, described: str) -> Path:
    """The path of an existing folder, with `~` expanded.

    Args:
        path: The folder.
        described: What it holds, for the message, such as `"audio or MIDI"`.

    Raises:
        NotADirectoryError: If there is no such folder, or a file in its place.
    """
    folder = Path(path).expanduser()
    if folder.is_file():
        raise NotADirectoryError(
            f"A folder of {described} files is needed. Received: path={str(folder)!r}, a file. Name its folder."
        )
    if not folder.is_dir():
        raise NotADirectoryError(f"A folder of {described} files must exist. Received: path={str(folder)!r}")
    return folder


def next_free(path: str | Path) -> Path:
    """The path, or if it is taken the first one of `path_2`, `path_3` … that is not.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> next_free(folder / "music").name, next_free(folder).name == f"{folder.name}_2"
        ('music', True)
    """
    path = Path(path).expanduser()
    names = itertools.chain([path.name], (f"{path.name}_{number}" for number in itertools.count(2)))
    return next(each for each in map(path.with_name, names) if not os.path.lexists(each))


def check_writable(path: str | Path) -> None:
    """Raises OSError if a file or folder could not be written; for use before long work; nothing stays behind."""
    path = Path(path).expanduser()
    existing = next(each for each in (path, *path.absolute().parents) if each.exists())
    if existing != path and not existing.is_dir():
        raise NotADirectoryError(f"{path} cannot be written: {existing} is a file. Name another place.")
    if not os.access(existing, os.W_OK):
        raise PermissionError(f"{path} cannot be written: {existing} is read-only. Name another place.")
    folder = existing if existing.is_dir() else existing.parent
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:  # a full disk, a folder of the system, in which nothing can be made
        reason = f"nothing can be made in {folder} ({error.strerror})"
        raise OSError(f"{path} cannot be written: {reason}. Name another place.") from error


def check_new(path: Path, overwrite: bool = False) -> None:
    """Raises FileExistsError for a file or folder that a command would replace, unless it may."""
    if path.exists() and not overwrite:
        raise FileExistsError(
            f"What is written needs a new name. Received: {path}, which exists. Replace it with "
            "--overwrite or name another."
        )


def target_of(temporary: str | Path) -> str | None:
    """The final name of a temporary file or folder, or `None` for other names.

    Example:
        >>> target_of("run/.epoch_0003.1234.part.keras"), target_of("run/epoch_0003.keras")
        ('epoch_0003.keras', None)
    """
    match = TEMPORARY.fullmatch(Path(temporary).name)
    return match["stem"] + (match["suffix"] or "") if match else None


def is_orphan(temporary: str | Path) -> bool:
    """Whether a name is temporary and its process has ended.

    Example:
        >>> is_orphan(".a.999999999.part.txt"), is_orphan(f".a.{os.getpid()}.part.txt"), is_orphan("a.txt")
        (True, False, False)
    """
    match = TEMPORARY.fullmatch(Path(temporary).name)
    if not match:
        return False
    if os.name == "nt":  # there the signal 0 ends the process
        return False
    try:
        os.kill(int(match["process"]), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:  # another user's
        return False
    return False


def remove(path: Path) -> None:
    """Removes a file, or a folder with its content."""
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
