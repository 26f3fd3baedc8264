"""The data files of a run: whether they are still those that it began with."""

import json
from pathlib import Path

from keras_musicgan.datasets.files import files_below, version_of
from keras_musicgan.utils.files import replacing

NAMED = 3  # files, at most


def list_files(folder: str | Path, kind: str) -> dict[str, list[int]]:
    """Dict from the name of each file of a kind below a folder to its size in bytes and its time in ns."""
    found = {}
    for name, path in files_below(folder, kind, required=False).items():
        try:
            found[name] = version_of(path)
        except OSError:  # the dataset reports it
            continue
    return found


def write_list(path: Path, files: dict[str, list[int]]) -> None:
    """Writes a list of files for `read_list`."""
    with replacing(path, durable=True) as temporary:
        temporary.write_text(json.dumps(files) + "\n")


def read_list(path: Path) -> dict[str, list[int]] | None:
    """The list of files in a file; `None` if it is missing or damaged, as the list only serves to warn."""
    try:
        files = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return files if isinstance(files, dict) else None


def describe_changes(before: dict[str, list[int]], now: dict[str, list[int]]) -> list[str]:
    """A line for the files that were added, removed and changed.

    Example:
        >>> describe_changes({"a.wav": [10, 1], "b.wav": [10, 1]}, {"b.wav": [12, 2]})
        ['1 removed (a.wav)', '1 changed (b.wav)']
    """
    kinds = {
        "added": sorted(now.keys() - before.keys()),
        "removed": sorted(before.keys() - now.keys()),
        "changed": sorted(name for name in now.keys() & before.keys() if now[name] != before[name]),
    }
    return [
        f"{len(names)} {kind} ({', '.join(names[:NAMED])}{' …' if len(names) > NAMED else ''})"
        for kind, names in kinds.items()
        if names
    ]
