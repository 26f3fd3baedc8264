"""What docstrings say of arguments."""

import inspect
import re
from collections.abc import Callable

ARGUMENT = re.compile(r"^ {4}(\w+): (.*)$")


def argument_meanings(function: Callable) -> dict[str, str]:
    """The meaning of each argument in the section `Args` of a function or of a class and its bases, as one line.

    Example:
        >>> argument_meanings(argument_meanings)
        {'function': 'Function or class with a docstring in the style of Google or Keras.'}

    Args:
        function: Function or class with a docstring in the style of Google or Keras.
    """
    found: dict[str, str] = {}
    for each in function.__mro__ if inspect.isclass(function) else [function]:
        _, _, section = inspect.cleandoc(vars(each).get("__doc__") or each.__doc__ or "").partition("\nArgs:\n")
        name = ""
        own: dict[str, str] = {}
        for line in section.splitlines():
            if line and not line.startswith(" "):
                break
            begins = ARGUMENT.match(line)
            if begins:
                name, own[begins[1]] = begins[1], begins[2]
            elif name and line.strip():
                own[name] += " " + line.strip()
        found = {**own, **found}
    return found


def first_sentence(text: str) -> str:
    """The beginning of a text up to its first full stop or semicolon, without a type before it.

    Example:
        >>> first_sentence("Float. If set, the gradient is clipped. Otherwise not.")
        'If set, the gradient is clipped'
    """
    text = re.sub(r"^(?:an? )?(?:float|integer|int|boolean|bool|string)[.,:] *", "", text, flags=re.IGNORECASE)
    sentence = re.split(r"(?<=[^.\s])[.;](?=\s|$)", text, maxsplit=1)[0]
    return sentence.rstrip(".")
