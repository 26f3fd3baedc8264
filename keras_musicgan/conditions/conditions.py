"""All conditions of a model as one layer."""

import keyword
from collections.abc import Iterable, Iterator, Mapping, Sequence

import keras
import numpy as np
from keras import ops

from keras_musicgan.conditions.base import Category, Condition
from keras_musicgan.conditions.label import Label
from keras_musicgan.conditions.pitch import Pitch
from keras_musicgan.conditions.value import Tempo, Value
from keras_musicgan.utils.checks import check_seed, get_by_name
from keras_musicgan.utils.registration import serializable

REMEMBERED = 4096  # rows of the training data that a model stores to draw from
TAKEN = (  # arguments of a model's methods that take conditions by name
    *("audio", "batch_size", "candidates", "every", "filepath", "gan", "hits", "latents", "learning_rate", "n"),
    *("normalize", "overlap", "overwrite", "release_ms", "sample_rate", "seconds", "seed", "sounds", "starts", "steps"),
    *("truncation", "x"),
)
CONDITIONS = {"pitch": Pitch, "tempo": Tempo, "label": Label, "value": Value}


@serializable
class Conditions(keras.layers.Layer, Sequence):
    """All conditions of a model, in order: a layer from numbers by name to the vector of conditions.

    It stores conditions of the training data. `generate` draws those that it is not given from them: the pitch of a
    flute from the pitches of flutes.

    Args:
        conditions: `Condition` objects or `(name, options)` pairs; empty for a model without conditions.
        any_names: Whether to take names that `generate` and its like cannot, as some saved models have.

    Attributes:
        width: Length of the vector.

    Raises:
        ValueError: If two conditions have the same name, a name is no identifier or that of an argument of `generate`
            and its like, or a kind of condition is unknown.

    Example:
        >>> conditions = Conditions([Pitch(60, 62), ("tempo", {"low": 80, "high": 120})])
        >>> conditions.numbers({"pitch": [60, "D4"], "tempo": 120})
        {'pitch': array([60., 62.], dtype=float32), 'tempo': array([120., 120.], dtype=float32)}
        >>> keras.ops.convert_to_numpy(conditions({"pitch": np.array([62.0]), "tempo": np.array([100.0])})).tolist()
        [[0.0, 0.0, 1.0, 0.0]]
    """

    def __init__(self, conditions: Sequence[Condition | tuple[str, dict]] = (), any_names: bool = False, **kwargs):
        super().__init__(dtype="float32", **{"name": "conditions", **kwargs})
        if isinstance(conditions, (str, Mapping, Condition)) or not isinstance(conditions, Iterable):
            raise TypeError(
                "`conditions` must be a list of conditions or of (name, options) pairs, such as "
                f"[('pitch', {{'low': 60, 'high': 71}})]. Received: conditions={conditions!r}"
            )
        self._conditions = tuple(get_by_name("condition", each, CONDITIONS, Condition) for each in conditions)
        self.names = [condition.name for condition in self._conditions]
        if not any_names:
            check_condition_names(self.names)
        self.width = sum(condition.width for condition in self._conditions)
        if self._conditions:
            # Infinity, and not NaN: JAX compares the values of all processes.
            empty = keras.initializers.Constant(float("inf"))
            shape = (REMEMBERED, len(self._conditions))
            self.remembered = self.add_weight(shape=shape, initializer=empty, trainable=False, name="remembered")
        self.built = True

    def __repr__(self):
        return f"{type(self).__name__}({list(self._conditions)})"

    def __len__(self) -> int:
        return len(self._conditions)

    def __bool__(self) -> bool:
        return True  # as any layer; `len` is the number of conditions

    def __getitem__(self, index):
        return self._conditions[self.names.index(index) if isinstance(index, str) else index]

    def __iter__(self) -> Iterator[Condition]:
        return iter(self._conditions)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    @property
    def columns(self) -> dict[str, slice]:
        """The columns of each condition in the vector, by name."""
        ends = np.cumsum([condition.width for condition in self._conditions]).tolist()
        return {each.name: slice(end - each.width, end) for each, end in zip(self._conditions, ends, strict=True)}

    def call(self, numbers: Mapping):
        """The vector `[n, width]` float32 of a dict of numbers `[n]`; NaN where one is out of range."""
        return condition_vector(self._conditions, numbers)

    def loss(self, predicted, encoded):
        """Loss of a predicted vector: the sum of the conditions' losses, a scalar float32."""
        parts = zip(self._conditions, self.columns.values(), strict=True)
        losses = (condition.loss(predicted[:, part], encoded[:, part]) for condition, part in parts)
        return sum(losses, ops.zeros(()))

    def check_names(self, given: object) -> None:
        """Raises ValueError unless `y`, as `fit` takes it, is a dict of exactly these conditions."""
        if not len(self):
            if given is not None:
                raise ValueError(
                    "This model takes no conditions: call `fit(x)` without `y`. Received: "
                    f"y={given if isinstance(given, dict) else type(given).__name__}. Build it with "
                    "`conditions=[…]` to give it some."
                )
            return
        if not isinstance(given, Mapping):
            raise ValueError(
                f"This model is conditioned on {_names(self.names)}: call `fit(x, y)` with `y` a dict of arrays. "
                f"Received: y={'None' if given is None else type(given).__name__}"
            )
        missing = [name for name in self.names if name not in given]
        if missing:
            raise ValueError(
                f"`y` must have an array for each condition of the model, {_names(self.names)}. Received: a dict "
                f"{'of ' + _names(given) if given else 'that is empty'}, without {_names(missing)}. Add it, or build "
                "the model without that condition."
            )
        self.check_known(given)

    def check_known(self, given: Mapping) -> None:
        """Raises ValueError if a name is not that of a condition."""
        for name in given:
            if name not in self.names:
                model = f"is conditioned on {_names(self.names)}" if len(self) else "takes no conditions"
                raise ValueError(
                    f"This model {model}. Received: a condition {name!r}, which it does not know. Leave it out."
                )

    def numbers(self, given: Mapping, n: int | None = None) -> dict[str, np.ndarray]:
        """Checks values and returns their numbers.

        Args:
            given: Dict from the names of some conditions to one value, or to one for each clip.
            n: Number of clips; by default that of the longest list.

        Returns:
            Dict of float32 `[n]` in the order of the conditions.

        Raises:
            ValueError: If a name is unknown, a value is out of range, or a list has another length.
        """
        self.check_known(given)
        if n is None:
            n = max((len(values) for values in map(_to_array, given.values()) if values.ndim), default=1)
        result = {}
        for condition in self._conditions:
            if condition.name not in given:
                continue
            values = _to_array(given[condition.name])
            if values.ndim and values.shape != (n,):
                raise ValueError(
                    f"`{condition.name}` must be one value, or one for each of {n} clips. "
                    f"Received: {condition.name} of shape {values.shape}"
                )
            numbers = [condition.number(value) for value in np.atleast_1d(values).tolist()]
            result[condition.name] = np.resize(np.array(numbers, "float32"), n)
        return result

    def refusal(self, labels: Mapping[str, object]) -> str | None:
        """The reason why a clip with these labels cannot be used, or `None`."""
        for condition in self._conditions:
            if condition.name in labels:
                try:
                    condition.number(labels[condition.name])
                except ValueError as error:
                    return str(error)
        return None

    def from_labels(self, labels: Mapping[str, np.ndarray]) -> dict[str, np.ndarray] | None:
        """`y` for `fit` from the labels of a dataset; `None` for a model without conditions.

        Raises:
            ValueError: If a condition has no label of its name, or a label is out of range.
        """
        if not len(self):
            return None
        missing = [name for name in self.names if name not in labels]
        if missing:
            raise ValueError(
                f"The data must have labels {_names(self.names)}, the model's conditions. Received: data whose labels "
                f"are {_names(labels) if labels else 'none'}, without {_names(missing)}. For a folder, pass "
                "`labels`, such as '{instrument}_{pitch}_*'."
            )
        return self.numbers({name: labels[name] for name in self.names})

    def remember(self, numbers: Mapping[str, np.ndarray]) -> None:
        """Stores conditions of the training data, at most `REMEMBERED` rows."""
        rows = np.stack([np.asarray(numbers[name], "float32") for name in self.names], axis=1)
        if len(rows) > REMEMBERED:
            rows = rows[np.sort(np.random.default_rng(0).choice(len(rows), REMEMBERED, replace=False))]
        padded = np.full((REMEMBERED, len(self)), np.inf, "float32")
        padded[: len(rows)] = rows
        self.remembered.assign(padded)

    def complete(self, given: Mapping, n: int, seed: int | None = None) -> dict[str, np.ndarray]:
        """Numbers of all conditions for `n` clips: the given ones, and a draw of the others.

        Conditions are drawn from the rows of the training data with the given labels and pitches, or from all rows if
        there are none; before training, uniformly from their ranges.

        Args:
            given: Dict from names to values, as `numbers` takes it.
            n: Number of clips.
            seed: Seed of the draw.

        Raises:
            ValueError: As `numbers` does.
        """
        given = self.numbers(given, n)
        check_seed("seed", seed)
        missing = [name for name in self.names if name not in given]
        if not missing:
            return given
        rng = np.random.default_rng(None if seed is None else (seed, 1))
        rows = ops.convert_to_numpy(self.remembered)
        rows = rows[np.isfinite(rows).all(axis=1)]
        if not len(rows):
            given.update({name: self[name].draw(n, rng).astype("float32") for name in missing})
            return {name: given[name] for name in self.names}
        fixed = [
            (column, given[name])
            for column, name in enumerate(self.names)
            if name in given and isinstance(self[name], Category)
        ]
        drawn = np.empty((n, len(self)), "float32")
        for clip in range(n):
            fitting = np.logical_and.reduce([np.ones(len(rows), bool)] + [rows[:, c] == v[clip] for c, v in fixed])
            drawn[clip] = rng.choice(rows[fitting] if fitting.any() else rows)
        return {name: given.get(name, drawn[:, column]) for column, name in enumerate(self.names)}

    def values(self, numbers: Mapping[str, np.ndarray]) -> dict[str, list]:
        """Lists of values by name, such as pitches and labels, as `generate` takes them."""
        return {name: [self[name].value(number) for number in column] for name, column in numbers.items()}

    def get_config(self):
        """Arguments of the constructor."""
        return {
            "name": self.name,
            "conditions": [keras.saving.serialize_keras_object(each) for each in self._conditions],
        }

    @classmethod
    def from_config(cls, config):
        """A layer from its configuration."""
        conditions = [keras.saving.deserialize_keras_object(each) for each in config["conditions"]]
        return cls(**{**config, "conditions": conditions, "any_names": True})


