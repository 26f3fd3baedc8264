"""`musicgan demo`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from keras_musicgan.cli.common import report_errors, with_backend, with_console
from keras_musicgan.cli.startup import load_package


@with_backend
@with_console
def demo(
    console: Console,
    out: Annotated[Path, typer.Option(help="Folder for the music.")] = Path("musicgan_demo"),
    seed: Annotated[int, typer.Option(min=0, help="Seed of the tune and of all sounds.")] = 0,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an earlier demo.")] = False,
):
    """Make music without any training: a tune, drums, and pages to play on."""
    from keras_musicgan.runs.demo_folder import check_demo_folder
    from keras_musicgan.utils.console import print_plain
    from keras_musicgan.utils.files import check_writable

    with report_errors():
        check_demo_folder(out, overwrite)
        check_writable(out)
        load_package(console)
        from keras_musicgan.runs.demo import demo as make

        with console.status("making music"):
            page, song, drums = make(out, seed, overwrite)
        print_plain(
            console,
            f"  listen:     {song}",
            f"  drums:      {drums}",
            f"  play:       open {page} in a browser",
            "  your music: musicgan play orchestra SONG.mid --drums drum-machine",
            "  your own:   musicgan train FOLDER_OF_SOUNDS",
        )
