"""Labels of files: from their folders, their names, or a table."""

import csv
import re
from collections.abc import Iterable
from pathlib import Path

from keras_musicgan.datasets.splits import NoUsableDataError

FILE_COLUMN = "file"


def find_labels(
    files: Iterable[str], labels: str | Path, folder: str | Path
) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """Finds the labels of files.

    Args:
        files: The files' names, relative to the folder and with `/` between the parts.
        labels: Where the labels are:

            - `"folder"`: the label `folder` is the name of a file's sub-folder, right below the folder;
            - a pattern as `"{instrument}_{pitch}_*"` for the file's name without its ending: each name in braces is
              a label and matches one character or more, as few as fit, and `*` matches any characters or none. A
              pattern with `/` matches the whole path below the folder;
            - the path of a table with the ending `.csv`, in UTF-8, whose first line names the columns: `file` with
              names as above, every other one a label.
        folder: The folder, for messages.

    Returns:
        Dict from file to its labels, a dict of strings with the same keys for every file; and dict from file to the
        reason why it has no labels. The latter also has the files of a table that do not exist.

    Raises:
        FileNotFoundError: If the table does not exist.
        ValueError: If `labels` is something else, a pattern is wrong, or a table is damaged, lacks a column or
            contradicts itself.
        NoUsableDataError: If no file has labels.

    Example:
        >>> find_labels(["flute/flute_A4_15.mp3", "noise.wav"], "{instrument}_{pitch}_*", "notes")
        ... # doctest: +NORMALIZE_WHITESPACE
        ({'flute/flute_A4_15.mp3': {'instrument': 'flute', 'pitch': 'A4'}},
         {'noise.wav': "its name does not fit the pattern '{instrument}_{pitch}_*'"})
    """
    files = dict.fromkeys(files)
    if labels == "folder":
        found = {file: {"folder": file.split("/")[0]} for file in files if "/" in file}
        reasons = {file: "it lies in no sub-folder to be its label" for file in files if file not in found}
    elif str(labels).lower().endswith(".csv"):
        found, reasons = _from_table(files, Path(labels).expanduser())
    elif isinstance(labels, str) and "{" in labels:
        found, reasons = _from_names(files, labels)
    else:
        raise ValueError(
            "`labels` must be 'folder', a pattern as '{instrument}_{pitch}_*', the path of a .csv file, or None. "
            f"Received: labels={labels!r}"
        )
    if not found:
        examples = "; ".join(f"{file}: {reason}" for file, reason in list(reasons.items())[:3])
        raise NoUsableDataError(
            f"At least one file must have labels. Received: labels={str(labels)!r} and folder {folder}, where none "
            f"of {len(files)} files has any ({examples})"
        )
    return found, reasons


def _from_names(files, pattern):
    expression = _compiled(pattern)
    found, reasons = {}, {}
    for file in files:
        path = Path(file).with_suffix("")
        match = expression.fullmatch(path.as_posix() if "/" in pattern else path.name)
        if match:
            found[file] = match.groupdict()
        else:
            reasons[file] = f"its name does not fit the pattern {pattern!r}"
    return found, reasons


def _compiled(pattern):
    """The pattern as a regular expression."""
    parts = re.split(r"(\{[^{}]*\}|\*)", pattern)
    names = [part[1:-1] for part in parts if part.startswith("{")]
    wrong = [name for name in names if not name.isidentifier() or names.count(name) > 1]
    if wrong or not names:
        raise ValueError(
            "A pattern of labels must hold names in braces, each a word of letters, digits and _ and used once. "
            f"Received: labels={pattern!r}"
        )

    def expression(part):
        if part == "*":
            return "[^/]*"
        return f"(?P<{part[1:-1]}>[^/]+?)" if part.startswith("{") else re.escape(part)

    return re.compile("".join(map(expression, parts)))


def _from_table(files, path):
    names, rows = _read_table(path)
    found, reasons = {}, {}
    for row in rows:
        file = row[FILE_COLUMN] or ""
        if file not in files:
            reasons[file] = f"{path} has a row for it, but it is not there (names begin below the folder)"
            continue
        labels = {name: row[name] for name in names}
        empty = [name for name in names if not labels[name]]
        if file in found and labels != found[file]:
            raise ValueError(f"A table of labels must say one thing of a file. Received: {path} with two of {file!r}")
        if empty:
            reasons[file] = f"{path} has nothing in column {empty[0]!r} of its row"
        else:
            found[file] = labels
    for file in files:
        reasons.setdefault(file, f"{path} has no row for it")
    return found, {file: reason for file, reason in reasons.items() if file not in found}


def _read_table(path):
    """The labels' names, and the rows as dicts."""
    if not path.is_file():
        raise FileNotFoundError(f"A table of labels must exist. Received: labels={str(path)!r}")
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            columns = list(reader.fieldnames or ())
            rows = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"A table of labels must be CSV in UTF-8. Received: {path}: {error}") from error
    names = [column for column in columns if column != FILE_COLUMN]
    if FILE_COLUMN not in columns or not names or len(set(columns)) < len(columns) or not all(columns):
        received = ", ".join(map(repr, columns)) or "of an empty file"
        raise ValueError(
            f"A table of labels must have a column {FILE_COLUMN!r} and, separated by commas, one with a name of its "
            f"own for each label. Received: {path} with the columns {received}"
        )
    return names, rows
