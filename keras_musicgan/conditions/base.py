"""What every condition can do, and what those with a fixed set of values share."""

import numpy as np
from keras import ops

from keras_musicgan.utils.configurable import Configurable


class Condition(Configurable):
    """One thing that a model is told.

    Attributes:
        name: Its name in `y` of `fit` and in `generate`.
        width: How many numbers of the conditions' vector it takes.
    """

    name: str
    width: int

    def number(self, value: object) -> float:
        """The number that stands for one value, given as such or as text.

        Raises:
            ValueError: If it is no value of this condition; the message says which are.
        """
        raise NotImplementedError

    def value(self, number: float) -> object:
        """What a number stands for, as `generate` takes it."""
        raise NotImplementedError

    def encode(self, numbers):
        """Numbers `[n]` as a part of the conditions' vector, `[n, width]` float32; NaN for what is out of range."""
        raise NotImplementedError

    def loss(self, predicted, encoded):
        """How wrong a prediction of the encoded condition is, both `[n, width]`; a scalar float32."""
        raise NotImplementedError

    def draw(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """`n` numbers that stand for values, all equally likely."""
        raise NotImplementedError


class Category(Condition):
    """One of `width` values, whose numbers are whole and begin with `first`; one-hot in the vector."""

    first = 0

    def encode(self, numbers):
        """One-hot `[n, width]` float32; NaN for what is none of the values."""
        index = ops.round(numbers) - self.first
        right = ops.logical_and(ops.abs(numbers - self.first - index) < 1e-3, index >= 0)
        right = ops.logical_and(right, index < self.width)
        one_hot = ops.cast(ops.equal(index[:, None], ops.arange(self.width, dtype="float32")), "float32")
        return ops.where(right[:, None], one_hot, float("nan"))

    def loss(self, predicted, encoded):
        """Mean cross-entropy of logits, a scalar float32."""
        return ops.mean(ops.categorical_crossentropy(encoded, predicted, from_logits=True))

    def draw(self, n, rng):
        """`n` numbers, all values equally likely."""
        return rng.integers(self.width, size=n) + self.first
