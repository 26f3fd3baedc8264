"""The audio and MIDI files below a folder, and what else lies there."""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path, PurePosixPath

from keras_musicgan.datasets.splits import NoUsableDataError
from keras_musicgan.music.pieces import MIDI_ENDINGS
from keras_musicgan.utils.files import check_folder

ENDINGS = {
    "audio": (
        *(".wav", ".wave", ".bwf", ".rf64", ".w64", ".flac", ".ogg", ".oga", ".opus", ".mp3"),
        *(".aif", ".aiff", ".aifc", ".au", ".snd", ".caf"),
    ),
    "MIDI": MIDI_ENDINGS,
}
CONVERTIBLE = {  # music for people, in formats that no reader here knows
    "audio": (
        *(".m4a", ".m4b", ".m4p", ".mp4", ".aac", ".ac3", ".wma", ".mp2", ".mpc", ".ape", ".wv", ".tta", ".tak"),
        *(".alac", ".mka", ".webm", ".weba", ".3gp", ".amr", ".ra", ".rm", ".spx", ".dsf", ".dff"),
    ),
    "MIDI": (".rmi", ".xmf", ".musicxml", ".mxl", ".mscz", ".mscx", ".sib", ".gp", ".gp3", ".gp4", ".gp5"),
}
REMEDIES = {"audio": "convert it to WAV or FLAC", "MIDI": "export it as MIDI"}
SYSTEM_FILES = {"thumbs.db", "desktop.ini", "icon\r"}  # besides hidden ones
LISTED_BY_NAME = 3  # files of one ending, at most
LISTED = 30  # entries, at most
SEVERAL = re.compile(r"(\d+) files: ")  # before the reason of an entry for several files


def files_below(folder: str | Path, *kinds: str, required: bool = True) -> dict[str, Path]:
    """The files of some kinds below a folder, by their endings in upper or lower case.

    Args:
        folder: The folder; its sub-folders are searched too.
        *kinds: Keys of `ENDINGS`.
        required: Whether there must be at least one.

    Returns:
        Dict from the name relative to the folder, with `/` between the parts, to the path; sorted by name.

    Raises:
        NotADirectoryError: If there is no such folder.
        NoUsableDataError: If a file is required and there is none.
        OSError: If the folder cannot be read.
    """
    described = " or ".join(kinds)
    folder = check_folder(folder, described)
    names = [name for name in _walk(folder)[0] if _is_of(name, *kinds)]
    if required and not names:
        endings = ", ".join(ending for kind in kinds for ending in ENDINGS[kind])
        others = "; ".join(f"{name}: {reason}" for name, reason in list(others_below(folder, *kinds).items())[:3])
        raise NoUsableDataError(
            f"A folder must hold {described} files ({endings}). Received: {folder}, which holds none"
            + (f" ({others})" if others else "")
        )
    return {name: folder / name for name in sorted(names)}