def may_name_a_condition(name: object) -> bool:
    """Whether a name can be passed to `generate` and its like as a keyword argument."""
    return _is_identifier(name) and name not in TAKEN


def check_condition_names(names: Sequence[object]) -> None:
    """Raises ValueError unless all names can be passed to `generate` and its like as keyword arguments."""
    for name in names:
        if not _is_identifier(name):
            raise ValueError(
                "A condition's name must be an identifier of Python, such as 'brightness', since `generate` takes it "
                f"as an argument. Received: name={name!r}"
            )
        if name in TAKEN:
            raise ValueError(
                "A condition cannot have the name of an argument of `generate` or another method of models. "
                f"Received: name={name!r}. These are {', '.join(TAKEN)}."
            )
    if len(set(names)) < len(names):
        raise ValueError(f"Conditions must have different names. Received: {', '.join(map(str, names))}")


def _is_identifier(name):
    return isinstance(name, str) and name.isidentifier() and not keyword.iskeyword(name)


def condition_vector(conditions: Sequence[Condition], numbers: Mapping):
    """The vector `[n, width]` float32 of a dict of numbers `[n]` by the conditions' names."""
    columns = [ops.reshape(ops.cast(numbers[condition.name], "float32"), (-1,)) for condition in conditions]
    parts = [condition.encode(column) for condition, column in zip(conditions, columns, strict=True)]
    return ops.concatenate(parts, axis=-1)


def _to_array(values):
    """Values as an array of at most one dimension; text as objects, which NumPy would otherwise truncate."""
    if isinstance(values, (str, bytes)):
        return np.array(values, object)
    values = keras.ops.convert_to_numpy(values) if keras.ops.is_tensor(values) else values
    array = np.asarray(values, object if any(isinstance(v, str) for v in np.ravel(values)) else None)
    return array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array


def _names(names):
    return ", ".join(repr(name) for name in names)
