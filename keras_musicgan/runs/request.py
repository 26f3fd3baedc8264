"""The options of a training run, each defined once for the command line, for sweeps and for `config.json`."""

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_musicgan.adversarial.names import AUGMENTATION_NAMES, LOSS_NAMES, LOSS_SYNONYMS, PENALTY_NAMES
from keras_musicgan.adversarial.precision import PRECISION_NAMES
from keras_musicgan.presets import PRESETS
from keras_musicgan.runs.folder import find_model
from keras_musicgan.runs.parsing import (
    MODEL_PARTS,
    OPTIMIZERS,
    parse_condition,
    parse_penalty,
    parse_shared_label,
)
from keras_musicgan.utils.checks import check_choice, check_number, check_positive_int, check_seed
from keras_musicgan.utils.files import check_folder

if TYPE_CHECKING:
    from keras_musicgan.runs.choice import Choice

KEPT = ("model", "generator", "discriminator", "representation")  # parts of a model that is trained further
OPTIMIZER_NAMES = ("adam", "adamw", "rmsprop", "sgd", "lion", "nadam", "adamax", "muon")  # some of Keras's


def _option(default, help, *, sweep=False, min=None, choices=(), option=None):
    """A field that is an option of `musicgan train`, at least `min`, and with `sweep` one that a sweep can vary.

    The choices are listed in the help and completed by shells. The option has the field's name, or the one given.
    """
    metadata = {"help": help, "sweep": sweep, "min": min, "choices": tuple(choices), "option": option}
    return field(default=default, metadata=metadata)


