"""Two optimizers behind one, as Keras trains and saves a single one, and an optimizer from its name."""

import inspect
import numbers
from typing import Any

import keras

from keras_musicgan.adversarial.losses import LOSSES
from keras_musicgan.adversarial.names import LOSS_SYNONYMS
from keras_musicgan.utils.checks import build_part, check_choice, check_number, check_positive_int

ABOVE_ZERO = ("learning_rate", "clipnorm", "global_clipnorm", "clipvalue", "epsilon")
SHARES = ("beta_1", "beta_2", "momentum", "rho", "ema_momentum")  # from 0 to below 1
NOT_FOR_ONE_NETWORK = ("Optimizer", "LossScaleOptimizer", "MultiOptimizer")


def get_optimizer(role: str, identifier: Any) -> keras.optimizers.Optimizer:
    """A Keras optimizer from its name, its configuration, or as it is.

    Args:
        role: What the message calls it, such as `"generator_optimizer"`.
        identifier: Name such as `"adam"`, dict of `class_name` and `config`, or a Keras optimizer.

    Raises:
        ValueError: If there is no such optimizer or option, one of several optimizers or with a loss scale is given, or
            a number is out of range, such as a learning rate that is not above 0. The numbers of an optimizer that is
            given as an object are its own business.
        TypeError: If it is none of the three.
    """
    if isinstance(identifier, (keras.optimizers.LossScaleOptimizer, keras.optimizers.MultiOptimizer)):
        raise ValueError(
            f"`{role}` must be the optimizer of one network, without a loss scale: under the dtype policy "
            f"'mixed_float16' each has one. Received: {role}={identifier!r}. Give the optimizer within."
        )
    if isinstance(identifier, keras.optimizers.Optimizer):
        return identifier
    config = {"class_name": identifier, "config": {}} if isinstance(identifier, str) else identifier
    if not isinstance(config, dict) or not isinstance(config.get("class_name"), str):
        raise TypeError(
            f"`{role}` must be a Keras optimizer, its name, or a dict such as "
            "{'class_name': 'Adam', 'config': {'learning_rate': 2e-4}}. "
            f"Received: {role}={identifier!r} of type {type(identifier).__name__}"
        )
    name, options = config["class_name"], dict(config.get("config") or {})
    if config.get("registered_name") or keras.saving.get_registered_object(name) is not None:
        return keras.optimizers.get(identifier)
    classes = {
        each.lower(): kind
        for each, kind in sorted(vars(keras.optimizers).items())
        if inspect.isclass(kind) and issubclass(kind, keras.optimizers.Optimizer) and each not in NOT_FOR_ONE_NETWORK
    }
    if name.lower() not in classes:
        if name.lower() in (*LOSSES, *LOSS_SYNONYMS):
            raise ValueError(
                f"`{role}` must be an optimizer. Received: {role}={name!r}, which is a loss. Pass it as `loss=…`; "
                "the first two arguments of `compile` are the optimizers of the generator and the discriminator."
            )
        check_choice(role, name, classes)
    check_options(role, options)
    if isinstance(options.get("learning_rate"), dict):
        options["learning_rate"] = keras.optimizers.schedules.deserialize(options["learning_rate"])
    return build_part(f"{role} {name!r}", classes[name.lower()], options)


def check_options(role: str, options: dict) -> None:
    """Raises ValueError if a number among the options of an optimizer is out of range."""
    for name, value in options.items():
        called = f"{role}.{name}"
        if value is None or (name == "learning_rate" and not isinstance(value, (numbers.Real, str))):
            continue  # a schedule, or a function
        if name in ABOVE_ZERO:
            check_number(called, value, above=0)
        elif name in SHARES:
            check_number(called, value, at_least=0, below=1)
        elif name == "weight_decay":
            check_number(called, value, at_least=0)
        elif name == "gradient_accumulation_steps":
            check_positive_int(called, value)


class LossScale(keras.optimizers.LossScaleOptimizer):
    """The dynamic loss scale of an optimizer, which saves its own variables and leaves the optimizer's to it.

    It halves in a step whose gradients are not finite, which moves nothing, and doubles after 2,000 others.
    """

    @property
    def own_variables(self):
        """The variables that are not the optimizer's."""
        inner = {id(variable) for variable in self.inner_optimizer.variables}
        return [variable for variable in self.variables if id(variable) not in inner]

    def save_own_variables(self, store):
        """Saves the scale, and the number of steps since it has changed."""
        store["dynamic_scale"] = self.dynamic_scale.numpy()
        store["step_counter"] = self.step_counter.numpy()

    def load_own_variables(self, store):
        """Loads them."""
        self.dynamic_scale.assign(store["dynamic_scale"][()])
        self.step_counter.assign(store["step_counter"][()])


