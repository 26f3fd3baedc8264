"""The command `musicgan`. Each command parses its options and calls the package; it computes nothing itself."""

import json
import os
import tempfile
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Train GANs on music, hear them, compare them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
DEFAULT_RUN = Path("musicgan_run")


class Subtype(StrEnum):
    """Sample formats of WAV files."""

    pcm16 = "pcm16"
    float = "float"


@app.command()
def train(
    data: Annotated[Path | None, typer.Argument(help="Folder of MIDI files; without it, built-in tunes.")] = None,
    preset: Annotated[str, typer.Option(help="Architecture; `musicgan presets` lists them.")] = "pianoroll",
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
    transpose: Annotated[int, typer.Option(min=0, help="Largest random transposition, semitones.")] = 0,
    every: Annotated[
        int | None, typer.Option(min=1, help="Epochs between samples; by default twenty sets a run.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of weights, data order and latents.")] = 0,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Any other number or name, as generator.width=128 or discriminator_optimizer.learning_rate=1e-4. "
            "May be repeated.",
        ),
    ] = None,
):
    """Train a model and write what it sounds like after every epoch."""
    console = _start()
    import keras

    from keras_musicgan import options
    from keras_musicgan.run import RunFolder
    from keras_musicgan.run import train as train_run

    with _errors_told():
        run = RunFolder(out)
        if resume:
            request = run.read_config()
            request["epochs"] = epochs or request["epochs"]
        else:
            settings = options.parse_settings(setting or [])
            request = {
                "preset": preset,
                "data": None if data is None else str(data.resolve()),
                "epochs": epochs,
                "overrides": options.overrides(settings, latent_dim, batch_size, ema_momentum),
                "compile": options.compile_arguments(
                    preset, settings, loss, penalty, discriminator_steps, optimizer, learning_rate
                ),
                "transpose": transpose,
                "every": every,
                "seed": seed,
            }
        keras.utils.set_random_seed(request["seed"])
        try:
            train_run(run, request, console, resume, overwrite)
        except KeyboardInterrupt:
            done, _ = run.newest_checkpoint()
            console.print(f"\nstopped after {done} whole epochs. Go on with: musicgan train --resume --out {out}")
            raise typer.Exit(130) from None
        _print_summary(console, run)


@app.command()
def generate(
    model: Annotated[Path, typer.Argument(help="A .keras file or a run folder.")],
    n: Annotated[int, typer.Option("-n", min=1, help="Number of clips.")] = 4,
    seed: Annotated[int | None, typer.Option(help="Seed of the latents.")] = None,
    out: Annotated[Path, typer.Option(help="Folder for the files.")] = Path("generated"),
    subtype: Annotated[Subtype, typer.Option(help="Sample format of the WAV files.")] = Subtype.pcm16,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write into a folder with samples.")] = False,
):
    """Make music with a trained model: WAV (and MIDI), with the latents beside it."""
    console = _start()
    from keras_musicgan.run import RunError, load_model
    from keras_musicgan.samples import write_samples

    with _errors_told():
        if (out / "latents.npz").exists() and not overwrite:
            raise RunError(
                f"Samples need a folder without some. Received: {out}, which holds latents.npz. "
                "Replace them with --overwrite or name another folder with --out."
            )
        gan = load_model(model)
        paths = write_samples(gan, gan.sample_latents(n, seed), out, subtype.value)
        for path in paths:
            console.print(str(path), highlight=False, soft_wrap=True)


@app.command()
def compare(
    a: Annotated[Path, typer.Argument(help="An audio file.")],
    b: Annotated[Path, typer.Argument(help="Another one, of any rate and length.")],
    out: Annotated[Path, typer.Option(help="The figure.")] = Path("comparison.png"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the numbers as JSON.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing figure.")] = False,
):
    """Compare two pieces: waveforms, difference, spectrograms and numbers."""
    console = _start()
    from keras_musicgan import audio, plots
    from keras_musicgan import compare as comparison
    from keras_musicgan.files import replacing
    from keras_musicgan.run import RunError

    with _errors_told():
        if out.exists() and not overwrite:
            raise RunError(
                f"The figure needs a new file. Received: {out}, which exists. Replace it with --overwrite or name "
                "another with --out."
            )
        (samples_a, rate_a), (samples_b, rate_b) = audio.read(a), audio.read(b)
        numbers = comparison.compare(samples_a, rate_a, samples_b, rate_b)
        rate = max(rate_a, rate_b)
        figure = plots.comparison(
            comparison.at(samples_a, rate_a, rate),
            comparison.at(samples_b, rate_b, rate),
            rate,
            a.name,
            b.name,
        )
        with replacing(out) as temporary:
            figure.savefig(temporary)
        if as_json:
            typer.echo(json.dumps({"files": {"a": str(a), "b": str(b)}, "figure": str(out), **numbers}, indent=2))
        else:
            _print_comparison(console, numbers, a.name, b.name)
            console.print(f"figure: {out}", highlight=False)


@app.command()
def presets():
    """List the architectures."""
    console = _start()
    from rich.table import Table

    from keras_musicgan.presets import PRESETS

    table = Table("preset", "domain", "what it is", "reference")
    for name, plan in PRESETS.items():
        table.add_row(name, plan["domain"], plan["summary"], plan["reference"])
    console.print(table)


def _start():
    """A console, once Keras and its backend are up."""
    from rich.console import Console

    with _stderr_held_back():
        import keras

        keras.ops.zeros(())  # the backend looks for devices at its first operation
    return Console()


@contextmanager
def _stderr_held_back():
    """Keeps what native code writes to the standard error, and shows it only if the block fails.

    TensorFlow reports the absence of a GPU there in a dozen lines that no environment variable turns off.
    """
    shown = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(shown, held.read())
            raise
        finally:
            os.dup2(shown, 2)
            os.close(shown)


@contextmanager
def _errors_told():
    """Turns errors about what the user gave into one line and exit status 2; others keep their traceback."""
    try:
        yield
    except (ValueError, TypeError, OSError) as error:
        typer.echo(f"musicgan: {error}", err=True)
        raise typer.Exit(2) from error


def _print_summary(console, run):
    done, checkpoint = run.newest_checkpoint()
    sampled = sorted(run.samples.glob("epoch_*"))
    console.print(f"\nDone: {done} epochs. Listen to the last samples, then make your own.")
    rows = {
        "audio": sampled[-1] / "sample_01.wav" if sampled else "-",
        "score": sampled[-1] / "sample_01.mid" if sampled else "-",
        "picture": sampled[-1] / "spectrograms.png" if sampled else "-",
        "model": checkpoint,
        "more music": f"musicgan generate {run.path} -n 8 --seed 1",
        "curves": f"tensorboard --logdir {run.logs}",
        "train on": f"musicgan train --resume --out {run.path} --epochs {2 * done}",
    }
    for name, value in rows.items():
        console.print(f"  {name + ':':<12}{value}", highlight=False, soft_wrap=True)


def _print_comparison(console, numbers, name_a, name_b):
    from rich.table import Table

    from keras_musicgan.compare import UNITS

    def shown(value):
        return "–" if value is None else f"{value:.4g}"

    table = Table("", name_a, name_b, "unit")
    for name in numbers["a"]:
        table.add_row(name.replace("_", " "), shown(numbers["a"][name]), shown(numbers["b"][name]), UNITS[name])
    table.add_row("correlation", shown(numbers["correlation"]), "", UNITS["correlation"])
    console.print(table)


if __name__ == "__main__":
    app()
