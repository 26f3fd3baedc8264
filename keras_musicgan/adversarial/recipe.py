"""The recipe of a training run: the defaults of `compile`, and its arguments as objects."""

from collections.abc import Iterable
from typing import Any

from keras_musicgan import backends
from keras_musicgan.adversarial.augmentations import AUGMENTATIONS, Augmentation
from keras_musicgan.adversarial.diversity import DiversityTerm
from keras_musicgan.adversarial.losses import LOSSES, AdversarialLoss
from keras_musicgan.adversarial.names import LOSS_SYNONYMS
from keras_musicgan.adversarial.optimizers import get_optimizer
from keras_musicgan.adversarial.penalties import PENALTIES, Penalty
from keras_musicgan.utils.checks import check_choice, check_number, check_positive_int, get_by_name

DEFAULT_RECIPE = {  # what `compile` takes, then what datasets and `musicgan train` do
    "generator_optimizer": {"class_name": "Adam", "config": {"learning_rate": 2e-4, "beta_1": 0.5}},
    "discriminator_optimizer": {"class_name": "Adam", "config": {"learning_rate": 2e-4, "beta_1": 0.5}},
    "loss": "non_saturating",
    "penalties": [],
    "augmentations": [],
    "discriminator_steps": 1,
    "condition_weight": 10.0,
    "diversity_weight": 0.0,
    "steps_per_execution": 1,
    "batch_size": 32,
    "epochs": 20,
    "pieces": 256,
    "steps": None,
    "clip": "first",
    "trim": None,
    "normalize": None,
    "tonic": None,
}

ARGUMENTS = (  # of `compile` that a recipe has
    *("generator_optimizer", "discriminator_optimizer", "loss", "penalties", "augmentations"),
    *("discriminator_steps", "condition_weight", "diversity_weight", "steps_per_execution"),
)


def usual_epochs(recipe: dict, steps_per_epoch: int) -> int:
    """The epochs of a training run: those in which its `steps` are done, or else its `epochs`.

    Example:
        >>> usual_epochs(complete({"steps": 100}), 30)
        4
    """
    return recipe["epochs"] if recipe["steps"] is None else -(-recipe["steps"] // steps_per_epoch)


def complete(recipe: dict | None) -> dict:
    """A recipe with a default for each missing entry.

    Raises:
        ValueError: If `batch_size`, `epochs`, `pieces`, `steps` or `steps_per_execution` is not a positive integer.
    """
    recipe = {**DEFAULT_RECIPE, **(recipe or {})}
    for name in ("batch_size", "epochs", "pieces", "steps_per_execution"):
        check_positive_int(name, recipe[name])
    if recipe["steps"] is not None:
        check_positive_int("steps", recipe["steps"])
    return recipe


def resolve(recipe: dict, *, optimizer=None, **given) -> dict:
    """The arguments of `compile` as objects; those that are `None` come from the recipe.

    Args:
        recipe: Dict by `complete`.
        optimizer: One optimizer for both networks, or `None`.
        **given: The other arguments of `MusicGAN.compile`, by name.

    Returns:
        Dict of two different `generator_optimizer` and `discriminator_optimizer`, `loss`, `penalties`,
        `augmentations`, `discriminator_steps`, `condition_weight`, `diversity_term` and `steps_per_execution`.

    Raises:
        ValueError: If a name is unknown, a number is out of range, `optimizer` is given with one that it replaces, or
            `steps_per_execution` is above 1 with lazy penalties.
        TypeError: If an argument is neither a name nor an object of its kind.
    """
    if optimizer is not None:
        if any(given[f"{role}_optimizer"] is not None for role in ("generator", "discriminator")):
            raise ValueError(
                "`optimizer` is for both networks: give it alone, or give `generator_optimizer` and "
                f"`discriminator_optimizer`. Received: optimizer={optimizer!r} beside one of them."
            )
        given["generator_optimizer"] = given["discriminator_optimizer"] = optimizer
    chosen = {name: recipe[name] if value is None else value for name, value in given.items()}
    generator_optimizer, discriminator_optimizer = (
        get_optimizer(role if optimizer is None else "optimizer", chosen[role])
        for role in ("generator_optimizer", "discriminator_optimizer")
    )
    if discriminator_optimizer is generator_optimizer:
        discriminator_optimizer = type(generator_optimizer).from_config(generator_optimizer.get_config())
    penalties = _objects("penalties", "penalty", chosen["penalties"], PENALTIES, Penalty)
    check_positive_int("discriminator_steps", chosen["discriminator_steps"])
    check_number("condition_weight", chosen["condition_weight"], at_least=0)
    return {
        "generator_optimizer": generator_optimizer,
        "discriminator_optimizer": discriminator_optimizer,
        "loss": get_by_name("loss", chosen["loss"], LOSSES, AdversarialLoss, LOSS_SYNONYMS),
        "penalties": penalties,
        "augmentations": _objects(
            "augmentations", "augmentation", chosen["augmentations"], AUGMENTATIONS, Augmentation
        ),
        "discriminator_steps": chosen["discriminator_steps"],
        "condition_weight": chosen["condition_weight"],
        "diversity_term": DiversityTerm(chosen["diversity_weight"]),
        "steps_per_execution": _steps_per_execution(given["steps_per_execution"], recipe, penalties),
    }


def _steps_per_execution(given: int | None, recipe: dict, penalties: list[Penalty]) -> int:
    """The steps that one call of the compiled function takes: those given, or the recipe's where that can be."""
    lazy = [penalty.name for penalty in penalties if penalty.every > 1]
    if given is None:
        return recipe["steps_per_execution"] if backends.executes_several_steps() and not lazy else 1
    check_positive_int("steps_per_execution", given)
    if lazy and given > 1:
        raise ValueError(
            "A step with a lazy penalty and one without are compiled apart, so each is a call of its own. "
            f"Received: steps_per_execution={given} with `every` above 1 of {', '.join(lazy)}. "
            "Leave `steps_per_execution` out, or `every`."
        )
    return given


def _objects(name: str, kind: str, identifiers: Any, classes: dict, base: type) -> list:
    """The objects of a list of names, pairs and objects."""
    if isinstance(identifiers, (str, dict)) or not isinstance(identifiers, Iterable):
        raise TypeError(
            f"`{name}` must be a list, such as [{next(iter(classes))!r}]. "
            f"Received: {name}={identifiers!r} of type {type(identifiers).__name__}"
        )
    return [get_by_name(kind, each, classes, base) for each in identifiers]


def check_no_others(unknown: dict) -> None:
    """Raises TypeError if `compile` is given an argument that it does not have; the message has the remedy."""
    for name, value in unknown.items():
        remedy = "It takes the two optimizers, `loss`, `penalties`, `discriminator_steps`, `augmentations` and so on."
        if name in ("metrics", "weighted_metrics"):
            remedy = "A GAN logs its losses, scores and accuracies by itself; leave it out."
        elif name == "loss_weights":
            remedy = "Give weights to `penalties`, as in [('r1', {'weight': 2.0})], or set `condition_weight`."
        raise TypeError(f"`compile` of a MusicGAN has no `{name}`. Received: {name}={value!r}. {remedy}")


def check_names(recipe: dict) -> None:
    """Raises ValueError if a recipe has an unknown entry; the message names the nearest."""
    for name in recipe:
        check_choice("recipe", name, DEFAULT_RECIPE)
