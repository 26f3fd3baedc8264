"""The command `musicgan`. Each command parses its options and calls the package; it computes nothing itself."""

import json
import shlex
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

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


class Timbre(StrEnum):
    """What becomes of a timbre along a piece."""

    held = "held"
    wandering = "wandering"


class Method(StrEnum):
    """Paths between latents."""

    spherical = "spherical"
    linear = "linear"


@app.command()
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
    import keras

    from keras_musicgan import options
    from keras_musicgan.datasets import domain_of
    from keras_musicgan.presets import DEFAULTS
    from keras_musicgan.run import PLAIN, RunFolder
    from keras_musicgan.run import train as train_run

    with _errors_told():
        run = RunFolder(out)
        if resume:
            _refuse_what_a_run_fixed(context)
            request = run.read_config()
            request["epochs"] = epochs or request["epochs"]
            request["every"] = every or request["every"]
            request["data"] = request["data"] if data is None else str(data.resolve())
        else:
            settings = options.parse_settings(setting or [])
            preset = preset or DEFAULTS["notes" if data is None else domain_of(data)]
            dataset = settings.get("data", {})
            if labels is not None:
                dataset["labels"] = labels
            if transpose:
                dataset = {"transpose": transpose, **dataset}
            for name in ("cache", "labels"):  # a run may go on from another folder
                if isinstance(dataset.get(name), str) and Path(dataset[name]).exists():
                    dataset[name] = str(Path(dataset[name]).resolve())
            request = {
                "preset": preset,
                "data": None if data is None else str(data.resolve()),
                "epochs": epochs,
                "overrides": options.overrides(
                    settings, latent_dim, batch_size, ema_momentum, options.parse_conditions(condition or [])
                ),
                "compile": options.compile_arguments(
                    preset,
                    settings,
                    loss,
                    penalty,
                    discriminator_steps,
                    optimizer,
                    learning_rate,
                    augment,
                    gradient_norms,
                ),
                "dataset": dataset,
                "stop_on_collapse": stop_on_collapse,
                "every": every,
                "seed": seed,
            }
        keras.utils.set_random_seed(request["seed"])
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


@app.command()
def generate(
    context: typer.Context,
    model: Annotated[Path, typer.Argument(help="A .keras file or a run folder.")],
    n: Annotated[
        int | None, typer.Option("-n", min=1, help="Number of clips; 4, or as many as a condition has values.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the latents and of what is not told.")] = None,
    condition: Annotated[
        list[str] | None,
        typer.Option(help="What to tell the model: pitch=60, pitch=C4,E4,G4, instrument=flute. May be repeated."),
    ] = None,
    latents: Annotated[Path | None, typer.Option(help="A latents.npz to use instead of a seed.")] = None,
    truncation: Annotated[
        float | None, typer.Option(help="Largest number in a latent: less varied, more typical.")
    ] = None,
    interpolate: Annotated[
        int | None, typer.Option(min=1, help="Steps of a path from each latent to the next, instead of the latents.")
    ] = None,
    method: Annotated[
        Method | None, typer.Option(help="Kind of that path; by default the one for the model's latents.")
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(help="Make one piece of this length without seams, instead of clips.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the files.")] = Path("generated"),
    subtype: Annotated[Subtype, typer.Option(help="Sample format of the WAV files.")] = Subtype.pcm16,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write into a folder with samples.")] = False,
):
    """Make music with a trained model: WAV (and MIDI), with the latents beside it."""
    console = Console()
    import numpy as np

    from keras_musicgan import latents as latent_vectors
    from keras_musicgan import options
    from keras_musicgan.run import PLAIN, RunError, load_model
    from keras_musicgan.samples import read_latents, write_continuous, write_samples

    with _errors_told():
        if seconds is not None:
            _refuse_together(context, "seconds", "n", "latents", "interpolate", "method")
        if latents is not None:
            _refuse_together(context, "latents", "n", "seed", "truncation", "condition")
        if interpolate is None:
            _refuse_together(context, "method", needs="interpolate")
        held = [
            path for name in ("sample_*.wav", "sample_*.mid", "continuous.*", "latents.npz") for path in out.glob(name)
        ]
        if held and not overwrite:
            raise RunError(
                f"Samples need a folder without some. Received: {out}, which holds {held[0].name}. "
                "Replace all of them with --overwrite or name another folder with --out."
            )
        gan = load_model(model)
        if seconds is not None:
            told = options.parse_told(condition or [])
            written = write_continuous(gan, out, seconds, seed, truncation, told, subtype.value)
            for path in set(held) - set(written):
                path.unlink()
            for path in written:
                console.print(str(path), **PLAIN)
            return
        if latents is not None:
            points, told = read_latents(latents)
            points, told = gan.draw(latents=points, **told)
        else:
            told = options.parse_told(condition or [])
            several = any(isinstance(values, list) for values in told.values())
            points, told = gan.draw(n or (None if several else 4), seed, truncation=truncation, **told)
        if interpolate is not None:
            kind = latent_vectors.METHOD_OF[gan.latent_distribution] if method is None else method.value
            points = latent_vectors.interpolate(points, interpolate, kind)
            told = {name: np.append(np.repeat(v[:-1], interpolate), v[-1:]) for name, v in told.items()}
        for path in held:
            path.unlink()
        for path in write_samples(gan, out, points, told, subtype.value):
            console.print(str(path), **PLAIN)


