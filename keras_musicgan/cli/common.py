"""What several commands have in common: options, sample formats, error messages."""

import functools
import inspect
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from keras_musicgan.cli.startup import Backend, choose_backend

BackendOption = Annotated[Backend | None, typer.Option(help="Keras's backend; by default Keras's own choice.")]
ModelArgument = Annotated[
    Path, typer.Argument(help="A .keras or .musicgan file, a run folder, or a name of `musicgan models`.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print errors and warnings alone.")]


def with_backend(command: Callable) -> Callable:
    """The command with an option `--backend`, which holds when Keras is imported."""

    @functools.wraps(command)
    def chosen(*arguments, backend=None, **options):
        with report_errors():
            choose_backend(backend)
        return command(*arguments, **options)

    return _with_option(chosen, "backend", BackendOption, None)


def with_console(command: Callable) -> Callable:
    """The command with an option `--quiet` in place of its argument `console`."""

    @functools.wraps(command)
    def quieted(*arguments, quiet=False, **options):
        return command(*arguments, console=Console(quiet=quiet), **options)

    return _with_option(quieted, "quiet", QuietOption, False, replaces="console")


def _with_option(command, name, annotation, default, replaces=""):
    """The command, an option of which it shows at the end of its help."""
    signature = inspect.signature(command)
    kept = [parameter for parameter in signature.parameters.values() if parameter.name != replaces]
    kind = inspect.Parameter.KEYWORD_ONLY
    option = inspect.Parameter(name, kind, default=default, annotation=annotation)
    command.__signature__ = signature.replace(parameters=[*kept, option])
    return command


def expanding_home(command: Callable) -> Callable:
    """The command with `~` in its paths as the home folder, also in `--out=~/x`, which no shell expands."""

    @functools.wraps(command)
    def expanded(*arguments, **options):
        paths = {name: value.expanduser() for name, value in options.items() if isinstance(value, Path)}
        return command(*arguments, **{**options, **paths})

    return expanded


class Subtype(StrEnum):
    """Sample formats of WAV files."""

    pcm16 = "pcm16"
    float = "float"


@contextmanager
def report_errors() -> Iterator[None]:
    """Turns errors about the user's input into one line and exit status 2; other errors keep their traceback.

    So are an exhausted memory and warnings of this package; those of other packages are for who writes code.
    """
    shown = warnings.showwarning

    def show(message, category, *place, **options):
        if category.__module__.startswith("keras_musicgan"):
            typer.echo(f"musicgan: {message}", err=True)

    warnings.showwarning = show
    try:
        yield
    except MemoryError as error:
        words = f"musicgan: the memory of this machine is used up{f': {error}' if str(error) else ''}. Ask for less"
        typer.echo(f"{words}: fewer or shorter clips, a smaller batch, a smaller model.", err=True)
        raise typer.Exit(2) from error
    except (ValueError, TypeError, OSError, ImportError) as error:
        typer.echo(f"musicgan: {' '.join(str(error).split())}", err=True)
        raise typer.Exit(2) from error
    finally:
        if warnings.showwarning is show:
            warnings.showwarning = shown


def reject_combination(context: typer.Context, option: str, *others: str, needs: str | None = None) -> None:
    """Raises ValueError for an option given together with others that it replaces, or without the one it needs."""

    def given(name):
        return context.get_parameter_source(name).name == "COMMANDLINE"

    for other in others:
        if given(other):
            raise ValueError(
                f"--{option} replaces {'-n' if other == 'n' else f'--{other}'}. Received: both. Leave one out."
            )
    if needs and given(option) and not given(needs):
        raise ValueError(f"--{option} is for --{needs}. Received: --{option} alone. Give both, or none.")
