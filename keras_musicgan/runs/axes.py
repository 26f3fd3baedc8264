"""The hyperparameters that a sweep varies: values as a list or a range, and how the command line writes them."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from keras_musicgan.runs.parsing import PARTS, parse_value
from keras_musicgan.runs.request import TrainingRequest
from keras_musicgan.utils.checks import check_choice, check_number

VARIED = [field for field in dataclasses.fields(TrainingRequest) if field.metadata.get("sweep")]
NAMES = tuple(field.name for field in VARIED)
SEVERAL = tuple(field.name for field in VARIED if list[str] in get_args(field.type))  # a value joins several with +
CHOSEN = (*SEVERAL, *(field.name for field in VARIED if str in get_args(field.type)))
DIGITS = 4  # of a drawn number


@dataclass(frozen=True)
class Range:
    """A hyperparameter that takes any number between two, drawn evenly in its logarithm if both are above 0.

    Args:
        low: The smallest number.
        high: The largest, above `low`. If both are integers, integers are drawn.

    Raises:
        ValueError: If one is not a finite number, or `high` is not above `low`.

    Example:
        >>> Range(1e-4, 1e-2).at(0.5)
        0.001
    """

    low: float
    high: float

    def __post_init__(self):
        check_number("low", self.low)
        check_number("high", self.high)
        if self.high <= self.low:
            raise ValueError(
                f"A range goes from its smaller to its larger number. Received: {self.low}..{self.high}. "
                f"Write {self.high}..{self.low}, or a single value."
            )

    def at(self, share: float) -> float | int:
        """The number at a share in [0, 1] of the way from `low` to `high`."""
        if self.low > 0:
            value = float(self.low * (self.high / self.low) ** share)
        else:
            value = float(self.low + share * (self.high - self.low))
        if isinstance(self.low, int) and isinstance(self.high, int):
            return round(value)
        return min(max(float(f"{value:.{DIGITS}g}"), self.low), self.high)


def parse_try(text: str) -> tuple[str, list | Range]:
    """A hyperparameter and its values to try, written `NAME=VALUE,VALUE` or `NAME=LOW..HIGH`.

    Values are JSON or, failing that, text; commas inside brackets or quotes belong to a value.

    Raises:
        ValueError: If it is written otherwise, the hyperparameter is unknown, a value is repeated, or a range goes
            downwards.

    Example:
        >>> parse_try("generator.units=[64,64],[128]")
        ('generator.units', [[64, 64], [128]])
        >>> parse_try("learning_rate=1e-4..1e-3")
        ('learning_rate', Range(low=0.0001, high=0.001))
    """
    name, equals, values = text.partition("=")
    if not equals or not name:
        raise ValueError(
            "`--try` takes NAME=VALUE,VALUE or NAME=LOW..HIGH, as latent_dim=16,64 or learning_rate=1e-4..1e-3. "
            f"Received: --try {text}"
        )
    low, dots, high = values.partition("..")
    if dots and not values.startswith(("[", "{", '"')):
        ends = [parse_value(low), parse_value(high)]
        if any(isinstance(end, bool) or not isinstance(end, (int, float)) for end in ends):
            raise ValueError(f"A range must be two numbers, LOW..HIGH. Received: --try {text}")
        return name, check_axis(name, Range(*ends))
    return name, check_axis(name, [parse_value(part) for part in _parts(values)])


def check_axes(tries: Mapping[str, Sequence | Range]) -> dict[str, list | Range]:
    """Checks a dict from hyperparameter to its values to try; the result has the names that runs use.

    Raises:
        ValueError: If it is empty, a name is unknown or repeated, or a list is empty or repeats a value.
    """
    if not tries:
        raise ValueError("A sweep needs a hyperparameter to vary. Received: none. Give --try NAME=VALUE,VALUE.")
    axes = {}
    for name, values in tries.items():
        known = canonical(name)
        if known in axes:
            raise ValueError(f"A sweep varies each hyperparameter once. Received: {known!r} twice")
        axes[known] = check_axis(name, values)
    return axes


def check_axis(name: str, values: Sequence | Range) -> list | Range:
    """Checks the values of one hyperparameter; raises as `check_axes`."""
    canonical(name)
    if isinstance(values, Range):
        if name in CHOSEN:
            raise ValueError(
                f"`{name}` is chosen by name, as {name}=A,B. Received: the range {values.low}..{values.high}"
            )
        return values
    if isinstance(values, (str, Mapping)) or not isinstance(values, Sequence):
        raise TypeError(
            f"The values of `{name}` must be a list or a `Range`. Received: {values!r} of type {type(values).__name__}"
        )
    values = list(values)
    if not values or "" in values:
        raise ValueError(f"A list of values must not be empty, nor any of them. Received: {name}={values}")
    if len({json.dumps(value) for value in values}) < len(values):
        raise ValueError(f"Each value is tried once; `seeds` repeats them. Received: {name}={values}")
    return values


def canonical(name: str) -> str:
    """The name that runs use for a hyperparameter: `generator.learning_rate` is an option of the optimizer.

    Raises:
        ValueError: If the name is unknown; the message names the nearest.
    """
    part, dot, key = name.partition(".")
    if not dot:
        check_choice("--try", name, (*NAMES, *(f"{part}.NAME" for part in PARTS)))
    else:
        check_choice("--try", part, PARTS)
        if not key:
            raise ValueError(f"`--try` takes PART.NAME, as generator.width. Received: --try {name}")
    if key == "learning_rate" and part in ("generator", "discriminator"):
        return f"{part}_optimizer.learning_rate"
    return name


def request_with(setting: Mapping[str, object], settings: Mapping[str, Mapping], **fixed) -> dict:
    """The request of a run with this setting.

    Args:
        setting: Dict from hyperparameter to value.
        settings: Dict of dicts by `runs.parsing.parse_settings` that all runs share.
        **fixed: Other fields of `TrainingRequest` that all runs share.
    """
    shared: dict[str, dict] = {part: dict(values) for part, values in settings.items()}
    named: dict[str, Any] = {}
    for name, value in setting.items():
        part, dot, key = name.partition(".")
        if dot:
            shared.setdefault(part, {})[key] = value
        elif name in SEVERAL:
            named[name] = str(value).split("+")
        else:
            named[name] = value
    return TrainingRequest(settings=shared, **{**fixed, **named}).config()


def format_value(value: object) -> str:
    """A value as the command line writes it."""
    return value if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else json.dumps(value)


def format_setting(setting: Mapping[str, object]) -> str:
    """A setting in one line: `latent_dim=16, loss=hinge`."""
    return ", ".join(f"{name}={format_value(value)}" for name, value in setting.items())


def _parts(text):
    """Parts between commas outside brackets and quotes."""
    parts, depth, quoted = [""], 0, False
    for character in text:
        quoted ^= character == '"'
        if not quoted:
            depth += (character in "[{(") - (character in "]})")
        if character == "," and not depth and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]
