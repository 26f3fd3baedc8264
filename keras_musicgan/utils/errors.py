"""Keras's errors in one line."""

import re

ANSI = re.compile(r"\x1b\[[0-9;]*m")
MOST = 300  # characters


def concise(error: BaseException) -> str:
    """What an error says, without the configuration, the arguments and the bold print that Keras adds to it.

    Example:
        >>> concise(TypeError("not deserialized properly.\\n\\nconfig={}.\\n\\nException encountered: no name"))
        'no name'
        >>> concise(ValueError("Exception encountered when calling A.call().\\n\\nno axis\\n\\nArguments received by"))
        'no axis'
        >>> concise(KeyError("generator"))
        "KeyError: 'generator'"
    """
    text = ANSI.sub("", str(error))
    text = text.rpartition("Exception encountered: ")[2]
    text = re.sub(r"Exception encountered when calling .*?\.call\(\)\.\s+", "", text, flags=re.DOTALL)
    text = text.partition("Arguments received by")[0]
    line = " ".join(text.split())
    if isinstance(error, KeyError) or not line:
        line = f"{type(error).__name__}: {line}"
    return line if len(line) <= MOST else f"{line[: MOST - 1]}…"