class AdversarialOptimizer(keras.optimizers.MultiOptimizer):
    """The optimizers of generator and discriminator.

    Keras carries the state of one optimizer through JAX steps and files. Each network is updated by its own,
    `generator` or `discriminator`; `iterations` counts the training steps.

    Args:
        generator: Keras optimizer of the generator.
        discriminator: Keras optimizer of the discriminator, another object.
        generator_variables: The variables of the generator.
        discriminator_variables: The variables of the discriminator.
        scales_loss: Whether each optimizer has a loss scale of its own, as the gradients of `mixed_float16` need.
        multiplier: The Lagrange multiplier of a term of the loss, a variable that is carried and saved with the rest;
            or `None`.

    Attributes:
        loss_scales: Dict from `"generator"` and `"discriminator"` to its `LossScale`; empty without.
    """

    def __init__(
        self,
        generator,
        discriminator,
        generator_variables,
        discriminator_variables,
        scales_loss: bool = False,
        multiplier: keras.Variable | None = None,
    ):
        generator_ids = {id(variable) for variable in generator_variables}
        super().__init__(lambda variable: generator if id(variable) in generator_ids else discriminator)
        self.generator = generator
        self.discriminator = discriminator
        self.loss_scales = {}
        self.multiplier = multiplier
        networks = {
            "generator": (generator, generator_variables),
            "discriminator": (discriminator, discriminator_variables),
        }
        for role, (optimizer, variables) in networks.items():
            optimizer.name = role  # Keras's callbacks log each learning rate under it
            if optimizer.built and not _is_of(optimizer, variables):
                raise ValueError(
                    f"An optimizer must be new, or that of this model's {role}. Received: {optimizer!r}, which has "
                    "trained another network. Make one for each model, or pass its name."
                )
        self.build([*generator_variables, *discriminator_variables])
        for optimizer in (generator, discriminator):
            _track_all(optimizer)
        if scales_loss:
            for role, (optimizer, variables) in networks.items():
                self.loss_scales[role] = LossScale(optimizer, name=f"{role}_loss_scale")
                self.loss_scales[role].build(variables)

    def of(self, role: str) -> keras.optimizers.Optimizer:
        """The optimizer whose `scale_loss` and `apply` update the `"generator"` or the `"discriminator"`."""
        return self.loss_scales.get(role, getattr(self, role))

    @property
    def variables(self):
        """The number of steps, the variables of both optimizers and their loss scales, and the multiplier."""
        of_scales = [each for scale in self.loss_scales.values() for each in scale.own_variables]
        return [*super().variables, *of_scales, *([] if self.multiplier is None else [self.multiplier])]

    def get_config(self):
        """Raises ValueError: a `.keras` file has the configurations of both in the model's own."""
        raise ValueError(
            "The two optimizers of a MusicGAN are saved with the model in a `.keras` file. Received: a request for one "
            "configuration of both, as for another kind of file. Call `model.save('model.keras')`."
        )

    def save_own_variables(self, store):
        """Saves the number of steps and the multiplier; Keras saves the two optimizers as parts of their own."""
        store["iterations"] = self.iterations.numpy()
        if self.multiplier is not None:
            store["multiplier"] = self.multiplier.numpy()

    def load_own_variables(self, store):
        """Loads them."""
        self.iterations.assign(store["iterations"][()])
        if self.multiplier is not None:
            self.multiplier.assign(store["multiplier"][()])


def _is_of(optimizer, variables):
    """Whether a built optimizer was built for these variables."""
    known = {id(variable) for variable in optimizer._trainable_variables}
    return all(id(variable) in known for variable in variables)


def portable_config(optimizer: keras.optimizers.Optimizer) -> dict:
    """The serialized optimizer, the same on every backend.

    Keras's optimizers have classes of their own on PyTorch and would be saved as those.
    """
    config = keras.optimizers.serialize(optimizer)
    if hasattr(keras.optimizers, config["class_name"]):
        config.update(module="keras.optimizers", registered_name=None)
    return config


def _track_all(optimizer):
    """Tracks variables that Keras forgets to save and to carry through JAX: the running product of Nadam."""
    tracked = {id(variable) for variable in optimizer.variables}
    for value in vars(optimizer).values():
        if isinstance(value, keras.Variable) and id(value) not in tracked:
            optimizer._track_variable(value)
