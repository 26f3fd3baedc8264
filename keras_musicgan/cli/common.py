"""Sample formats and error messages of all commands."""

import functools
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

import typer


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

    So are an exhausted memory and warnings of this package.
    """
    shown = warnings.showwarning

    def show(message, category, *place, **options):
        if category.__module__.startswith("keras_musicgan"):
            typer.echo(f"musicgan: {message}", err=True)
        else:
            shown(message, category, *place, **options)

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
