"""`musicgan app`; not `app.py`, since `app` is the command line as a whole."""

import importlib.util
import webbrowser
from contextlib import suppress
from typing import Annotated, Any

import typer
from rich.console import Console

from keras_musicgan.cli.common import ModelArgument, report_errors, with_backend, with_console
from keras_musicgan.cli.page_options import ConditionOption, PitchesOption, TitleOption, TruncationOption
from keras_musicgan.cli.parsing import parse_condition_values, parse_range
from keras_musicgan.cli.startup import load_package

PORT = 4400  # as the 440 Hz of A4, and seldom another program's


@with_backend
@with_console
def app(
    console: Console,
    model: ModelArgument,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 for any that is free.")] = PORT,
    host: Annotated[
        str, typer.Option(help="Address at which it is reached; 0.0.0.0 for other machines too.")
    ] = "127.0.0.1",
    open_: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    sounds: Annotated[
        int | None,
        typer.Option(min=1, help="Number of sounds; 4, or 16 pads for a model without conditions."),
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Steps of the walk from each sound to the next; 16.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the first sounds.")] = None,
    truncation: TruncationOption = None,
    condition: ConditionOption = None,
    pitches: PitchesOption = None,
    title: TitleOption = None,
):
    """Serve a page that plays a model in a browser, with new sounds on demand.

    As `musicgan page`, which needs no server but has a few sounds alone; this one plays those of any seed, truncation
    and value of a condition, and opens and saves latents. Ctrl-C ends it.
    """
    from keras_musicgan.runs.folder import find_model
    from keras_musicgan.utils.console import print_plain
    from keras_musicgan.utils.ports import in_address, is_loopback, listen

    with report_errors():
        conditions: dict[str, Any] = parse_condition_values(condition or [])
        keys = None if pitches is None else parse_range("pitches", pitches)
        file = find_model(model)
        missing = [name for name in ("starlette", "uvicorn") if importlib.util.find_spec(name) is None]
        if missing:
            raise ImportError(
                f"`musicgan app` needs {' and '.join(missing)}. Received: an environment without. Run: pip install "
                '"keras_musicgan[app]"'
            )
        with listen(host, port) as listening:
            load_package(console)
            from keras_musicgan.page.server import application, serve
            from keras_musicgan.runs.models import load_model

            gan = load_model(file)
            with console.status("rendering sounds"):
                served = application(
                    gan,
                    title or model.resolve().stem,
                    host=host,
                    sounds=sounds,
                    steps=steps,
                    seed=seed,
                    truncation=truncation,
                    pitches=keys,
                    **conditions,
                )
            address = f"http://{in_address(host)}:{listening.getsockname()[1]}"
            print_plain(console, f"open {address} (Ctrl-C ends)")
            if not is_loopback(host):
                print_plain(console, "everyone in this network can play it, at the address of this machine")
            if open_:
                webbrowser.open(address)
            with suppress(KeyboardInterrupt):
                serve(served, listening)
