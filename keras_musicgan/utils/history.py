"""Reading the history of a run, a CSV file with a row for each epoch."""

import csv
import io
from pathlib import Path


def read_rows(path: Path) -> list[dict[str, str]]:
    """The whole rows of a history as dicts of text; empty if there is no file."""
    if not path.exists():
        return []
    lines = path.read_text().splitlines(keepends=True)
    whole = "".join(line for line in lines if line.endswith("\n"))  # another program may have been killed while writing
    found = csv.DictReader(io.StringIO(whole))
    return [row for row in found if None not in row and None not in row.values() and row.get("epoch", "").isdecimal()]
