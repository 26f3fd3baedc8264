"""Sample formats and error messages of all commands."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

import typer


class Subtype(StrEnum):
    """Sample formats of WAV files."""

    pcm16 = "pcm16"
    float = "float"


@contextmanager
def report_errors() -> Iterator[None]:
    """Turns errors about the user's input into one line and exit status 2; other errors keep their traceback."""
    try:
        yield
    except (ValueError, TypeError, OSError, ImportError) as error:
        typer.echo(f"musicgan: {error}", err=True)
        raise typer.Exit(2) from error


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
