"""A trained model as the start of a training run on other data.

The networks, the representation and the conditions are those of the model; the optimizers begin anew and gently, so
that few clips do not undo what the networks have learned. A new discriminator would mislead the generator, and first
learns alone.

Reference: Transferring GANs: generating images from limited data (Wang et al., 2018).
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from keras_musicgan.adversarial.optimizers import get_optimizer
from keras_musicgan.datasets.files import files_below
from keras_musicgan.datasets.labels import find_labels
from keras_musicgan.gan import MusicGAN
from keras_musicgan.pretrained.card import ENDING
from keras_musicgan.representations import AudioRepresentation
from keras_musicgan.runs.choice import Choice
from keras_musicgan.runs.folder import RunFolder, find_model, read_model_config
from keras_musicgan.runs.models import load_model

RATE = 0.2  # learning rate of a trained network, of that of the model's recipe
ALONE = 60  # steps in which a new discriminator learns alone
LENGTH = 0.1  # steps of a run, of those of the model's recipe


@dataclass(frozen=True)
class Start(Choice):
    """A trained model in place of a preset.

    Attributes:
        model: Its file, run folder or name.
    """

    model: str = ""

    @classmethod
    def at(cls, model: str) -> "Start":
        """The start at a model, as `load_model` takes it."""
        run = RunFolder(model)
        preset = run.read_config()["preset"] if run.config_file.is_file() else None  # a file does not name it
        alone = "" if has_discriminator(model) else f"; a new discriminator first learns alone, for {ALONE} steps"
        return cls(preset, reason=f"{model} is trained further{alone}", model=model)

    @functools.cached_property
    def recipe(self) -> dict:
        """The recipe of the model."""
        return read_model_config(self.model)["recipe"]

    def learning_rate(self, role: str, asked: float | dict | None) -> float | dict:
        """The rate that is asked for, or one for the network: gentle if it is trained, the recipe's if it is new.

        That of a generator which waits for its discriminator begins at 0. Schedules stay as they are.
        """
        is_whole, is_generator = has_discriminator(self.model), role == "generator_optimizer"
        if asked is None:
            usual = float(get_optimizer(role, self.recipe[role]).learning_rate)
            asked = float(f"{RATE * usual if is_whole or is_generator else usual:.4g}")  # without float32's last digits
        if is_whole or not is_generator or isinstance(asked, dict):
            return asked
        return {"class_name": "PiecewiseConstantDecay", "config": {"boundaries": [ALONE - 1], "values": [0.0, asked]}}


def has_discriminator(model: str | Path) -> bool:
    """Whether the file of a model holds the weights of its discriminator."""
    return find_model(model).suffix != ENDING


def start_from(path: str | Path, seed: int = 0, recipe: dict | None = None, **options) -> MusicGAN:
    """A trained model as a new one with its averaged generator, its discriminator and no steps.

    Args:
        path: As for `load_model`.
        seed: As for `MusicGAN`.
        recipe: Entries of the recipe that differ.
        **options: Other arguments of `MusicGAN` that differ.

    Raises:
        FileNotFoundError: If there is no such model.
        RunError: If it cannot be loaded.
    """
    model = load_model(path)
    model.generator.set_weights(model.inference_generator.get_weights())
    parts = ("generator", "discriminator", "representation", "conditions", "latent_dim", "latent_distribution")
    kept = {name: getattr(model, name) for name in (*parts, "ema_momentum", "name")}
    return MusicGAN(**{**kept, **options}, recipe={**model.recipe, **(recipe or {})}, seed=seed)


def check_data(model: MusicGAN, folder: str | Path | None, options: Mapping) -> None:
    """Raises ValueError if a folder cannot train a model, as it is of the other domain or lacks labels.

    Args:
        model: The model, whose domain and conditions are given.
        folder: Folder of audio or MIDI, or `None` for synthetic music, which is made for the model.
        options: Of the dataset: `labels` and `shared_labels`.
    """
    if folder is None:
        return
    kind, other = ("audio", "MIDI") if isinstance(model.representation, AudioRepresentation) else ("MIDI", "audio")
    files = files_below(folder, kind, required=False)
    if not files and (others := files_below(folder, other, required=False)):
        raise ValueError(
            f"A model of {kind} is trained further on {kind} files. Received: {folder} with {len(others)} {other} "
            f"files. Name another folder, or a model of {other} after --from."
        )
    if kind == "audio" and files and len(model.conditions):
        _check_labels(model.conditions, files, folder, **options)


def _check_labels(conditions, files, folder, labels=None, shared_labels=None, **_):
    """Raises ValueError unless some file has a label that the model knows for each of its conditions."""
    shared = dict(shared_labels or {})
    conditions.numbers(shared)
    own = [{}] if labels is None else find_labels(files, labels, folder)[0].values()
    found = [{**each, **shared} for each in own]
    missing = [name for name in conditions.names if name not in found[0]]
    if missing:
        pattern = "_".join(f"{{{name}}}" for name in missing)
        raise ValueError(
            f"Each sound needs a value of {' and '.join(conditions.names)}, on which the model is conditioned. "
            f"Received: {folder} without {' and '.join(missing)}. Say where file names hold it, as --labels "
            f"'{pattern}_*', or give all sounds the same value, as --condition {missing[0]}=VALUE."
        )
    refusals = [conditions.refusal(each) for each in found]
    if all(refusals):
        raise ValueError(
            f"{refusals[0]}, and no sound in {folder} fits the model's conditions. Give all "
            "sounds a value that the model knows, as --condition NAME=VALUE, or name another model after --from."
        )
