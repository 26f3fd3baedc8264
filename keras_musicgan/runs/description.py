"""What a run does, in words for its readers: the request, the data and the recipe as Markdown."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import keras

from keras_musicgan.datasets.batches import Batches
from keras_musicgan.utils.tables import markdown_table


def describe_run(request: Mapping[str, Any], model: keras.Model, data: Batches) -> dict[str, str]:
    """Markdown by subject: `request`, `data` and `recipe`.

    Args:
        request: Dict by `TrainingRequest.config`.
        model: The `MusicGAN` to train.
        data: Its data.
    """
    return {
        "request": _table("option", _options(request)),
        "data": _table("fact", _facts_of_data(request, data)),
        "recipe": f"{model!r}\n\n" + _table("setting", _options({**model.recipe, **request["compile"]})),
    }


def _facts_of_data(request, data):
    yield "source", request["data"] or "synthetic music"
    yield "clips to train on", data.n_clips
    yield "clips held out", data.held_out.n_clips if data.held_out else 0
    yield "batches of an epoch", len(data)
    yield "files left out", len(data.skipped)


def _options(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of nested dicts, by their names with dots, as `--set` takes them."""
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _options(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _table(first, rows):
    shown = [(f"`{name}`", value if isinstance(value, str) else json.dumps(value, default=str)) for name, value in rows]
    return markdown_table([first, "value"], shown)
