"""Old names, which work and warn."""

import functools
import sys
import warnings
from collections.abc import Callable


def renamed(module: str, names: dict[str, str]) -> Callable[[str], object]:
    """A `__getattr__` for a module whose objects keep their old names.

    Args:
        module: Name of the module.
        names: Dict from the old name to the new one.
    """

    def get(name):
        if name not in names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        warn_renamed(f"{module}.{name}", f"{module}.{names[name]}")
        return getattr(sys.modules[module], names[name])

    return get


def rename_options(options: dict, names: dict[str, str], where: str) -> dict:
    """Options under their new names.

    Args:
        options: Dict from name to value.
        names: Dict from the old name to the new one.
        where: Owner of the options, for the warning.

    Raises:
        ValueError: If an option is given under both names.
    """
    result = dict(options)
    for old, new in names.items():
        if old in options:
            if new in options:
                raise ValueError(f"{where} takes `{new}`, formerly `{old}`. Received: both. Leave `{old}` out.")
            warn_renamed(f"{where} {old}", new)
            result[new] = result.pop(old)
    return result


def renamed_arguments(**names: str) -> Callable[[Callable], Callable]:
    """A decorator for a function that takes keyword arguments under their old names too, as `old="new"`."""

    def decorate(function):
        @functools.wraps(function)
        def call(*args, **kwargs):
            return function(*args, **rename_options(kwargs, names, f"{function.__name__}:"))

        return call

    return decorate


def rename_members(cls: type, names: dict[str, str]) -> None:
    """Gives the attributes and methods that a subclass defines under old names their new names too.

    Args:
        cls: The subclass, in `__init_subclass__` of the class whose members have new names.
        names: Dict from the old name to the new one.
    """
    for old in vars(cls).keys() & names.keys():
        warn_renamed(f"{cls.__name__}.{old}", f"{cls.__name__}.{names[old]}", stacklevel=4)
        setattr(cls, names[old], vars(cls)[old])


def warn_renamed(old: str, new: str, stacklevel: int = 3) -> None:
    """Warns the caller of the calling function that a name is old."""
    message = f"`{old}` is called `{new}` since 0.2; the old name goes in 0.3."
    warnings.warn(message, DeprecationWarning, stacklevel=stacklevel)