@app.command()
def play(
    model: Annotated[Path, typer.Argument(help="A .keras file or a run folder of a model with a pitch condition.")],
    song: Annotated[Path, typer.Argument(help="A MIDI file.")],
    out: Annotated[Path, typer.Option(help="The WAV file.")] = Path("song.wav"),
    seed: Annotated[int | None, typer.Option(help="Seed of the timbres and of what is not told.")] = None,
    timbre: Annotated[
        Timbre, typer.Option(help="One timbre for each track, held or wandering through the piece.")
    ] = Timbre.held,
    condition: Annotated[
        list[str] | None,
        typer.Option(help="What else to tell: instrument=flute, or a value for each track: instrument=flute,oboe."),
    ] = None,
    attack: Annotated[float, typer.Option(min=0, help="Milliseconds in which a note fades in.")] = 10.0,
    release: Annotated[float, typer.Option(min=0, help="Milliseconds in which a note dies away.")] = 300.0,
    pan: Annotated[
        str | None, typer.Option(help="Place from -1 (left) to 1, one or one for each track: -0.5,0.5.")
    ] = None,
    truncation: Annotated[
        float | None, typer.Option(help="Largest number in a latent: less varied, more typical.")
    ] = None,
    subtype: Annotated[Subtype, typer.Option(help="Sample format of the WAV file.")] = Subtype.pcm16,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing file.")] = False,
):
    """Play a MIDI file on a trained model: every note sung at its pitch."""
    console = Console()
    import warnings

    from keras_musicgan import audio, midi, options, synth
    from keras_musicgan.run import PLAIN, load_model

    with _errors_told():
        if out.exists() and not overwrite:
            raise ValueError(
                f"The audio needs a new file. Received: --out {out}, which exists. Replace it with --overwrite or name "
                "another."
            )
        notes = midi.read(song)
        gan = load_model(model)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", synth.PlayWarning)
            samples = synth.play(
                gan,
                notes,
                seed,
                timbre.value,
                attack_ms=attack,
                release_ms=release,
                pan=None if pan is None else options.parse_numbers("pan", pan),
                truncation=truncation,
                **options.parse_told(condition or []),
            )
        audio.write_wav(out, samples, gan.representation.sample_rate, subtype.value)
        for warning in told:
            if issubclass(warning.category, synth.PlayWarning):
                console.print(str(warning.message), **PLAIN)
        console.print(str(out), **PLAIN)


