"""Checks of arguments. Each error names the argument, its value and the remedy."""

import difflib
import functools
import inspect
import math
import numbers
import operator
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

Base = TypeVar("Base")
Part = TypeVar("Part")
CGROUP_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")  # of a container


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


def check_seed(name: str, seed: object, below: int | None = None) -> None:
    """Raises ValueError unless `seed` is `None` or an integer of at least 0, and below `below` if that is given."""
    if seed is None:
        return
    wrong = isinstance(seed, bool) or not isinstance(seed, numbers.Integral) or seed < 0
    if wrong or (below is not None and int(seed) >= below):  # type: ignore[call-overload]
        most = "" if below is None else f", below {below}"
        raise ValueError(f"`{name}` must be an integer of at least 0{most}. Received: {name}={seed!r}")


def check_devices(n: int, known: Collection[str]) -> None:
    """Raises ValueError if there are fewer than `n` devices."""
    if n > len(known):
        raise ValueError(
            f"This machine has {len(known)} to train on: {', '.join(known)}. Received: --devices {n}. Take fewer."
        )


def check_memory(what: str, n_bytes: float, remedy: str = "Ask for less.") -> None:
    """Raises ValueError if a result would need more memory than the machine has; nothing where that is unknown.

    Args:
        what: The result with its size, as in "1000 clips of 16384 samples".
        n_bytes: The memory that it needs.
        remedy: What to do instead.
    """
    limit = memory_limit()
    if limit is not None and n_bytes > limit:
        raise ValueError(
            f"The result must fit into the memory of this machine, {limit / 1e9:,.1f} GB. Received: {what}, which "
            f"need {n_bytes / 1e9:,.1f} GB. {remedy}"
        )


@functools.cache
def memory_limit() -> int | None:
    """Bytes of memory that this process may use: the machine's, or a lower limit on it; `None` where unknown."""
    limits = []
    try:
        limits.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, OSError, ValueError):  # Windows
        pass
    for file in CGROUP_LIMITS:
        try:
            limits.append(int(Path(file).read_text()))
        except (OSError, ValueError):  # "max" is no limit
            pass
    try:
        import resource

        limits.append(resource.getrlimit(resource.RLIMIT_AS)[0])
    except ImportError:  # Windows
        pass
    return min((limit for limit in limits if limit > 0), default=None)


def check_choice(name: str, value: object, choices: Collection[str], synonyms: Mapping[str, str] | None = None) -> None:
    """Raises ValueError unless `value` is one of `choices`; the message names the nearest one.

    Args:
        name: What is chosen.
        value: The choice.
        choices: All names.
        synonyms: Dict from names that are used elsewhere, in lower case, to those of the same thing here.
    """
    if isinstance(value, str) and value in choices:
        return
    hint = nearest(value, choices, synonyms)
    raise ValueError(
        f"`{name}` must be one of {', '.join(repr(choice) for choice in choices)}. {hint}Received: {name}={value!r}"
    )


def nearest(value: object, choices: Collection[str], synonyms: Mapping[str, str] | None = None) -> str:
    """A guess in words at the choice that was meant, with a space after it, or nothing."""
    if synonyms and str(value).lower() in synonyms:
        return f"{value!r} is called {synonyms[str(value).lower()]!r} here. "
    close = difflib.get_close_matches(str(value), list(choices), n=1)
    return f"Did you mean {close[0]!r}? " if close else ""


def number_between(name: str, value: object, low: float, high: float) -> float:
    """The number that a value or its text is; a ValueError unless it lies from `low` to `high`."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not low <= number <= high:
        raise ValueError(f"`{name}` must be a number from {low:g} to {high:g}. Received: {name}={value!r}")
    return number


def index_of(name: str, value: object, choices: Sequence[str]) -> float:
    """The index of a choice, given by itself or as a number; a ValueError that names the nearest if it is none."""
    if isinstance(value, str) and value in choices:
        return float(choices.index(value))
    if isinstance(value, numbers.Real) and value in range(len(choices)):
        return float(value)
    raise ValueError(
        f"`{name}` must be one of {', '.join(map(repr, choices))}, or its index. {nearest(value, choices)}"
        f"Received: {name}={value!r}"
    )


def check_kind(name: str, value: object, kind: type) -> None:
    """Raises TypeError unless `value` is an object of a class."""
    if not isinstance(value, kind):
        raise TypeError(
            f"`{name}` must be a {kind.__name__}. Received: {name}={value!r} of type {type(value).__name__}"
        )


def check_dict(name: str, value: object) -> None:
    """Raises TypeError unless `value` is a dict of options."""
    if not isinstance(value, Mapping):
        raise TypeError(
            f"`{name}` must be an object of its kind, or a dict of options. "
            f"Received: {name}={value!r} of type {type(value).__name__}"
        )


def build_part(part: str, function: Callable[..., Part], options: Mapping[str, Any], *given: Any) -> Part:
    """The result of a function with options by name; errors name the part that they belong to.

    Args:
        part: What the options belong to, such as `"generator"`.
        function: Function or class.
        options: Dict of its keyword arguments.
        *given: Its first arguments, which are no options.

    Raises:
        ValueError: If there is no such option, and the message names the nearest, or one is out of range.
        TypeError: If an option is missing, or has a type that the function cannot use.
    """
    names = option_names(function, len(given))
    for name, value in options.items():
        if name not in names:
            listed = f"the options {', '.join(map(repr, names))}" if names else "no options"
            raise ValueError(f"{part} takes {listed}. {nearest(name, names)}Received: {name}={value!r}")
    try:
        return function(*given, **options)
    except (TypeError, ValueError) as error:
        if "Received: " in str(error):  # it is one of ours
            raise
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(
            f"The options of {part} must be such as it takes. Received: {dict(options)!r}, which end in: {error}"
        ) from error


def option_names(function: Callable, n_given: int = 0) -> list[str]:
    """Names of the options of a function or a class, also those that a class passes on to its bases."""
    functions: list[Callable] = [function]
    names: list[str] = []
    if inspect.isclass(function):
        bases = [cls for cls in function.__mro__[1:] if cls.__module__.partition(".")[0] != "keras"]
        functions += [vars(cls)["__init__"] for cls in bases if "__init__" in vars(cls)]
    for each in functions:
        parameters = inspect.signature(each).parameters.values()
        named = [p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
        names += [name for name in named if name not in ("self", *names)]
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            break
    return names[n_given:]


def get_by_name(
    kind: str,
    identifier: Any,
    classes: Mapping[str, type[Base]],
    base: type[Base],
    synonyms: Mapping[str, str] | None = None,
) -> Base:
    """The object for a name, a `(name, options)` pair or an object of its kind.

    Args:
        kind: Kind of object for messages, such as `"loss"`.
        identifier: A key of `classes`, a pair of such a key and its keyword arguments, or a `base` instance.
        classes: Dict from name to class.
        base: The class of objects.
        synonyms: As for `check_choice`.

    Raises:
        ValueError: If the name or an option is unknown.
        TypeError: If the identifier or an option is of another type.
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
    check_choice(kind, identifier, classes, synonyms)
    return build_part(f"{kind} {identifier!r}", classes[identifier], options)
