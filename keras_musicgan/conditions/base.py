"""The contract of a condition, and the base of those with a fixed set of values."""

import numpy as np
from keras import ops

from keras_musicgan.utils.configurable import Configurable


class Condition(Configurable):
    """A condition of a model.

    Attributes:
        name: Its name in `y` of `fit` and in `generate`.
        width: Length of its encoding in the vector of conditions.
    """

    name: str
    width: int

    def number(self, value: object) -> float:
        """The number of a value, which may be text.

        Raises:
            ValueError: If it is not a value of this condition; the message names those that are.
        """
        raise NotImplementedError

    def value(self, number: float) -> object:
        """The value of a number, as `generate` takes it."""
        raise NotImplementedError

    def encode(self, numbers):
        """The encoding `[n, width]` float32 of numbers `[n]`; NaN where one is out of range."""
        raise NotImplementedError

    def loss(self, predicted, encoded):
        """Loss of a predicted encoding against the true one, both `[n, width]`; a scalar float32."""
        raise NotImplementedError

    def draw(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """`n` numbers of values that are equally likely."""
        raise NotImplementedError


class Category(Condition):
    """One of `width` values, with whole numbers from `first` on; encoded one-hot."""

    first = 0

    def encode(self, numbers):
        """One-hot `[n, width]` float32; NaN for other numbers."""
        index = ops.round(numbers) - self.first
        valid = ops.logical_and(ops.abs(numbers - self.first - index) < 1e-3, index >= 0)
        valid = ops.logical_and(valid, index < self.width)
        one_hot = ops.cast(ops.equal(index[:, None], ops.arange(self.width, dtype="float32")), "float32")
        return ops.where(valid[:, None], one_hot, float("nan"))

    def loss(self, predicted, encoded):
        """Mean cross-entropy of logits, a scalar float32."""
        return ops.mean(ops.categorical_crossentropy(encoded, predicted, from_logits=True))

    def draw(self, n, rng):
        """`n` numbers of values that are equally likely."""
        return rng.integers(self.width, size=n) + self.first
