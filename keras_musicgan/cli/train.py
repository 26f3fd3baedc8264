"""`musicgan train`."""

import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from keras_musicgan.cli.common import report_errors, with_backend, with_console
from keras_musicgan.cli.parsing import with_options
from keras_musicgan.cli.startup import load_package
from keras_musicgan.runs.engines import EngineName, check_engine
from keras_musicgan.runs.request import TrainingRequest

DEFAULT_RUN = Path("musicgan_run")
CHANGEABLE = (  # of a run that is resumed
    *("data", "out", "resume", "epochs", "every"),
    *("devices", "engine", "workers", "per_worker", "backend", "quiet"),
)


@with_backend
@with_console
@with_options(TrainingRequest)
def train(
    console: Console,
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Argument(help="Folder of audio or MIDI files; without it, built-in music.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the run.")] = DEFAULT_RUN,
    resume: Annotated[bool, typer.Option("--resume", help="Resume the run in --out.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the run in --out.")] = False,
    devices: Annotated[int, typer.Option(min=1, help="Devices of this machine to divide each batch among.")] = 1,
    engine: Annotated[
        EngineName, typer.Option(help="What trains: this process; or Ray, whose workers divide each batch.")
    ] = EngineName.serial,
    workers: Annotated[int | None, typer.Option(help="With --engine ray, the number of workers.")] = None,
    per_worker: Annotated[
        str | None,
        typer.Option(
            help="With --engine ray, what each worker needs of a machine: cpus=4,gpus=1. By default one core."
        ),
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Any other option, as generator.width=128 or data.clip=random. May be repeated.",
        ),
    ] = None,
    **options,
):
    """Train a model, and write samples as it learns."""
    from keras_musicgan.runs.folder import RunFolder
    from keras_musicgan.runs.parsing import parse_settings

    with report_errors():
        group = _check_workers(engine, workers, per_worker, devices)
        run = RunFolder(out)
        if resume:
            _reject_fixed_options(context)
            request = run.read_config()
            request["epochs"] = options["epochs"] or request["epochs"]
            request["every"] = options["every"] or request["every"]
            request["data"] = request["data"] if data is None else str(data.resolve())
            load_package(console)
        else:
            asked = TrainingRequest(data=data, settings=parse_settings(setting or []), **options)
            asked.check()
            run.check_available(overwrite)
            load_package(console)
            request = asked.config()
        _train(run, request, console, devices, group, resume, overwrite)


def _check_workers(engine, workers, per_worker, devices):
    """The number of workers of Ray and what each needs, or `None` where this process trains."""
    from keras_musicgan.runs.engines.share import check_share, parse_share
    from keras_musicgan.utils.checks import check_positive_int

    needs = None if per_worker is None else parse_share("--per-worker", per_worker)
    check_engine(engine, workers=workers, per_worker=needs)
    if engine == EngineName.serial:
        return None
    if workers is None:
        raise ValueError("--engine ray needs a number of workers. Received: none. Give it as --workers 2.")
    check_positive_int("--workers", workers)
    if devices > 1:
        raise ValueError(f"A worker takes all of its devices. Received: --devices {devices}. Give --per-worker.")
    return workers, check_share("--per-worker", needs)


def _group_options(group):
    """The options of a resumed run that a group of workers goes on with."""
    if group is None:
        return []
    import keras

    workers, per_worker = group
    ray = ["--engine", "ray", "--workers", str(workers), "--per-worker", str(per_worker)]
    return [*ray, "--backend", keras.backend.backend()]


def _train(run, request, console, devices, group, resume, overwrite):
    """Trains here, of several processes as one of them, or in a group of workers, and prints a summary."""
    from keras_musicgan import backends, processes
    from keras_musicgan.runs.train import train as train_run
    from keras_musicgan.utils.console import count, print_plain

    with processes.ending_at_once(), report_errors():
        processes.start()
        if processes.size() > 1 and devices > 1:
            raise ValueError(
                f"Several processes take all of their devices. Received: --devices {devices}. Leave it out."
            )
        console.quiet = console.quiet or not processes.is_first()
        try:
            if group is not None:
                from keras_musicgan.runs.engines.ray_group import train_on_workers

                train_on_workers(run, request, *group, console, resume, overwrite)
            else:
                with backends.on_devices(devices):
                    train_run(run, request, console, resume, overwrite)
        except KeyboardInterrupt:
            done, checkpoint = run.newest_checkpoint()
            console.print("\nstopped", end="")
            if checkpoint is not None:
                command = shlex.join(["musicgan", "train", "--resume", "--out", str(run.path), *_group_options(group)])
                print_plain(console, f" after {count(done, 'whole epoch')}. Resume with: {command}", end="")
            console.print()
            raise typer.Exit(130) from None
        if processes.is_first():
            with backends.alone(()):
                _print_summary(console, run)


def _reject_fixed_options(context):
    """Raises ValueError for options that cannot change when a run is resumed."""
    for parameter in context.command.params:
        given = context.get_parameter_source(parameter.name).name == "COMMANDLINE"
        if given and parameter.name not in CHANGEABLE:
            raise ValueError(
                "A resumed run keeps its options: --resume takes --epochs, --every, --devices, --engine with its own, "
                f"--out and a folder of data. Received: {parameter.opts[0]}. Start another run with it."
            )


def _print_summary(console, run):
    from keras_musicgan import experiments
    from keras_musicgan.utils.console import count, print_plain

    done, checkpoint = run.newest_checkpoint()
    (*_, sampled) = sorted(run.samples.glob("epoch_*"))
    tune, page = run.outcome / "tune.wav", run.outcome / "page" / "index.html"
    print_plain(console, "\n" + experiments.report(run.path).text())
    console.print(f"\nDone: {count(done, 'epoch')}. Listen, then make your own.")
    folder, sample = str(run.path), sampled / "sample_01.wav"
    files = {
        "tune": tune,
        "sound": sample,
        "score": (tune if tune.exists() else sample).with_suffix(".mid"),
        "picture": sampled / "spectrograms.png",
        "to play": page,
        "model": run.best if run.best.exists() else checkpoint,
    }
    commands = {
        "curves": ["tensorboard", "--logdir", str(run.logs)],
        "how good": ["musicgan", "evaluate", folder],
        "train on": ["musicgan", "train", "--resume", "--out", folder, "--epochs", str(2 * done)],
        "next": _next_command(run, plays=tune.exists() and page.exists()),
    }
    rows = {name: str(path) for name, path in files.items() if path.exists()}
    rows |= {name: shlex.join(command) for name, command in commands.items()}
    for name, text in rows.items():
        print_plain(console, f"  {name + ':':<12}{text}")


def _next_command(run, plays):
    """The command to try next with the model of a run, which `plays` tunes or drums or makes samples alone."""
    if not plays:
        return ["musicgan", "generate", str(run.path), "-n", "8", "--seed", "1"]
    if run.read_config()["preset"] == "drums":
        return ["musicgan", "play", "orchestra", "YOUR_SONG.mid", "--drums", str(run.path)]
    return ["musicgan", "play", str(run.path), "YOUR_SONG.mid"]
