"""Values from the command line, as `config.json` keeps them."""

import json
from typing import Any

from keras_musicgan.music.pitch_names import parse_pitch
from keras_musicgan.utils.checks import check_choice

MODEL_PARTS = ("generator", "discriminator", "representation", "recipe")
OPTIMIZERS = ("generator_optimizer", "discriminator_optimizer")
PARTS = ("model", "data", *MODEL_PARTS, *OPTIMIZERS)


def parse_settings(texts: list[str]) -> dict[str, dict]:
    """Settings written `PART.NAME=VALUE` as a dict of dicts; values are JSON or, failing that, text.

    Raises:
        ValueError: If a text is written otherwise or names an unknown part.

    Example:
        >>> parse_settings(["generator.units=[64, 64]", "generator_optimizer.name=sgd"])
        {'generator': {'units': [64, 64]}, 'generator_optimizer': {'name': 'sgd'}}
    """
    settings: dict[str, dict] = {}
    for text in texts:
        name, _, value = text.partition("=")
        part, _, key = name.partition(".")
        if not value or not key:
            raise ValueError(f"`--set` takes PART.NAME=VALUE, as generator.width=128. Received: --set {text}")
        check_choice("--set", part, PARTS)
        settings.setdefault(part, {})[key] = parse_value(value)
    return settings


def parse_value(text: str) -> Any:
    """A value written as JSON or, failing that, the text itself.

    Example:
        >>> parse_value("1e-3"), parse_value("[8, 16]"), parse_value("sgd")
        (0.001, [8, 16], 'sgd')
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def parse_condition(text: str) -> list:
    """A condition written `NAME=LOW:HIGH` or `NAME=LABEL,LABEL`, as a pair that `MusicGAN.from_preset` takes.

    Raises:
        ValueError: If it is written otherwise.

    Example:
        >>> parse_condition("pitch=C4:B5")
        ['pitch', {'low': 60, 'high': 83}]
        >>> parse_condition("instrument=flute,oboe")
        ['label', {'names': ['flute', 'oboe'], 'name': 'instrument'}]
    """
    name, _, values = text.partition("=")
    low, colon, high = values.partition(":")
    ranged = name in ("pitch", "tempo")
    if not name or not values or (colon and not (low and high)) or (ranged and not colon):
        raise ValueError(
            "`--condition` takes NAME=LOW:HIGH or NAME=LABEL,LABEL, as pitch=60:83 or instrument=flute,oboe. "
            f"Received: --condition {text}"
        )
    if not colon:
        return ["label", {"names": [value.strip() for value in values.split(",")], "name": name}]
    if name == "pitch":
        return ["pitch", {"low": _whole_pitch(low), "high": _whole_pitch(high)}]
    try:
        limits = {"low": float(low), "high": float(high)}
    except ValueError:
        raise ValueError(f"A range of `{name}` must be two numbers. Received: --condition {text}") from None
    return ["tempo", limits] if name == "tempo" else ["value", {"name": name, **limits}]


def parse_shared_label(text: str) -> tuple[str, str]:
    """A label that all sounds share, written `NAME=VALUE`, as a pair.

    Raises:
        ValueError: If it is written otherwise.

    Example:
        >>> parse_shared_label("instrument=flute")
        ('instrument', 'flute')
    """
    name, _, value = text.partition("=")
    if not name or not value or "," in value or ":" in value:
        raise ValueError(
            "A model that is trained further keeps its conditions: with --from, `--condition` takes NAME=VALUE, the "
            f"value of all sounds, as instrument=flute. Received: --condition {text}"
        )
    return name, value


def parse_penalty(text: str) -> str | list:
    """A penalty written `NAME` or `NAME=WEIGHT`, as `MusicGAN.compile` takes it.

    Raises:
        ValueError: If the weight is not a number.

    Example:
        >>> parse_penalty("r1=2.5")
        ['r1', {'weight': 2.5}]
    """
    name, _, weight = text.partition("=")
    try:
        return [name, {"weight": float(weight)}] if weight else name
    except ValueError:
        raise ValueError(f"`--penalty` takes NAME or NAME=WEIGHT. Received: --penalty {text}") from None


def _whole_pitch(text):
    number = parse_pitch(text)
    if number % 1 or not 0 <= number <= 127:
        raise ValueError(f"`pitch` must be a whole number from 0 to 127. Received: pitch={text}")
    return int(number)
