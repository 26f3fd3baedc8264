"""A preset as the arguments of a model."""

import inspect

import keras

from keras_musicgan.adversarial import recipe as recipes
from keras_musicgan.conditions import Conditions
from keras_musicgan.networks import BUILDERS
from keras_musicgan.presets.plans import PRESETS
from keras_musicgan.representations import REPRESENTATIONS, Representation
from keras_musicgan.utils.checks import build_part, check_choice, check_dict, check_positive_int
from keras_musicgan.utils.deprecation import rename_options

RENAMED_OPTIONS = {"judge": "conditioning", "taps": "kernel_size"}  # of networks


def build(preset: str, overrides: dict) -> dict:
    """Arguments of `MusicGAN` for a preset with some of its entries replaced.

    Args:
        preset: A key of `PRESETS`.
        overrides: Dict of `MusicGAN` arguments; `generator`, `discriminator` and `representation` are objects or dicts
            of the options that differ, `recipe` a dict of the entries that differ.

    Raises:
        ValueError: If a name is unknown.
        TypeError: If options are no dict, or one has a type that its part cannot use.
    """
    check_choice("preset", preset, PRESETS)
    plan, overrides = PRESETS[preset], dict(overrides)
    known = ("representation", "generator", "discriminator", "latent_dim", "latent_distribution", "conditions")
    for name in overrides:
        check_choice("option", name, (*known, "ema_momentum", "recipe", "seed", "name"))

    kind, options = plan["representation"]
    representation = overrides.pop("representation", {})
    if not isinstance(representation, Representation):
        check_dict("representation", representation)
        representation = build_part("representation", REPRESENTATIONS[kind], {**options, **representation})
    networks = {role: overrides.pop(role, {}) for role in ("generator", "discriminator")}
    check_dict("recipe", overrides.get("recipe", {}))
    recipes.check_names(overrides.get("recipe", {}))
    recipe = {**plan["recipe"], **overrides.pop("recipe", {})}
    model = {**plan["model"], **overrides}
    check_positive_int("latent_dim", model["latent_dim"])
    model["conditions"] = conditions = Conditions(overrides.get("conditions", ()))
    widths = (model["latent_dim"] + conditions.width, conditions.width)
    for role, builder, width in zip(networks, BUILDERS[plan["networks"]], widths, strict=True):
        if not isinstance(networks[role], keras.layers.Layer):
            check_dict(role, networks[role])
            given = rename_options(networks[role], RENAMED_OPTIONS, role)
            options = {**plan[role], **given}
            if role == "generator" and "conditions" in inspect.signature(builder).parameters:
                options["conditions"] = conditions
            networks[role] = build_part(role, builder, options, representation, width)
    return {**networks, "representation": representation, "recipe": recipe, **model}