@dataclass(frozen=True)
class TrainingRequest:
    """The options of `musicgan train`; `None` stands for the preset's own value.

    A new option is one field here, with its help text, and its use in `model_overrides`, `compile_arguments` or
    `dataset_options`.

    Attributes:
        data: Folder of audio or MIDI files, or `None` for built-in music.
        from_model: Trained model to train further, which replaces `preset`; then `condition` holds the values that all
            sounds share, as `["instrument=flute"]`.
        settings: Dict of dicts by `parsing.parse_settings`: `{"generator": {"width": 8}}`.

    Raises:
        ValueError: By the methods, if an option cannot be used.
        NotADirectoryError: By the methods, if there is no such folder of data and no preset is given.

    Example:
        >>> TrainingRequest("lecture", latent_dim=16, loss="hinge").config()["compile"]
        {'loss': 'hinge'}
    """

    preset: str | None = _option(
        None, "Architecture, by default one for the data; `musicgan presets` describes them.", choices=PRESETS
    )
    data: str | Path | None = None
    from_model: str | None = _option(
        None,
        "Train this model further: a run folder, a .keras or .musicgan file, or a name of `musicgan models`.",
        option="--from",
    )
    epochs: int | None = _option(None, "Total number of epochs; by default the preset's, with --from a tenth.", min=1)
    batch_size: int | None = _option(None, "Clips in a batch.", sweep=True)
    latent_dim: int | None = _option(None, "Length of the latent vector.", sweep=True)
    loss: str | None = _option(None, "Adversarial loss.", sweep=True, choices=LOSS_NAMES)
    penalty: list[str] | None = _option(
        None, "Penalty as NAME or NAME=WEIGHT. May be repeated.", sweep=True, choices=(*PENALTY_NAMES, "none")
    )
    optimizer: str | None = _option(
        None, "Keras optimizer of both networks, any by its name.", sweep=True, choices=OPTIMIZER_NAMES
    )
    learning_rate: float | None = _option(
        None, "Learning rate of both optimizers; with --from a fifth of the recipe's.", sweep=True
    )
    clip_norm: float | None = _option(
        None, "Largest norm of each network's gradient; larger ones are scaled down.", sweep=True
    )
    discriminator_steps: int | None = _option(None, "Discriminator updates per step.", sweep=True)
    ema_momentum: float | None = _option(None, "Momentum of the averaged generator; 0 for none.", sweep=True)
    augment: list[str] | None = _option(
        None, "Augmentation. May be repeated.", sweep=True, choices=(*AUGMENTATION_NAMES, "none")
    )
    condition: list[str] | None = _option(
        None,
        "Condition of the model: pitch=60:83, instrument=flute,oboe. May be repeated. By default the labels; none. "
        "With --from the value of all sounds: instrument=flute.",
    )
    labels: str | None = _option(None, "Labels of audio: folder, {instrument}_{pitch}_* for file names, or a CSV.")
    clip: str | None = _option(None, "Clips of each audio file.", sweep=True, choices=("first", "slices", "random"))
    trim: str | None = _option(None, "Beginning of each audio file.", sweep=True, choices=("onset", "level", "none"))
    normalize: str | None = _option(None, "Level of audio clips.", sweep=True, choices=("peak", "rms", "none"))
    transpose: int = _option(0, "Largest random transposition of notes, in semitones.", sweep=True, min=0)
    precision: str = _option(
        "float32", "Precision of the networks; their weights stay in float32.", choices=PRECISION_NAMES
    )
    gradient_norms: bool = _option(False, "Log the norms of the gradients.")
    stop_on_collapse: bool = _option(False, "End the run when all outputs stay equal or silent.")
    every: int | None = _option(None, "Epochs between samples; by default at most ten sets a run.", min=1)
    seed: int = _option(0, "Seed of weights, data and training.", min=0)
    settings: dict[str, dict] = field(default_factory=dict)

    def check(self) -> None:
        """Checks what can be checked without Keras and without reading data, so that mistakes are answered at once."""
        check_seed("--seed", self.seed, below=2**32)
        if self.preset is not None:
            check_choice("preset", self.preset, PRESETS)
        if self.loss is not None and self.loss.lower() not in LOSS_SYNONYMS:
            check_choice("loss", self.loss, LOSS_NAMES)
        for text in self.penalty or ():
            check_choice("penalty", text.partition("=")[0], (*PENALTY_NAMES, "none"))
        for name in self.augment or ():
            check_choice("augmentation", name, (*AUGMENTATION_NAMES, "none"))
        check_choice("precision", self.precision, PRECISION_NAMES)
        for name in ("clip", "trim", "normalize"):
            if (value := getattr(self, name)) is not None:
                check_choice(f"--{name}", value, self.__dataclass_fields__[name].metadata["choices"])
        for name in ("batch_size", "latent_dim", "discriminator_steps"):
            if (value := getattr(self, name)) is not None:
                check_positive_int(name, value)
        for name in ("learning_rate", "clip_norm"):
            if (value := getattr(self, name)) is not None:
                check_number(name, value, above=0)
        if self.data is not None:
            check_folder(self.data, "audio or MIDI")
        if self.from_model is not None:
            find_model(self.from_model)
            self._check_kept()
        _ = self.compile_penalties, self.asked_conditions, self.shared_labels

    def _check_kept(self):
        """Raises ValueError for an option that would change what a model to train further keeps."""
        given = {"--preset": self.preset, "--latent-dim": self.latent_dim}
        changed = [option for option, value in given.items() if value is not None]
        changed += ["--precision"] if self.precision != "float32" else []
        settings = [f"{part}.{name}" for part in KEPT for name in self.settings.get(part, {})]
        changed += [f"--set {name}" for name in settings if name != "model.ema_momentum"]
        if changed:
            raise ValueError(
                "A model that is trained further keeps its networks, representation, latent length and precision. "
                f"Received: {changed[0]} beside --from. Leave it out, or train a new model without --from."
            )

    def config(self) -> dict:
        """The request as plain data, which `runs.train` takes and `config.json` keeps."""
        self.check()
        return {
            "preset": self.choice.preset,
            "from_model": None if self.from_model is None else str(find_model(self.from_model).resolve()),
            "choice": self.choice.reason,
            "data": None if self.data is None else str(Path(self.data).expanduser().resolve()),
            "epochs": self.epochs,
            "overrides": self.model_overrides(),
            "compile": self.compile_arguments(),
            "dataset": self.dataset_options(),
            "precision": self.precision,
            "stop_on_collapse": self.stop_on_collapse,
            "every": self.every,
            "seed": self.seed,
        }

    @functools.cached_property
    def choice(self) -> "Choice":
        """The preset, that of the model to train further, or one that fits the data."""
        from keras_musicgan.runs.choice import Choice, choose_preset  # needs Keras, which `check` does without

        if self.from_model is not None:
            from keras_musicgan.runs.warm_start import Start

            return Start.at(self.from_model)
        if self.preset is not None:
            return Choice(self.preset)
        return choose_preset(self.data, self.labels, self.condition)

    @functools.cached_property
    def conditions(self) -> list:
        """The given conditions, or those that the data have labels for; none for a model to train further."""
        if self.from_model is not None:
            return []
        if self.condition:
            return self.asked_conditions
        from keras_musicgan.runs.choice import find_conditions

        return find_conditions(self.choice.preset, self.data, self.labels)

    @property
    def asked_conditions(self) -> list:
        """The conditions that are asked for, of a new model."""
        if self.from_model is not None or self.condition in (None, ["none"]):
            return []
        return [parse_condition(text) for text in self.condition]

    @property
    def shared_labels(self) -> dict[str, str]:
        """The values of conditions that all sounds share, for a model to train further."""
        return {} if self.from_model is None else dict(map(parse_shared_label, self.condition or ()))

    @property
    def compile_penalties(self) -> list:
        """The penalties that are asked for."""
        return [] if self.penalty in (None, ["none"]) else [parse_penalty(text) for text in self.penalty]

    def model_overrides(self) -> dict:
        """Arguments of `MusicGAN.from_preset` that differ from the preset's.

        Example:
            >>> TrainingRequest("lecture", settings={"generator": {"width": 64}}, batch_size=8).model_overrides()
            {'generator': {'width': 64}, 'recipe': {'batch_size': 8}}
        """
        given = {part: self.settings[part] for part in MODEL_PARTS if part in self.settings}
        chosen = self.choice.overrides
        result: dict[str, Any] = {
            **chosen,
            **{part: {**chosen.get(part, {}), **options} for part, options in given.items()},
            **self.settings.get("model", {}),
        }
        if self.latent_dim is not None:
            result["latent_dim"] = self.latent_dim
        if self.batch_size is not None:
            check_positive_int("batch_size", self.batch_size)
            result["recipe"] = {**result.get("recipe", {}), "batch_size": self.batch_size}
        if self.ema_momentum is not None:
            result["ema_momentum"] = self.ema_momentum or None
        if self.conditions:
            result["conditions"] = self.conditions
        return result

    def compile_arguments(self) -> dict:
        """Arguments of `MusicGAN.compile` that differ from the preset's.

        Example:
            >>> TrainingRequest("lecture", loss="hinge", penalty=["r1=2.5"]).compile_arguments()
            {'loss': 'hinge', 'penalties': [['r1', {'weight': 2.5}]]}
        """
        given = {"loss": self.loss, "discriminator_steps": self.discriminator_steps}
        result: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
        if self.gradient_norms:
            result["log_gradient_norms"] = True
        if self.augment:
            result["augmentations"] = [] if self.augment == ["none"] else self.augment
        if self.penalty:
            result["penalties"] = self.compile_penalties
        shared = {"learning_rate": self.learning_rate, "global_clipnorm": self.clip_norm}
        shared = {name: value for name, value in shared.items() if value is not None}
        for role in OPTIMIZERS:
            options = {**shared, **self.settings.get(role, {})}
            name = options.pop("name", self.optimizer)
            rate = self.choice.learning_rate(role, options.pop("learning_rate", None))
            if rate is not None:
                options["learning_rate"] = rate
            if name or options:
                chosen = name or self.choice.recipe[role]
                base: dict[str, Any] = {"class_name": chosen, "config": {}} if isinstance(chosen, str) else chosen
                result[role] = {"class_name": base["class_name"], "config": {**base["config"], **options}}
        return result

    def dataset_options(self) -> dict:
        """Options of the dataset."""
        options = dict(self.settings.get("data", {}))
        given = {"labels": self.labels, "clip": self.clip, "trim": self.trim, "normalize": self.normalize}
        options.update({name: value for name, value in given.items() if value is not None})
        if self.shared_labels:
            options["shared_labels"] = {**options.get("shared_labels", {}), **self.shared_labels}
        if self.transpose:
            options.setdefault("transpose", self.transpose)
        for name in ("cache", "labels"):  # a run may be resumed from another folder
            path = Path(options[name]).expanduser() if isinstance(options.get(name), str) else None
            if path is not None and path.exists():
                options[name] = str(path.resolve())
        return options
