"""`musicgan page`."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from keras_musicgan.cli.common import ModelArgument, report_errors, with_backend, with_console
from keras_musicgan.cli.page_options import ConditionOption, PitchesOption, TitleOption, TruncationOption
from keras_musicgan.cli.parsing import parse_condition_values, parse_range
from keras_musicgan.cli.startup import load_package


@with_backend
@with_console
def page(
    console: Console,
    model: ModelArgument,
    out: Annotated[Path, typer.Option(help="Folder for the page; open its index.html.")] = Path("page"),
    sounds: Annotated[
        int | None, typer.Option(min=1, help="Number of sounds; at most 4, or 16 pads for a model without conditions.")
    ] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, help="Steps of the walk from each sound to the next; at most 4.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the sounds.")] = None,
    truncation: TruncationOption = None,
    condition: ConditionOption = None,
    pitches: PitchesOption = None,
    megabytes: Annotated[float, typer.Option(help="Largest size of the page.")] = 20.0,
    title: TitleOption = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier page.")] = False,
):
    """Write a page that plays a model in a browser, without a server or a network.

    A model with a pitch condition has a piano keyboard, another one pads; for the computer keyboard, the mouse, touch
    and MIDI. Where not all sounds fit into the size, there are fewer.
    """
    from keras_musicgan.runs.folder import find_model
    from keras_musicgan.utils.console import print_plain
    from keras_musicgan.utils.files import check_new, check_writable

    with report_errors():
        conditions: dict[str, Any] = parse_condition_values(condition or [])
        keys = None if pitches is None else parse_range("pitches", pitches)
        check_new(out / "index.html", overwrite)
        check_writable(out)
        file = find_model(model)
        load_package(console)
        from keras_musicgan.page import write
        from keras_musicgan.runs.models import load_model

        gan = load_model(file)
        with console.status("rendering sounds"):
            written = write(
                gan,
                out,
                title or model.resolve().stem,
                sounds=sounds,
                steps=steps,
                seed=seed,
                truncation=truncation,
                pitches=keys,
                megabytes=megabytes,
                overwrite=overwrite,
                **conditions,
            )
        size = f"{written.n_clips:,} clips, {written.n_bytes / 1e6:.1f} MB"
        print_plain(console, size, str(written.path))
