"""How objects show themselves in notebooks: HTML with everything in it, so that a saved notebook shows it too."""

import base64
import functools
import html
from collections.abc import Iterable


@functools.singledispatch
def to_html(shown: object) -> str:
    """HTML of an object. A module that can play or draw objects of a kind registers how.

    Raises:
        NotImplementedError: If nothing is registered; notebooks then show the `repr`.
    """
    raise NotImplementedError(f"an object of type {type(shown).__name__} has no HTML")


def picture(png: bytes) -> str:
    """A PNG file as an element that holds it."""
    return f'<img style="max-width: 100%" src="data:image/png;base64,{_base64(png)}">'


def player(mp3: bytes) -> str:
    """An MP3 file as a player that holds it."""
    return f'<audio controls src="data:audio/mpeg;base64,{_base64(mp3)}"></audio>'


def paragraphs(lines: Iterable[str]) -> str:
    """Lines of text as paragraphs."""
    return "".join(f"<p>{html.escape(line)}</p>" for line in lines)


def _base64(content):
    return base64.b64encode(content).decode()
