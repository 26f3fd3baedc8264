"""Printing text as it is."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def count(n: int, noun: str) -> str:
    """A number of things in words.

    Example:
        >>> count(1, "epoch"), count(1200, "clip")
        ('1 epoch', '1,200 clips')
    """
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def print_plain(console: "Console", *lines: str, end: str = "\n") -> None:
    """Prints lines without markup, highlighting or wrapping, so that paths and commands can be copied.

    Bytes of file names that are no text become question marks.
    """
    lines = tuple(line.encode("utf-8", "replace").decode() for line in lines)
    console.print(*lines, sep="\n", end=end, highlight=False, markup=False, soft_wrap=True)
