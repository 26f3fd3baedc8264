"""`musicgan sweep`."""

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

CHANGEABLE = {"out", "resume", "tried", "engine", "per_run", "backend", "quiet"}  # of a sweep that is resumed


@with_backend
@with_console
@with_options(TrainingRequest, "preset", "epochs", "condition", "labels")
def sweep(
    console: Console,
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Argument(help="Folder of audio or MIDI files; without it, built-in music.")
    ] = None,
    tried: Annotated[
        list[str] | None,
        typer.Option(
            "--try",
            help="Hyperparameter to vary: latent_dim=16,64 or generator.learning_rate=1e-4..1e-3; any number or name "
            "of `musicgan train`, also as PART.NAME. May be repeated.",
        ),
    ] = None,
    runs: Annotated[
        int | None, typer.Option(min=1, help="Settings drawn at random; without it, all combinations of lists.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Runs of each setting, with different seeds.")] = 2,
    seed: Annotated[int, typer.Option(min=0, help="The first seed.")] = 0,
    out: Annotated[Path, typer.Option(help="Folder of the sweep.")] = Path("musicgan_sweep"),
    resume: Annotated[bool, typer.Option("--resume", help="Resume the sweep in --out.")] = False,
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="Option of all runs, as in `musicgan train`. May be repeated.")
    ] = None,
    engine: Annotated[
        EngineName,
        typer.Option(help="What trains the runs: this process, one after the other; or Ray, several at once."),
    ] = EngineName.serial,
    per_run: Annotated[
        str | None,
        typer.Option(
            help="With --engine ray, what each run needs of a machine: cpus=1,gpus=0.25. By default one core."
        ),
    ] = None,
    **options,
):
    """Train models with different hyperparameters, and compare them.

    For each value of a hyperparameter the result is the mean of each measure over all runs with it and the 95 %
    interval of that mean; an effect is clear if the intervals of the best and the second best value do not overlap.
    """
    from keras_musicgan.runs.axes import check_axes, parse_try
    from keras_musicgan.runs.engines.share import check_share, parse_share
    from keras_musicgan.runs.parsing import parse_settings
    from keras_musicgan.utils.console import print_plain

    with report_errors():
        if resume and not tried:
            _reject_ignored_options(context)
        tries = {}
        for name, values in map(parse_try, tried or []):
            if name in tries:
                raise ValueError(f"A sweep varies each hyperparameter once. Received: --try {name} twice")
            tries[name] = values
        needs = None if per_run is None else parse_share("--per-run", per_run)
        check_engine(engine, per_run=needs)
        check_share("--per-run", needs)
        if not resume or tries:
            check_axes(tries)
        shared = {name: value for name, value in options.items() if value}
        fixed = parse_settings(setting or [])
        TrainingRequest(data=data, settings=fixed, **shared).check()
        load_package(console)
        from keras_musicgan import experiments

        try:
            result = experiments.sweep(
                out,
                None if resume and not tries else tries,
                data,
                runs=runs,
                seeds=seeds,
                seed=seed,
                settings=fixed,
                resume=resume,
                engine=engine,
                per_run=needs,
                console=console,
                **shared,
            )
        except KeyboardInterrupt:
            given = [] if engine == "serial" else ["--engine", engine]
            given += [] if per_run is None else ["--per-run", per_run]
            command = shlex.join(["musicgan", "sweep", "--resume", "--out", str(out), *given])
            print_plain(console, f"\nstopped. Resume with: {command}")
            raise typer.Exit(130) from None
        _print_runs(console, result)
        print_plain(console, result.text())
        print_plain(console, f"table: {out / 'sweep.csv'}\nfigure: {out / 'sweep.png'}")


def _reject_ignored_options(context):
    """Raises ValueError for options beside --resume and --out: without --try the sweep's own are used."""
    for name in set(context.params) - CHANGEABLE:
        if context.get_parameter_source(name).name == "COMMANDLINE":
            raise ValueError(
                "A resumed sweep keeps its options: give --resume and --out alone, or the whole first command. "
                f"Received: --{'set' if name == 'setting' else name} without --try"
            )


def _print_runs(console, result):
    from rich.table import Table

    from keras_musicgan.runs.axes import format_value

    table = Table("run", *result.axes, "seed", "verdict", "quality", "diversity, dB", "score spread")
    for row in result.rows:
        setting = [format_value(row[name]) for name in (*result.axes, "seed")]
        numbers = [row[name] for name in ("quality_kernel", "diversity", "score_spread")]
        numbers = ["–" if number != number else f"{number:.3g}" for number in numbers]
        table.add_row(row["run"], *setting, row["verdict"], *numbers)
    console.print(table)
