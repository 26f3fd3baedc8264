"""The document of a page: the files of `static/` and what the page knows of its model, in one file.

Style and script stand in it, since browsers let a page of the file system import no other file.
"""

import base64
import hashlib
import html
import json
import string
from importlib.resources import files
from typing import Any

import keras

from keras_musicgan.conditions import Pitch
from keras_musicgan.page.layout import Layout
from keras_musicgan.page.sounds import page_rate

MARK = '<meta name="generator" content="keras_musicgan page">'
SCRIPTS = (  # one module: each part may use those before it at once, and those after it when it is called
    *("model.js", "voices.js", "folder.js", "server.js", "playing.js", "keys.js"),
    *("controls.js", "new_sounds.js", "picture.js", "saving.js", "input.js", "begin.js"),
)


def description(gan: keras.Model, layout: Layout, title: str, seed: int) -> dict[str, Any]:
    """All that a page knows of its model, apart from its sounds."""
    pitched = layout.keys is not None and isinstance(gan.conditions[layout.keys.name], Pitch)
    return {
        "title": title,
        "kind": "keys" if pitched else "pads",
        "sampleRate": page_rate(gan.representation.sample_rate),
        "keys": None if layout.keys is None else {"name": layout.keys.name, "values": layout.keys.values},
        "choices": [{"name": axis.name, "values": axis.values} for axis in layout.choices],
        "sounds": layout.n_sounds,
        "steps": layout.n_steps,
        "seed": seed,
    }


def document(described: dict[str, Any]) -> str:
    """The page in HTML.

    Its policy lets it run its own script and, of a page with `"served"`, send requests to its server; of a page in
    a folder, load the scripts beside it.
    """
    style = _read("style.css")
    script = "\n".join(_read(name) for name in SCRIPTS)
    sources = "connect-src 'self'; script-src" if "served" in described else "script-src 'self' file:"
    data = json.dumps(described, ensure_ascii=False)
    for sign in "<>&":  # so that no name ends the script in which it stands
        data = data.replace(sign, f"\\u{ord(sign):04x}")
    return string.Template(_read("index.html")).substitute(
        generator=MARK,
        policy=f"default-src 'none'; {sources} '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:",
        title=html.escape(described["title"]),
        style=style,
        data=data,
        script=script,
    )


def _read(name):
    return (files("keras_musicgan.page") / "static" / name).read_text(encoding="utf-8")


def _hash(text):
    """The hash by which a policy names a script or a style of the page."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
