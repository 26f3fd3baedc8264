"""What a run is asked to do, as plain data that `run.train` takes and `config.json` keeps."""

from pathlib import Path

from keras_musicgan import options
from keras_musicgan.datasets import domain_of
from keras_musicgan.presets import DEFAULTS


def run_request(
    preset: str | None = None,
    data: str | Path | None = None,
    epochs: int | None = None,
    settings: dict[str, dict] | None = None,
    *,
    latent_dim: int | None = None,
    batch_size: int | None = None,
    loss: str | None = None,
    penalty: list[str] | None = None,
    optimizer: str | None = None,
    learning_rate: float | None = None,
    discriminator_steps: int | None = None,
    ema_momentum: float | None = None,
    augment: list[str] | None = None,
    condition: list[str] | None = None,
    labels: str | None = None,
    transpose: int = 0,
    gradient_norms: bool = False,
    stop_on_collapse: bool = False,
    every: int | None = None,
    seed: int = 0,
) -> dict:
    """The request that `run.train` takes, from what the options of `musicgan train` say; `None` for what is not given.

    Args:
        preset: A key of `presets.PRESETS`; by default one for the data.
        data: Folder of audio or MIDI files, or `None` for built-in music.
        epochs: Epochs in all.
        settings: Dict by `options.parse_settings`.
        latent_dim: Length of the latent vector.
        batch_size: Clips in a batch.
        loss: Name of an adversarial loss.
        penalty: List of `NAME` or `NAME=WEIGHT`; `["none"]` for no penalty.
        optimizer: Name of the Keras optimizer of both networks.
        learning_rate: Learning rate of both.
        discriminator_steps: Discriminator updates a step.
        ema_momentum: Momentum of the averaged generator, 0 for none.
        augment: List of augmentations; `["none"]` for none.
        condition: Conditions as `options.parse_conditions` takes them.
        labels: Where audio has labels.
        transpose: Largest random transposition of notes, in semitones.
        gradient_norms: Whether to log the gradients' norms.
        stop_on_collapse: Whether to end a training whose outputs stay equal or silent.
        every: Epochs between samples.
        seed: Seed of weights, data and training.

    Raises:
        ValueError: If an option cannot be used.
        NotADirectoryError: If there is no such folder of data and no preset is given.

    Example:
        >>> run_request("lecture", latent_dim=16, loss="hinge")["compile"]
        {'loss': 'hinge'}
    """
    settings = {part: dict(values) for part, values in (settings or {}).items()}
    preset = preset or DEFAULTS["notes" if data is None else domain_of(data)]
    dataset = settings.get("data", {})
    if labels is not None:
        dataset["labels"] = labels
    if transpose:
        dataset = {"transpose": transpose, **dataset}
    for name in ("cache", "labels"):  # a run may go on from another folder
        if isinstance(dataset.get(name), str) and Path(dataset[name]).exists():
            dataset[name] = str(Path(dataset[name]).resolve())
    return {
        "preset": preset,
        "data": None if data is None else str(Path(data).resolve()),
        "epochs": epochs,
        "overrides": options.overrides(
            settings, latent_dim, batch_size, ema_momentum, options.parse_conditions(condition or [])
        ),
        "compile": options.compile_arguments(
            preset, settings, loss, penalty, discriminator_steps, optimizer, learning_rate, augment, gradient_norms
        ),
        "dataset": dataset,
        "stop_on_collapse": stop_on_collapse,
        "every": every,
        "seed": seed,
    }