def version_of(path: Path) -> list[int]:
    """What changes when a file is written anew: its size in bytes and its time of modification in ns."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def others_below(folder: str | Path, *kinds: str, known: Collection[str | Path] = ()) -> dict[str, str]:
    """What lies below a folder besides the files of some kinds, to be listed with those that are skipped.

    A few files of one ending are listed by their names, more by the ending. Hidden files and those that systems make
    (`.DS_Store`, `Thumbs.db` …) are left out.

    Args:
        folder: The folder.
        *kinds: Keys of `ENDINGS`.
        known: Files and folders that are used in another way and not listed, such as a table of labels.

    Returns:
        Dict from a file's name as by `files_below`, an ending as `"*.txt"`, or a sub-folder with `/` at its end that
        was not searched, to the reason why it is not used.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> for name in ("a.wav", "letter.txt", "1.m4a", "2.m4a", "3.m4a", "4.m4a"):
        ...     (folder / name).touch()
        >>> for name, reason in others_below(folder, "audio").items():
        ...     print(name, "-", reason)
        *.m4a - 4 files: a format that is not read here; convert it to WAV or FLAC
        letter.txt - not audio
    """
    folder = Path(folder).expanduser()
    names, reasons = _walk(folder)
    ours = {os.path.abspath(path) for path in known}
    by_ending: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        path = PurePosixPath(name)
        generated = any(part.startswith(".") for part in path.parts) or path.name.lower() in SYSTEM_FILES
        parents = [os.path.abspath(folder / each) for each in (path, *path.parents)]
        if not (generated or _is_of(name, *kinds) or ours.intersection(parents)):
            by_ending[path.suffix.lower()].append(name)
    found: dict[str, str] = {}
    rest = 0
    for ending, group in sorted(by_ending.items(), key=lambda item: (not _remedy(item[0], kinds), -len(item[1]))):
        reason = _remedy(ending, kinds) or f"not {' or '.join(kinds)}"
        entries = (
            dict.fromkeys(group, reason)
            if len(group) <= LISTED_BY_NAME
            else {f"*{ending}" if ending else "without an ending": f"{len(group)} files: {reason}"}
        )
        if len(found) + len(entries) <= LISTED:
            found.update(entries)
        else:
            rest += len(group)
    if rest:
        found["other endings"] = f"{rest} files: not {' or '.join(kinds)}"
    return {**found, **reasons}


def summarize_skipped(skipped: Mapping[str, str], most: int = 5) -> list[str]:
    """The number of files that are not used, by reason: a line for all, then one for each of the commonest reasons.

    Args:
        skipped: Dict from name to reason, as of a dataset.
        most: Largest number of reasons.

    Example:
        >>> empty = "An audio file must not be empty. Received: "
        >>> summarize_skipped({"*.txt": "12 files: not audio", "a.wav": empty + "a.wav", "b.wav": empty + "b.wav"})
        ['14 files are not used:', '  12: not audio (*.txt)', '  2: An audio file must not be empty (a.wav …)']
        >>> summarize_skipped({"a.wav": empty + "a.wav"})
        ['1 file is not used:', '  a.wav: An audio file must not be empty. Received: a.wav']
    """
    groups: dict[str, list[str]] = defaultdict(list)
    counts: Counter[str] = Counter()
    for name, words in skipped.items():
        several = SEVERAL.match(words)
        reason = words[several.end() :] if several else words
        reason = reason.partition(". Received: ")[0]
        counts[reason] += int(several[1]) if several else 1
        groups[reason].append(name)
    lines = [f"{counts.total()} file{' is' if counts.total() == 1 else 's are'} not used:"]
    for reason, n in counts.most_common(most):
        first, *others = groups[reason]
        lines.append(f"  {n}: {reason} ({first}{' …' if others else ''})" if n > 1 else f"  {first}: {skipped[first]}")
    return lines


def _is_of(name, *kinds):
    path = PurePosixPath(name)
    resource_fork = path.name.startswith("._")  # what macOS leaves beside a file on a foreign disk, under its name
    return not resource_fork and path.suffix.lower() in [ending for kind in kinds for ending in ENDINGS[kind]]


def _remedy(ending, kinds):
    """The reason for music in a format of one of the kinds that is not read here, or `None`."""
    remedies = [REMEDIES[kind] for kind in kinds if ending in CONVERTIBLE[kind]]
    return f"a format that is not read here; {remedies[0]}" if remedies else None


def _walk(folder):
    """The names of all files below a folder, and a dict from each sub-folder that is not searched to the reason."""
    names, reasons = [], {}

    def relative(path):
        return Path(path).relative_to(folder).as_posix()

    def failed(error):
        if not isinstance(error, PermissionError) or Path(error.filename) == folder:
            raise OSError(f"A folder must be readable. Received: {error.filename}: {error.strerror}") from error
        reasons[relative(error.filename) + "/"] = "a folder that may not be opened"

    for parent, folders, files in os.walk(folder, onerror=failed):
        names += [relative(os.path.join(parent, file)) for file in files]
        for each in folders:
            if os.path.islink(os.path.join(parent, each)):
                reasons[relative(os.path.join(parent, each)) + "/"] = "a link to a folder, which is not followed"
    return names, reasons
