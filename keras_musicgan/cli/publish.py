"""`musicgan publish`."""

import importlib.metadata
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from keras_musicgan.cli.common import report_errors, with_backend, with_console
from keras_musicgan.cli.startup import load_package


@with_backend
@with_console
def publish(
    console: Console,
    model: Annotated[Path, typer.Argument(help="A run folder, a file of a model, or the name of one.")],
    name: Annotated[str, typer.Option(help="Name of the model, and of both files.")],
    licence: Annotated[str, typer.Option(help="Under which the model may be used.")],
    data: Annotated[str, typer.Option(help="What it was trained on, where that is found, its licence.")],
    summary: Annotated[str, typer.Option(help="One sentence on the model.")],
    trained_by: Annotated[str, typer.Option(help="The command that trained it.")],
    evaluation: Annotated[
        Path | None, typer.Option(help="JSON by `musicgan evaluate`, for the measures on the card.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for both files.")] = Path("."),
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace earlier files.")] = False,
):
    """Write a model as one small file to give away, and its card: half precision, without the discriminator."""
    from keras_musicgan.pretrained.card import published_files
    from keras_musicgan.runs.folder import find_model
    from keras_musicgan.utils.console import print_plain
    from keras_musicgan.utils.files import check_writable

    with report_errors():
        published_files(out, name, overwrite)
        check_writable(out / name)
        find_model(model)
        load_package(console)
        from keras_musicgan.runs.publish import publish as write

        written = write(
            model,
            out,
            name=name,
            summary=summary,
            licence=licence,
            data=data,
            command=trained_by,
            version=importlib.metadata.version("keras_musicgan"),
            evaluation=evaluation,
            overwrite=overwrite,
        )
        for path in written:
            print_plain(console, str(path))
