"""Numbers from a range as conditions."""

from keras import ops

from keras_musicgan.conditions.base import Condition
from keras_musicgan.utils.checks import check_number
from keras_musicgan.utils.registration import serializable


@serializable
class Value(Condition):
    """A number from a range, such as brightness; in the vector it goes from −1 to 1.

    Args:
        name: What it is called.
        low: Its lowest value.
        high: Its highest value.

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
        """The number that stands for a value; a ValueError names one that is none."""
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = float("nan")
        if not self.low <= number <= self.high:
            raise ValueError(
                f"`{self.name}` must be a number from {self.low:g} to {self.high:g}. Received: {self.name}={value!r}"
            )
        return number

    def value(self, number):
        """What a number stands for."""
        return float(number)

    def encode(self, numbers):
        """`[n, 1]` float32 from −1 to 1; NaN for what is out of range."""
        # A hair beyond the ends is rounding.
        margin = 1e-5 * max(abs(self.low), abs(self.high))
        right = ops.logical_and(numbers >= self.low - margin, numbers <= self.high + margin)
        scaled = 2 * (numbers - self.low) / (self.high - self.low) - 1
        return ops.where(right, scaled, float("nan"))[:, None]

    def loss(self, predicted, encoded):
        """Mean squared error, a scalar float32."""
        return ops.mean(ops.square(predicted - encoded))

    def draw(self, n, rng):
        """`n` numbers of the range, evenly."""
        return rng.uniform(self.low, self.high, n)


@serializable
class Tempo(Value):
    """The tempo of a piece, as `tempo`.

    Args:
        low: Slowest, in beats per minute, above 0.
        high: Fastest.

    Raises:
        ValueError: If the range is empty or not above 0.

    Example:
        >>> Tempo(80, 160).number("120")
        120.0
    """

    def __init__(self, low: float, high: float):
        check_number("low", low, above=0)
        super().__init__("tempo", low, high)
