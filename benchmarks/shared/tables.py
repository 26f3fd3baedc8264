"""Tables in Markdown."""

from collections.abc import Iterable


def print_head(titles: Iterable[str]) -> None:
    """Prints the head of a table, after an empty line."""
    titles = list(titles)
    print()
    print_row(titles)
    print("|---" * len(titles) + "|")


def print_row(cells: Iterable[object]) -> None:
    """Prints a row at once, also into a file."""
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)
