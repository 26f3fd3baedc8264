"""Options of a command from the fields of a dataclass, and the values of options."""

import dataclasses
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer


def with_options(request: type, *names: str) -> Callable:
    """A decorator that replaces a command's `**options` by options from the fields of a dataclass.

    Args:
        request: Dataclass whose fields have `help` and `min` in their metadata.
        *names: The fields; all with `help` if not given.
    """

    def decorate(command):
        own = [each for each in inspect.signature(command).parameters.values() if each.kind is not each.VAR_KEYWORD]
        fields = (field for field in dataclasses.fields(request) if "help" in field.metadata)
        options = [_parameter(field) for field in fields if not names or field.name in names]
        command.__signature__ = inspect.Signature([*own, *options])
        return command

    return decorate


def _parameter(field):
    words, choices = field.metadata["help"], field.metadata["choices"]
    names = [field.metadata["option"]] if field.metadata["option"] else []
    if field.type is bool:
        names = [f"--{field.name.replace('_', '-')}"]  # without a second --no-NAME
    if choices:
        words = f"{words} ({'|'.join(choices)})"  # Typer would take brackets for markup
    option = typer.Option(*names, help=words, min=field.metadata["min"], autocompletion=_completion(choices))
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return inspect.Parameter(field.name, kind, default=field.default, annotation=Annotated[field.type, option])


def _completion(choices):
    """A function from the beginning of a word to the choices, for the completion by a shell."""

    def complete(incomplete: str):
        return [choice for choice in choices if choice.startswith(incomplete)]

    return complete


def parse_condition_values(texts: list[str]) -> dict[str, str | list[str]]:
    """Conditions written `NAME=VALUE` or `NAME=VALUE,VALUE`, as `generate` takes them: text, or lists of it.

    Raises:
        ValueError: If a text is written otherwise or a name is given twice.

    Example:
        >>> parse_condition_values(["pitch=60,C5", "instrument=flute"])
        {'pitch': ['60', 'C5'], 'instrument': 'flute'}
    """
    conditions: dict[str, str | list[str]] = {}
    for text in texts:
        name, _, values = text.partition("=")
        if not name or not values or name in conditions:
            raise ValueError(
                "`--condition` takes NAME=VALUE or NAME=VALUE,VALUE, once for each name, as pitch=60 or "
                f"instrument=flute. Received: --condition {text}"
            )
        several = [value.strip() for value in values.split(",")]
        conditions[name] = several if len(several) > 1 else several[0]
    return conditions


def parse_tracks(texts: list[str]) -> dict[int | str, Path]:
    """Models of tracks written `TRACK=MODEL`, a track's number from 0 or its name, as a dict to paths.

    Raises:
        ValueError: If a text is written otherwise or a track is given twice.

    Example:
        >>> {track: str(path) for track, path in parse_tracks(["0=flute_run", "bass=cello_run"]).items()}
        {0: 'flute_run', 'bass': 'cello_run'}
    """
    tracks: dict[int | str, Path] = {}
    for text in texts:
        name, _, path = text.partition("=")
        track = int(name) if name.isdecimal() else name
        if not name or not path or track in tracks:
            raise ValueError(
                "`--track` takes TRACK=MODEL, once for each track, as 0=flute_run or melody=flute_run. "
                f"Received: --track {text}"
            )
        tracks[track] = Path(path)
    return tracks


def parse_numbers(name: str, text: str) -> float | list[float]:
    """A number, or several with commas between them, as an option `--name` takes them.

    Raises:
        ValueError: If a part is not a number.

    Example:
        >>> parse_numbers("pan", "-0.5,0.5")
        [-0.5, 0.5]
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise ValueError(f"`--{name}` takes a number, or several as 1,2. Received: --{name} {text}") from error
    return numbers if len(numbers) > 1 else numbers[0]


def parse_range(name: str, text: str) -> tuple[str, str]:
    """The lowest and the highest value of an option written `--name LOW:HIGH`.

    Raises:
        ValueError: If the text is written otherwise.

    Example:
        >>> parse_range("pitches", "C3:C5")
        ('C3', 'C5')
    """
    low, _, high = text.partition(":")
    if not low or not high:
        raise ValueError(f"`--{name}` takes LOW:HIGH, as C3:C5. Received: --{name} {text}")
    return low, high
