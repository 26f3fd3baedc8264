"""`musicgan sweep`."""

import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from keras_musicgan.cli.common import report_errors


def sweep(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Argument(help="Folder of audio or MIDI files; without it, built-in music.")
    ] = None,
    tried: Annotated[
        list[str] | None,
        typer.Option(
            "--try",
            help="What to vary: latent_dim=16,64 or generator.learning_rate=1e-4..1e-3; any number or name that "
            "`musicgan train` takes, also as PART.NAME. May be repeated.",
        ),
    ] = None,
    preset: Annotated[str | None, typer.Option(help="Architecture; by default one for the data.")] = None,
    runs: Annotated[
        int | None, typer.Option(min=1, help="Settings drawn at random; without it, all combinations of lists.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Epochs of each run; the preset's if not given.")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Runs of each setting, which tell what is chance.")] = 2,
    seed: Annotated[int, typer.Option(min=0, help="The first seed.")] = 0,
    out: Annotated[Path, typer.Option(help="Folder of the sweep.")] = Path("musicgan_sweep"),
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the sweep in --out.")] = False,
    condition: Annotated[list[str] | None, typer.Option(help="As in `musicgan train`. May be repeated.")] = None,
    labels: Annotated[str | None, typer.Option(help="As in `musicgan train`.")] = None,
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="What all runs share, as in `musicgan train`. May be repeated.")
    ] = None,
):
    """Train many models that differ in their hyperparameters, and say what each of them changed."""
    console = Console()
    from keras_musicgan import experiments
    from keras_musicgan.experiments.axes import parse_try
    from keras_musicgan.runs.parsing import parse_settings
    from keras_musicgan.utils.console import PLAIN

    with report_errors():
        if resume and not tried:
            _refuse_what_is_not_looked_at(context)
        tries = {}
        for name, values in map(parse_try, tried or []):
            if name in tries:
                raise ValueError(f"A sweep varies each hyperparameter once. Received: --try {name} twice")
            tries[name] = values
        fixed = {name: value for name, value in {"condition": condition, "labels": labels}.items() if value}
        try:
            result = experiments.sweep(
                out,
                None if resume and not tries else tries,
                data,
                preset=preset,
                runs=runs,
                epochs=epochs,
                seeds=seeds,
                seed=seed,
                settings=parse_settings(setting or []),
                resume=resume,
                console=console,
                **fixed,
            )
        except KeyboardInterrupt:
            command = shlex.join(["musicgan", "sweep", "--resume", "--out", str(out)])
            console.print(f"\nstopped. Go on with: {command}", **PLAIN)
            raise typer.Exit(130) from None
        _print_runs(console, result)
        console.print(result.text(), **PLAIN)
        console.print(f"table: {out / 'sweep.csv'}\nfigure: {out / 'sweep.png'}", **PLAIN)


def _refuse_what_is_not_looked_at(context):
    """Raises ValueError for options beside --resume and --out, which alone go on with whatever was begun."""
    for name in set(context.params) - {"out", "resume", "tried"}:
        if context.get_parameter_source(name).name == "COMMANDLINE":
            raise ValueError(
                "A sweep goes on as it began: give --resume and --out alone, or the whole command that began it. "
                f"Received: --{'set' if name == 'setting' else name} without --try"
            )


def _print_runs(console, result):
    from rich.table import Table

    from keras_musicgan.experiments.axes import format_value

    table = Table("run", *result.axes, "seed", "verdict", "quality", "diversity, dB", "score spread")
    for row in result.rows:
        setting = [format_value(row[name]) for name in (*result.axes, "seed")]
        numbers = [row[name] for name in ("quality_kernel", "diversity", "score_spread")]
        numbers = ["–" if number != number else f"{number:.3g}" for number in numbers]
        table.add_row(row["run"], *setting, row["verdict"], *numbers)
    console.print(table)