@app.command()
def export(
    model: Annotated[Path, typer.Argument(help="A .keras file or a run folder.")],
    out: Annotated[Path, typer.Argument(help="File or folder to write.")],
    format: Annotated[str, typer.Option(help="tf_saved_model, onnx, litert or torch.")] = "tf_saved_model",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier export.")] = False,
):
    """Write a generator of audio as one file that runs without this package."""
    from keras_musicgan.run import PLAIN, load_model

    with _errors_told():
        try:
            load_model(model).export(out, format, overwrite)
        except RuntimeError as error:
            raise ValueError(str(error)) from error
        Console().print(str(out), **PLAIN)


@app.command()
def compare(
    a: Annotated[Path, typer.Argument(help="An audio file.")],
    b: Annotated[Path, typer.Argument(help="Another one, of any rate and length.")],
    out: Annotated[Path, typer.Option(help="The figure.")] = Path("comparison.png"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the numbers as JSON.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing figure.")] = False,
):
    """Compare two pieces: waveforms, difference, spectrograms and numbers."""
    console = Console()
    from keras_musicgan import audio, plots
    from keras_musicgan import compare as comparison
    from keras_musicgan.files import replacing
    from keras_musicgan.run import PLAIN

    with _errors_told():
        if out.suffix.lower() not in (".png", ".pdf", ".svg"):
            raise ValueError(f"The figure must be a .png, .pdf or .svg file. Received: --out {out}")
        if out.exists() and not overwrite:
            raise ValueError(
                f"The figure needs a new file. Received: {out}, which exists. Replace it with --overwrite or name "
                "another with --out."
            )
        (samples_a, rate_a), (samples_b, rate_b) = audio.read(a), audio.read(b)
        numbers = comparison.compare(samples_a, rate_a, samples_b, rate_b)
        rate = max(rate_a, rate_b)
        figure = plots.comparison(
            comparison.resampled(samples_a, rate_a, rate),
            comparison.resampled(samples_b, rate_b, rate),
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
            console.print(f"figure: {out}", **PLAIN)


@app.command()
def presets():
    """List the architectures."""
    console = Console()
    from rich.table import Table

    from keras_musicgan.presets import PRESETS

    table = Table("preset", "domain", "what it is", "reference")
    for name, plan in PRESETS.items():
        table.add_row(name, plan["domain"], plan["summary"], plan["reference"])
    console.print(table)


@contextmanager
def _errors_told():
    """Turns errors about what the user gave into one line and exit status 2; others keep their traceback."""
    try:
        yield
    except (ValueError, TypeError, OSError, ImportError) as error:
        typer.echo(f"musicgan: {error}", err=True)
        raise typer.Exit(2) from error


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


def _refuse_together(context, option, *others, needs=None):
    """Raises ValueError for an option given beside others that it makes idle, or without the one it needs."""

    def given(name):
        return context.get_parameter_source(name).name == "COMMANDLINE"

    for other in others:
        if given(other):
            raise ValueError(
                f"--{option} stands instead of {'-n' if other == 'n' else f'--{other}'}. Received: both. Leave one out."
            )
    if needs and given(option) and not given(needs):
        raise ValueError(f"--{option} is for --{needs}. Received: --{option} alone. Give both, or none.")


def _print_summary(console, run):
    from keras_musicgan.run import PLAIN

    done, checkpoint = run.newest_checkpoint()
    (*_, sampled) = sorted(run.samples.glob("epoch_*"))
    console.print(f"\nDone: {done} epochs. Listen to the last samples, then make your own.")
    folder, score = str(run.path), sampled / "sample_01.mid"
    rows = {
        "audio": sampled / "sample_01.wav",
        "score": score if score.exists() else None,
        "picture": sampled / "spectrograms.png",
        "model": checkpoint,
        "more music": shlex.join(["musicgan", "generate", folder, "-n", "8", "--seed", "1"]),
        "curves": shlex.join(["tensorboard", "--logdir", str(run.logs)]),
        "train on": shlex.join(["musicgan", "train", "--resume", "--out", folder, "--epochs", str(2 * done)]),
    }
    for name, value in rows.items():
        if value is not None:
            console.print(f"  {name + ':':<12}{value}", **PLAIN)


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
