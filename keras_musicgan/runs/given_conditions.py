"""Conditions as a user writes them, held against the file of a model before Keras is imported."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from keras_musicgan.music.pitch_names import pitch_between
from keras_musicgan.runs.folder import read_model_config
from keras_musicgan.utils.checks import check_choice, index_of, number_between

KINDS = {"Pitch", "Label", "Tempo", "Value"}  # of this package


def check_given_conditions(path: Path, given: Mapping[str, str | Sequence[str]]) -> None:
    """Checks conditions by what the file of a model says of its own; kinds that are not of this package pass.

    Args:
        path: As for `find_model`.
        given: Dict from names of conditions to a value or several, as text.

    Raises:
        ValueError: If the model has no such condition, or a value is out of its range.
    """
    saved = [(each["class_name"], each["config"]) for each in read_model_config(path)["conditions"]]
    if not KINDS.issuperset(kind for kind, _ in saved):
        return
    checks = {options.get("name", kind.lower()): _check(kind, **options) for kind, options in saved}
    if given and not checks:
        raise ValueError(f"The model {path.stem} takes no conditions. Received: {', '.join(given)}. Leave them out.")
    for name, values in given.items():
        check_choice("condition", name, checks)
        for value in [values] if isinstance(values, str) else values:
            checks[name](value)


def _check(kind, low=0, high=0, names=(), name="") -> Callable[[str], float]:
    """The check of a value by a condition with this configuration."""
    if kind == "Pitch":
        return lambda value: pitch_between(value, low, high)
    if kind == "Label":
        return lambda value: index_of(name, value, names)
    return lambda value: number_between(name or kind.lower(), value, low, high)
