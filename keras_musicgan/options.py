"""What the command line says, as arguments of `MusicGAN.from_preset` and `compile`, all plain data."""

import json

from keras_musicgan.checks import check_choice, check_positive_int
from keras_musicgan.conditions import Pitch
from keras_musicgan.presets import PRESETS

MODEL_PARTS = ("generator", "discriminator", "representation", "recipe")
OPTIMIZERS = ("generator_optimizer", "discriminator_optimizer")


def overrides(
    settings: dict,
    latent_dim: int | None = None,
    batch_size: int | None = None,
    ema_momentum: float | None = None,
    conditions: list | None = None,
) -> dict:
    """Overrides of a preset.

    Args:
        settings: Dict by `parse_settings`.
        latent_dim: Length of the latent vector, or `None` for the preset's.
        batch_size: Clips in a batch, or `None`.
        ema_momentum: Momentum of the averaged generator, 0 for none, or `None`.
        conditions: List by `parse_conditions`, or `None`.

    Example:
        >>> overrides({"generator": {"width": 64}}, batch_size=8)
        {'generator': {'width': 64}, 'recipe': {'batch_size': 8}}
    """
    result = {part: settings[part] for part in MODEL_PARTS if part in settings}
    result.update(settings.get("model", {}))
    if latent_dim is not None:
        result["latent_dim"] = latent_dim
    if batch_size is not None:
        check_positive_int("batch_size", batch_size)
        result["recipe"] = {**result.get("recipe", {}), "batch_size": batch_size}
    if ema_momentum is not None:
        result["ema_momentum"] = ema_momentum or None
    if conditions:
        result["conditions"] = conditions
    return result


def compile_arguments(
    preset: str,
    settings: dict,
    loss: str | None = None,
    penalties: list[str] | None = None,
    discriminator_steps: int | None = None,
    optimizer: str | None = None,
    learning_rate: float | None = None,
    augmentations: list[str] | None = None,
    log_gradient_norms: bool = False,
) -> dict:
    """Arguments of `compile` that differ from the preset's.

    Args:
        preset: Name of the preset.
        settings: Dict by `parse_settings`; `generator_optimizer` and `discriminator_optimizer` in it hold options of
            one optimizer, `name` among them.
        loss: Name of a loss, or `None`.
        penalties: List of `NAME` or `NAME=WEIGHT`; `["none"]` for no penalty; `None` for the preset's.
        discriminator_steps: A number, or `None`.
        optimizer: Name of the optimizer of both networks, or `None`.
        learning_rate: Learning rate of both, or `None`.
        augmentations: List of names; `["none"]` for none; `None` for the preset's.
        log_gradient_norms: Whether to log them.

    Example:
        >>> compile_arguments("lecture", {}, loss="hinge", penalties=["r1=2.5"])
        {'loss': 'hinge', 'penalties': [['r1', {'weight': 2.5}]]}
    """
    check_choice("preset", preset, PRESETS)
    result = {"loss": loss, "discriminator_steps": discriminator_steps}
    result = {name: value for name, value in result.items() if value is not None}
    if log_gradient_norms:
        result["log_gradient_norms"] = True
    if augmentations:
        result["augmentations"] = [] if augmentations == ["none"] else augmentations
    if penalties:
        result["penalties"] = [] if penalties == ["none"] else [_penalty(text) for text in penalties]
    for role in OPTIMIZERS:
        options = dict(settings.get(role, {}))
        name = options.pop("name", optimizer)
        if learning_rate is not None:
            options.setdefault("learning_rate", learning_rate)
        if name or options:
            base = {"class_name": name, "config": {}} if name else PRESETS[preset]["recipe"][role]
            result[role] = {"class_name": base["class_name"], "config": {**base["config"], **options}}
    return result


def parse_settings(texts: list[str]) -> dict[str, dict]:
    """Settings written `PART.NAME=VALUE` as a dict of dicts; values are JSON or, failing that, text.

    Raises:
        ValueError: If a text is written otherwise or names another part.

    Example:
        >>> parse_settings(["generator.units=[64, 64]", "generator_optimizer.name=sgd"])
        {'generator': {'units': [64, 64]}, 'generator_optimizer': {'name': 'sgd'}}
    """
    settings = {}
    for text in texts:
        name, _, value = text.partition("=")
        part, _, key = name.partition(".")
        if not value or not key:
            raise ValueError(f"`--set` takes PART.NAME=VALUE, as generator.width=128. Received: --set {text}")
        check_choice("--set", part, ("model", "data", *MODEL_PARTS, *OPTIMIZERS))
        try:
            settings.setdefault(part, {})[key] = json.loads(value)
        except json.JSONDecodeError:
            settings.setdefault(part, {})[key] = value
    return settings


def parse_conditions(texts: list[str]) -> list[list]:
    """Conditions written `NAME=LOW:HIGH` or `NAME=LABEL,LABEL` as pairs that `MusicGAN.from_preset` takes.

    Raises:
        ValueError: If a text is written otherwise.

    Example:
        >>> parse_conditions(["pitch=C4:B5", "instrument=flute,oboe"])
        [['pitch', {'low': 60, 'high': 83}], ['label', {'names': ['flute', 'oboe'], 'name': 'instrument'}]]
    """
    return [_condition(text) for text in texts]


def parse_told(texts: list[str]) -> dict[str, str | list[str]]:
    """What a model is told, written `NAME=VALUE` or `NAME=VALUE,VALUE`, as `generate` takes it: text, or lists of it.

    Raises:
        ValueError: If a text is written otherwise or a name stands there twice.

    Example:
        >>> parse_told(["pitch=60,C5", "instrument=flute"])
        {'pitch': ['60', 'C5'], 'instrument': 'flute'}
    """
    told = {}
    for text in texts:
        name, _, values = text.partition("=")
        if not name or not values or name in told:
            raise ValueError(
                "`--condition` takes NAME=VALUE or NAME=VALUE,VALUE, once for each name, as pitch=60 or "
                f"instrument=flute. Received: --condition {text}"
            )
        values = [value.strip() for value in values.split(",")]
        told[name] = values if len(values) > 1 else values[0]
    return told


def parse_numbers(name: str, text: str) -> float | list[float]:
    """A number, or several with commas between them, as an option `--name` takes them.

    Raises:
        ValueError: If a part is no number.

    Example:
        >>> parse_numbers("pan", "-0.5,0.5")
        [-0.5, 0.5]
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise ValueError(f"`--{name}` takes a number, or several as 1,2. Received: --{name} {text}") from error
    return numbers if len(numbers) > 1 else numbers[0]


def _condition(text):
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
        low, high = (int(Pitch(0, 127).number(end)) for end in (low, high))
        return ["pitch", {"low": low, "high": high}]
    try:
        limits = {"low": float(low), "high": float(high)}
    except ValueError:
        raise ValueError(f"A range of `{name}` must be two numbers. Received: --condition {text}") from None
    return ["tempo", limits] if name == "tempo" else ["value", {"name": name, **limits}]


def _penalty(text):
    name, _, weight = text.partition("=")
    try:
        return [name, {"weight": float(weight)}] if weight else name
    except ValueError:
        raise ValueError(f"`--penalty` takes NAME or NAME=WEIGHT. Received: --penalty {text}") from None
