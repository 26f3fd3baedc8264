"""What `fit` and `evaluate` are given, checked before anything is compiled."""

import inspect
import multiprocessing
import numbers
import types
import warnings
from collections.abc import Callable
from typing import Any

import keras

from keras_musicgan.conditions.from_data import is_array
from keras_musicgan.utils.checks import check_number, check_positive_int, nearest

SETS_RATES = (keras.callbacks.LearningRateScheduler, keras.callbacks.ReduceLROnPlateau)


def bound(method: Callable, *args: Any, **kwargs: Any) -> inspect.BoundArguments:
    """The arguments of a method of Keras by name, looked at; the model and the data come first.

    Raises:
        TypeError: If there is no such argument; the message names the nearest.
        ValueError: As `check_arguments` does.
    """
    signature = inspect.signature(method)
    if not any(each.kind is each.VAR_KEYWORD for each in signature.parameters.values()):
        for name, value in kwargs.items():
            if name not in signature.parameters:
                guess = nearest(name, signature.parameters)
                raise TypeError(f"`{method.__name__}` has no argument `{name}`. {guess}Received: {name}={value!r}")
    call = signature.bind(*args, **kwargs)
    check_arguments(call.arguments)
    return call


def check_arguments(given: dict[str, Any]) -> None:
    """Raises ValueError if an argument of Keras's methods has no meaning for a GAN, or a size is out of range."""
    for name, reason in (("class_weight", "has no classes"), ("sample_weight", "weighs all clips alike")):
        if given.get(name) is not None:
            raise ValueError(
                f"A GAN {reason}: call without `{name}`. Received: {name} of type {type(given[name]).__name__}. "
                "To see some clips more often, repeat them in the data."
            )
    for name in ("batch_size", "validation_batch_size", "steps_per_epoch", "validation_steps", "steps"):
        if given.get(name) is not None:
            check_positive_int(name, given[name])
    for name in ("epochs", "initial_epoch"):
        value = given.get(name, 1)
        if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < 0:
            raise ValueError(f"`{name}` must be an integer of at least 0. Received: {name}={value!r}")
    check_number("validation_split", given.get("validation_split") or 0.0, at_least=0, below=1)


def check_callbacks(model: keras.Model, callbacks: Any) -> None:
    """Raises ValueError if a callback of Keras is to set a learning rate that follows a schedule.

    Args:
        model: Compiled `MusicGAN`.
        callbacks: A callback, a list of them or a `keras.callbacks.CallbackList`, or `None`.
    """
    given = keras.tree.flatten(getattr(callbacks, "callbacks", callbacks))
    names = [type(each).__name__ for each in given if isinstance(each, SETS_RATES)]
    for role in ("generator", "discriminator") if names else ():
        rate = getattr(model.optimizer, role).get_config()["learning_rate"]
        if isinstance(rate, dict):
            raise ValueError(
                f"`{names[0]}` needs learning rates that are numbers. Received: an optimizer of the {role} whose rate "
                f"follows a schedule, {rate['class_name']}. Leave the callback out, or call `compile` with optimizers "
                "such as {'class_name': 'Adam', 'config': {'learning_rate': 5e-4}}."
            )


def checked(model: keras.Model, x: Any, name: str = "x") -> Any:
    """The data, once they are known to fit the model: all clips of an array, the first batch of a dataset.

    Args:
        model: `MusicGAN`.
        x: Clips as an array, or a dataset or generator of `(clips,)` or `(clips, conditions)`.
        name: What messages call them.

    Returns:
        `x`; for a generator, one that begins with the batch that was looked at.

    Raises:
        ValueError: If the clips or the names of their conditions do not fit the model, or there are weights.
    """
    if is_array(x):
        _check_clips(model, x, name)
    elif isinstance(x, keras.utils.PyDataset):
        if x.num_batches == 0:
            raise ValueError(f"`{name}` must hold at least one batch. Received: {type(x).__name__} of 0 batches")
        if x.use_multiprocessing and _forks():
            warnings.warn(
                f"`{name}` reads batches in forked processes (use_multiprocessing=True). They wait forever if it uses "
                f"Keras, or if {keras.backend.backend()} holds a lock while they start. Read with threads "
                "(use_multiprocessing=False), or call `multiprocessing.set_start_method('spawn')` first.",
                stacklevel=4,
            )
        _check_batch(model, x[0], name)
    elif hasattr(x, "element_spec") and hasattr(x, "as_numpy_iterator"):
        _check_batch(model, _first(x.take(1).as_numpy_iterator(), name), name)
    elif isinstance(x, types.GeneratorType):
        first = _first(x, name)
        _check_batch(model, first, name)
        return _replayed(first, x)
    elif x is None or isinstance(x, (dict, str)):
        _check_clips(model, x, name)
    return x


def _forks():
    """Whether new processes are forked, without settling it for the user."""
    method = multiprocessing.get_start_method(allow_none=True)
    return (method or multiprocessing.get_all_start_methods()[0]) == "fork"


def _first(batches, name):
    """The first of some batches."""
    try:
        return next(batches)
    except StopIteration:
        raise ValueError(f"`{name}` must hold at least one batch. Received: a dataset of 0 batches") from None


def _replayed(first, rest):
    yield first
    yield from rest


def _check_batch(model, batch, name):
    x, conditions, weights = keras.utils.unpack_x_y_sample_weight(batch)
    _check_clips(model, x, f"{name} of the first batch")
    check_arguments({"sample_weight": weights})
    model.conditions.check_names(conditions)
    if len(model.conditions):
        model.conditions.numbers(conditions)


def _check_clips(model, clips, name):
    if model.representation.clip_form is not None:
        model.representation.clip_form.check(clips, name)
