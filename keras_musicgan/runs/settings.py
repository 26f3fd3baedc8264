"""What of a preset can be changed by `PART.NAME=VALUE`, with its value and meaning."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import keras

from keras_musicgan.adversarial.recipe import complete
from keras_musicgan.datasets import audio_folder, midi_folder
from keras_musicgan.gan import MusicGAN
from keras_musicgan.networks import BUILDERS
from keras_musicgan.presets import PRESETS
from keras_musicgan.representations import REPRESENTATIONS
from keras_musicgan.runs.parsing import OPTIMIZERS
from keras_musicgan.utils.checks import check_choice, option_names
from keras_musicgan.utils.docstrings import argument_meanings, first_sentence

MODEL_OPTIONS = ("latent_dim", "latent_distribution", "ema_momentum")
RECIPE_OPTIONS = {
    "batch_size": "Clips in a batch",
    "epochs": "Epochs of a run, where `steps` is none",
    "steps": "Steps of a run, in as many epochs as they take",
    "pieces": "Number of built-in tunes or sounds",
    "steps_per_execution": "Steps in one call of the compiled function, where no penalty is lazy",
    "condition_weight": "Weight of the loss of predicted conditions, for auxiliary conditioning",
    "diversity_weight": "Weight of a term that keeps clips as far apart as real ones: adaptive, a number, 0 for none",
}


@dataclass(frozen=True)
class Setting:
    """One option of a preset.

    Attributes:
        name: `PART.NAME`, as `--set` takes it.
        value: Its value in the preset.
        meaning: One sentence.
    """

    name: str
    value: Any
    meaning: str


def settings_of(preset: str) -> list[Setting]:
    """Everything that `--set` can change of a preset.

    Raises:
        ValueError: If there is no such preset.

    Example:
        >>> settings_of("lecture")[0]
        Setting(name='model.latent_dim', value=100, meaning='Length of the latent vector, a positive integer')
    """
    check_choice("preset", preset, PRESETS)
    plan = PRESETS[preset]
    recipe = complete(plan["recipe"])
    kind, options = plan["representation"]
    generator, discriminator = BUILDERS[plan["networks"]]
    dataset = audio_folder if plan["domain"] == "audio" else midi_folder
    meanings = argument_meanings(MusicGAN)
    found = [
        Setting(f"model.{name}", plan["model"].get(name, _default(MusicGAN, name)), first_sentence(meanings[name]))
        for name in MODEL_OPTIONS
    ]
    found += _settings("representation", REPRESENTATIONS[kind], options)
    found += _settings("generator", generator, plan["generator"], n_given=2, left_out=("conditions",))
    found += _settings("discriminator", discriminator, plan["discriminator"], n_given=2)
    found += [Setting(f"recipe.{name}", recipe[name], meaning) for name, meaning in RECIPE_OPTIONS.items()]
    for role in OPTIMIZERS:
        optimizer = getattr(keras.optimizers, recipe[role]["class_name"])
        found += _settings(role, optimizer, recipe[role]["config"], left_out=("name",))
    return found + _settings("data", dataset, recipe, n_given=2)


def _settings(part: str, function: Callable, values: Mapping, n_given: int = 0, left_out: tuple = ()) -> list[Setting]:
    """The options of a function or class, with the values of the preset or else their defaults."""
    meanings = argument_meanings(function)
    return [
        Setting(f"{part}.{name}", values.get(name, _default(function, name)), first_sentence(meanings.get(name, "")))
        for name in option_names(function, n_given)
        if name not in left_out
    ]


def _default(function, name):
    """The default of an option of a function, or of a class or one of its bases."""
    functions = function.__mro__ if inspect.isclass(function) else [function]
    for each in functions:
        parameter = inspect.signature(each).parameters.get(name)
        if parameter is not None and parameter.default is not parameter.empty:
            return parameter.default
    return None
