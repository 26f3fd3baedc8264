"""`musicgan train`."""

import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from keras_musicgan.cli.shared import errors_told

DEFAULT_RUN = Path("musicgan_run")


def train(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Argument(help="Folder of audio or MIDI files; without it, built-in music.")
    ] = None,
    preset: Annotated[
        str | None, typer.Option(help="Architecture; `musicgan presets` lists them. By default one for the data.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Epochs in all; the preset's if not given.")] = None,
    out: Annotated[Path, typer.Option(help="Folder of the run.")] = DEFAULT_RUN,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run in --out.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the run in --out.")] = False,
    batch_size: Annotated[int | None, typer.Option(help="Clips in a batch.")] = None,
    latent_dim: Annotated[int | None, typer.Option(help="Length of the latent vector.")] = None,
    loss: Annotated[str | None, typer.Option(help="Adversarial loss.")] = None,
    penalty: Annotated[list[str] | None, typer.Option(help="NAME or NAME=WEIGHT; may be repeated; none.")] = None,
    optimizer: Annotated[str | None, typer.Option(help="Keras optimizer of both networks.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Learning rate of both optimizers.")] = None,
    discriminator_steps: Annotated[int | None, typer.Option(help="Discriminator updates a step.")] = None,
    ema_momentum: Annotated[float | None, typer.Option(help="Averaged generator; 0 for none.")] = None,
    augment: Annotated[list[str] | None, typer.Option(help="shift, gain, polarity or none; may be repeated.")] = None,
    condition: Annotated[
        list[str] | None,
        typer.Option(help="What to tell the model: pitch=60:83, instrument=flute,oboe. May be repeated."),
    ] = None,
    labels: Annotated[
        str | None, typer.Option(help="Where audio has them: folder, {instrument}_{pitch}_* in file names, or a CSV.")
    ] = None,
    transpose: Annotated[int, typer.Option(min=0, help="Largest random transposition of notes, semitones.")] = 0,
    gradient_norms: Annotated[bool, typer.Option("--gradient-norms", help="Log the gradients' norms.")] = False,
    stop_on_collapse: Annotated[
        bool, typer.Option("--stop-on-collapse", help="End the training when all outputs stay equal or silent.")
    ] = False,
    every: Annotated[int | None, typer.Option(min=1, help="Epochs between samples; by default ten sets a run.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of weights, data and training.")] = 0,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Any other number or name, as generator.width=128 or data.clip=random. May be repeated.",
        ),
    ] = None,
):
    """Train a model and write what it sounds like as it learns."""
    console = Console()
    from keras_musicgan import options
    from keras_musicgan.run import PLAIN
    from keras_musicgan.run import train as train_run
    from keras_musicgan.run_folder import RunFolder
    from keras_musicgan.run_request import run_request

    with errors_told():
        run = RunFolder(out)
        if resume:
            _refuse_what_a_run_fixed(context)
            request = run.read_config()
            request["epochs"] = epochs or request["epochs"]
            request["every"] = every or request["every"]
            request["data"] = request["data"] if data is None else str(data.resolve())
        else:
            request = run_request(
                preset,
                data,
                epochs,
                options.parse_settings(setting or []),
                latent_dim=latent_dim,
                batch_size=batch_size,
                loss=loss,
                penalty=penalty,
                optimizer=optimizer,
                learning_rate=learning_rate,
                discriminator_steps=discriminator_steps,
                ema_momentum=ema_momentum,
                augment=augment,
                condition=condition,
                labels=labels,
                transpose=transpose,
                gradient_norms=gradient_norms,
                stop_on_collapse=stop_on_collapse,
                every=every,
                seed=seed,
            )
        try:
            train_run(run, request, console, resume, overwrite)
        except KeyboardInterrupt:
            done, checkpoint = run.newest_checkpoint()
            console.print("\nstopped", end="")
            if checkpoint is not None:
                command = shlex.join(["musicgan", "train", "--resume", "--out", str(out)])
                console.print(f" after {done} whole epochs. Go on with: {command}", end="", **PLAIN)
            console.print()
            raise typer.Exit(130) from None
        _print_summary(console, run)


def _refuse_what_a_run_fixed(context):
    """Raises ValueError for options that cannot change when a run goes on."""
    changeable = {"data", "out", "resume", "epochs", "every"}
    for name in context.params:
        given = context.get_parameter_source(name).name == "COMMANDLINE"
        if given and name not in changeable:
            raise ValueError(
                "A run goes on as it began: --resume takes --epochs, --every, --out and a folder of data. "
                f"Received: --{'set' if name == 'setting' else name.replace('_', '-')}. Begin another run for it."
            )


def _print_summary(console, run):
    from keras_musicgan import experiments
    from keras_musicgan.run import PLAIN

    done, checkpoint = run.newest_checkpoint()
    (*_, sampled) = sorted(run.samples.glob("epoch_*"))
    console.print("\n" + experiments.report(run.path).text(), **PLAIN)
    console.print(f"\nDone: {done} epochs. Listen to the last samples, then make your own.")
    folder, score = str(run.path), sampled / "sample_01.mid"
    rows = {
        "audio": sampled / "sample_01.wav",
        "score": score if score.exists() else None,
        "picture": sampled / "spectrograms.png",
        "model": run.best if run.best.exists() else checkpoint,
        "more music": shlex.join(["musicgan", "generate", folder, "-n", "8", "--seed", "1"]),
        "how good": shlex.join(["musicgan", "evaluate", folder]),
        "curves": shlex.join(["tensorboard", "--logdir", str(run.logs)]),
        "train on": shlex.join(["musicgan", "train", "--resume", "--out", folder, "--epochs", str(2 * done)]),
    }
    for name, value in rows.items():
        if value is not None:
            console.print(f"  {name + ':':<12}{value}", **PLAIN)
