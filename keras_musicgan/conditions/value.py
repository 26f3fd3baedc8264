"""Numbers from a range as conditions."""

from keras import ops

from keras_musicgan.conditions.base import Condition
from keras_musicgan.utils.checks import check_number, number_between
from keras_musicgan.utils.registration import serializable


@serializable
class Value(Condition):
    """A number in a range, such as brightness; encoded from −1 to 1.

    Args:
        name: Name of the condition.
        low: Lowest value.
        high: Highest value.

    Raises:
        ValueError: If the range is empty or not finite.

    Example:
        >>> Value("brightness", 0, 8000).number("4000")
        4000.0
    """

    width = 1

    def __init__(self, name: str, low: float, high: float):
        check_number("low", low)
        check_number("high", high, above=low)
        self.name = name
        self.low, self.high = float(low), float(high)

    def number(self, value):
        """The number of a value; a ValueError if it is out of range."""
        return number_between(self.name, value, self.low, self.high)

    def value(self, number):
        """The value of a number."""
        return float(number)

    def encode(self, numbers):
        """`[n, 1]` float32 from −1 to 1; NaN where a number is out of range."""
        margin = 1e-5 * max(abs(self.low), abs(self.high))  # for rounding
        valid = ops.logical_and(numbers >= self.low - margin, numbers <= self.high + margin)
        scaled = 2 * (numbers - self.low) / (self.high - self.low) - 1
        return ops.where(valid, scaled, float("nan"))[:, None]

    def loss(self, predicted, encoded):
        """Mean squared error, a scalar float32."""
        return ops.mean(ops.square(predicted - encoded))

    def draw(self, n, rng):
        """`n` numbers, uniform in the range."""
        return rng.uniform(self.low, self.high, n)


@serializable
class Tempo(Value):
    """The tempo of a piece, called `tempo`.

    Args:
        low: Slowest tempo in beats per minute, above 0.
        high: Fastest tempo.

    Raises:
        ValueError: If the range is empty or not above 0.

    Example:
        >>> Tempo(80, 160).number("120")
        120.0
    """

    def __init__(self, low: float, high: float):
        check_number("low", low, above=0)
        super().__init__("tempo", low, high)
