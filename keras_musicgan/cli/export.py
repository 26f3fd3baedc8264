"""`musicgan export`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from keras_musicgan.cli.common import ModelArgument, report_errors, with_backend, with_console
from keras_musicgan.cli.startup import load_package

FORMATS = {".onnx": "onnx", ".tflite": "litert", ".pt2": "torch"}  # by the ending


@with_backend
@with_console
def export(
    console: Console,
    model: ModelArgument,
    out: Annotated[Path, typer.Argument(help="File or folder to write.")],
    format: Annotated[
        str | None,
        typer.Option(help="tf_saved_model, onnx, litert or torch; by default by the ending (.onnx, .tflite, .pt2)."),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier export.")] = False,
):
    """Write a generator of audio as one file that runs without this package."""
    from keras_musicgan.runs.folder import find_model
    from keras_musicgan.utils.console import print_plain
    from keras_musicgan.utils.files import check_new, check_writable

    with report_errors():
        check_new(out, overwrite)
        check_writable(out)
        file = find_model(model)
        load_package(console)
        from keras_musicgan.runs.models import load_model

        with console.status("exporting"):
            try:
                load_model(file).export(out, format or FORMATS.get(out.suffix, "tf_saved_model"), overwrite)
            except RuntimeError as error:
                raise ValueError(str(error)) from error
        print_plain(console, str(out))
