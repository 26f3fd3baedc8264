"""How a run is trained, as far as its verdict and the advice depend on it."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import keras

from keras_musicgan.adversarial import recipe as recipes
from keras_musicgan.adversarial.augmentations import AUGMENTATIONS
from keras_musicgan.adversarial.losses import AdversarialLoss
from keras_musicgan.adversarial.penalties import Penalty
from keras_musicgan.networks.compatibility import check_augmentable
from keras_musicgan.presets import PRESETS
from keras_musicgan.representations import REPRESENTATIONS, Representation
from keras_musicgan.runs.folder import read_model_config
from keras_musicgan.utils.checks import build_part

ROLES = ("generator", "discriminator")


@dataclass(frozen=True)
class TrainingSetup:
    """The options that a run was trained with, and what its model could take instead.

    Attributes:
        loss: Adversarial loss; `None` if it is unknown, as for logs alone, and so is everything else.
        penalties: Penalties in use.
        augmentations: Names of augmentations that the model takes and the run does not use.
        discriminator_steps: Discriminator updates per step.
        usual_steps: The same in the model's recipe.
        diversity_weight: Weight of the term against mode collapse, or `"adaptive"`.
        usual_epochs: Epochs that the recipe means for these data, or `None`.
        learning_rates: Dict from `"generator"` and `"discriminator"` to a rate, to the first of a schedule.
        usual_rates: The same in the recipe; empty for a model that is trained further.
    """

    loss: AdversarialLoss | None = None
    penalties: tuple[Penalty, ...] = ()
    augmentations: tuple[str, ...] = ()
    discriminator_steps: int = 1
    usual_steps: int = 1
    diversity_weight: float | str = 0.0
    usual_epochs: int | None = None
    learning_rates: Mapping[str, float] = field(default_factory=dict)
    usual_rates: Mapping[str, float] = field(default_factory=dict)

    @property
    def classifies(self) -> bool:
        """Whether the discriminator's accuracy says how far it is ahead; assumed of an unknown loss."""
        return self.loss is None or self.loss.classifies

    @classmethod
    def from_model(cls, model: keras.Model) -> "TrainingSetup":
        """The setup of a compiled `MusicGAN`."""
        optimizers = {role: getattr(model.optimizer, role) for role in ROLES}
        compiled = {
            "loss": model.adversarial_loss,
            "penalties": model.penalties,
            "augmentations": model.augmentations,
            "discriminator_steps": model.discriminator_steps,
            "diversity_term": model.diversity_term,
        }
        return cls._from_parts(model.recipe, compiled, optimizers, model.representation, _epochs(model.recipe))

    @classmethod
    def from_request(cls, request: Mapping) -> "TrainingSetup":
        """The setup of the run with a `config.json`.

        Raises:
            ValueError: If the preset or an option is unknown, as in a request of another version.
            KeyError: If an entry is missing.
            TypeError: If an option has another type.
        """
        given = {name: request["compile"].get(name) for name in recipes.ARGUMENTS}
        recipe = recipe_of(request)
        resolved = recipes.resolve(recipe, **given)
        optimizers = {role: resolved[f"{role}_optimizer"] for role in ROLES}
        usual_epochs = request.get("found", {}).get("usual_epochs", _epochs(recipe))  # 0.1 did not keep it
        setup = cls._from_parts(recipe, resolved, optimizers, _representation(request), usual_epochs)
        # The recipe's rates are for new networks, not for those that are trained further.
        return setup if request.get("from_model") is None else dataclasses.replace(setup, usual_rates={})

    @classmethod
    def _from_parts(cls, recipe, compiled, optimizers, representation, usual_epochs):
        usual = recipes.resolve(recipe, **dict.fromkeys(recipes.ARGUMENTS))
        used = {augmentation.name for augmentation in compiled["augmentations"]}
        return cls(
            loss=compiled["loss"],
            penalties=tuple(compiled["penalties"]),
            augmentations=tuple(name for name in _possible(representation) if name not in used),
            discriminator_steps=compiled["discriminator_steps"],
            usual_steps=usual["discriminator_steps"],
            diversity_weight=compiled["diversity_term"].weight,
            usual_epochs=usual_epochs,
            learning_rates=_rates(optimizers),
            usual_rates=_rates({role: usual[f"{role}_optimizer"] for role in ROLES}),
        )


def read_setup(history: object) -> TrainingSetup:
    """The setup of a run by the `config.json` beside its logs; an empty one if there is none that can be read.

    Args:
        history: Run folder, its `history.csv`, or anything else.
    """
    if not isinstance(history, (str, Path)):
        return TrainingSetup()
    path = Path(history).expanduser()
    file = (path if path.is_dir() else path.parent) / "config.json"
    try:
        return TrainingSetup.from_request(json.loads(file.read_text()))
    except (OSError, ValueError, KeyError, TypeError):  # of another version, or of no run
        return TrainingSetup()


def recipe_of(request: Mapping) -> dict:
    """The recipe of a run that has begun, or before its start that of its model with what differs; 0.1 kept no other.

    Args:
        request: Dict by `TrainingRequest.config`, or the `config.json` of a run.
    """
    if "recipe" in request:
        return recipes.complete(request["recipe"])
    start = request.get("from_model")
    own = PRESETS[request["preset"]]["recipe"] if start is None else read_model_config(start)["recipe"]
    return recipes.complete({**own, **request["overrides"].get("recipe", {})})


def _representation(request: Mapping) -> Representation:
    """The representation of a run's model, or before its start that of the preset; 0.2 kept no other."""
    if "representation" in request:
        return keras.saving.deserialize_keras_object(request["representation"])
    kind, options = PRESETS[request["preset"]]["representation"]
    options = {**options, **request["overrides"].get("representation", {})}
    return build_part("representation", REPRESENTATIONS[kind], options)


def _possible(representation: Representation) -> Sequence[str]:
    """Names of the augmentations that a model of this representation takes."""
    possible = []
    for name, augmentation in AUGMENTATIONS.items():
        try:
            check_augmentable(representation, [augmentation()])
        except ValueError:
            continue
        possible.append(name)
    return possible


def _epochs(recipe):
    """The epochs of a recipe, `None` for one of steps, whose epochs depend on the number of clips."""
    return None if recipe["steps"] else recipe["epochs"]


def _rates(optimizers):
    """The learning rate of each optimizer, at first where a schedule names that."""
    rates = {}
    for role, optimizer in optimizers.items():
        rate = optimizer.get_config()["learning_rate"]
        if isinstance(rate, dict):
            rate = rate["config"].get("initial_learning_rate")
        if rate is not None:
            rates[role] = float(rate)
    return rates
