"""Tables for readers: Markdown and HTML, from rows of cells."""

import html
from collections.abc import Iterable, Sequence


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown; a bar in a cell does not end it.

    Example:
        >>> print(markdown_table(["loss", "epochs"], [["hinge", 30]]))
        | loss | epochs |
        |---|---|
        | hinge | 30 |
    """
    lines = [header, *rows]
    cells = [" | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in line) for line in lines]
    return "\n".join([f"| {cells[0]} |", "|" + "---|" * len(header), *(f"| {line} |" for line in cells[1:])])


def html_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in HTML, with the text of the cells as it is.

    Example:
        >>> html_table(["a<b"], [[1]])
        '<table><thead><tr><th>a&lt;b</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>'
    """
    head, *body = [
        "".join(f"<{tag}>{html.escape(str(cell))}</{tag}>" for cell in line)
        for tag, line in [("th", header), *(("td", row) for row in rows)]
    ]
    lines = "".join(f"<tr>{line}</tr>" for line in body)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"
