"""Checks of arguments. Each error names the argument, its value and the remedy."""

import difflib
import math
import numbers
import operator
from collections.abc import Collection, Mapping
from typing import Any, TypeVar

Base = TypeVar("Base")


def check_positive_int(name: str, value: object) -> None:
    """Raises ValueError unless `value` is an integer of at least 1."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < 1:
        raise ValueError(f"`{name}` must be a positive integer. Received: {name}={value!r}")


def check_number(
    name: str,
    value: Any,
    *,
    at_least: float | None = None,
    above: float | None = None,
    below: float | None = None,
) -> None:
    """Raises ValueError unless `value` is a finite number of at least `at_least`, above `above` and below `below`."""
    wrong = isinstance(value, bool) or not isinstance(value, numbers.Real) or not math.isfinite(value)
    limits = (("of at least", at_least, operator.ge), ("above", above, operator.gt), ("below", below, operator.lt))
    given = [(words, limit, holds) for words, limit, holds in limits if limit is not None]
    if wrong or not all(holds(value, limit) for _, limit, holds in given):
        described = " and ".join(f"{words} {limit:g}" for words, limit, _ in given)
        raise ValueError(f"`{name}` must be a number {described}. Received: {name}={value!r}")


def check_choice(name: str, value: object, choices: Collection[str]) -> None:
    """Raises ValueError unless `value` is one of `choices`; the message names the nearest one."""
    if value in choices:
        return
    nearest = difflib.get_close_matches(str(value), list(choices), n=1, cutoff=0.4)
    hint = f"Did you mean {nearest[0]!r}? " if nearest else ""
    raise ValueError(
        f"`{name}` must be one of {', '.join(repr(choice) for choice in choices)}. {hint}Received: {name}={value!r}"
    )


def get_by_name(kind: str, identifier: Any, classes: Mapping[str, type[Base]], base: type[Base]) -> Base:
    """The object for a name, a `(name, options)` pair or an object of its kind.

    Args:
        kind: Kind of object for messages, such as `"loss"`.
        identifier: A key of `classes`, a pair of such a key and its keyword arguments, or a `base` instance.
        classes: Dict from name to class.
        base: The class of objects.

    Raises:
        ValueError: If the name is unknown.
        TypeError: If the identifier is of another type.
    """
    if isinstance(identifier, base):
        return identifier
    options = {}
    if isinstance(identifier, (tuple, list)) and len(identifier) == 2 and isinstance(identifier[1], dict):
        identifier, options = identifier
    if not isinstance(identifier, str):
        raise TypeError(
            f"A {kind} must be given by name, as a (name, options) pair or as a `{base.__name__}`. "
            f"Received: {kind}={identifier!r} of type {type(identifier).__name__}"
        )
    check_choice(kind, identifier, classes)
    return classes[identifier](**options)
