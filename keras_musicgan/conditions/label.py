"""A name as a condition."""

from collections.abc import Sequence

from keras_musicgan.conditions.base import Category
from keras_musicgan.utils.checks import index_of
from keras_musicgan.utils.registration import serializable


@serializable
class Label(Category):
    """One of several names, such as an instrument.

    Args:
        names: The names, all different.
        name: Name of the condition itself.

    Raises:
        ValueError: If there is no name or a duplicate.

    Example:
        >>> Label(["flute", "oboe"], name="instrument").number("oboe")
        1.0
    """

    def __init__(self, names: Sequence[str], name: str = "label"):
        names = [names] if isinstance(names, str) else [str(each) for each in names]
        if not names or len(set(names)) < len(names):
            raise ValueError(f"`Label` takes at least one name, without duplicates. Received: names={names}")
        self.name = name
        self.names = names
        self.width = len(names)

    def number(self, value):
        """The index of a name; a ValueError if it is unknown."""
        return index_of(self.name, value, self.names)

    def value(self, number):
        """The value of a number."""
        return self.names[round(float(number))]
