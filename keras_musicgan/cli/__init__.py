"""The command `musicgan`. Each command parses its options and calls the package; it computes nothing itself.

What needs Keras is imported when the options are known to be right, by `startup.load_package`: help and mistakes are
answered at once.
"""

import importlib.metadata
from typing import Annotated

import typer

from keras_musicgan.cli.app_command import app as app_command
from keras_musicgan.cli.common import expanding_home
from keras_musicgan.cli.compare import compare
from keras_musicgan.cli.demo import demo
from keras_musicgan.cli.evaluate import evaluate
from keras_musicgan.cli.export import export
from keras_musicgan.cli.generate import generate
from keras_musicgan.cli.models import models
from keras_musicgan.cli.pack import pack
from keras_musicgan.cli.page import page
from keras_musicgan.cli.play import play
from keras_musicgan.cli.presets import presets
from keras_musicgan.cli.publish import publish
from keras_musicgan.cli.report import report
from keras_musicgan.cli.sweep import sweep
from keras_musicgan.cli.train import train

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def print_version(asked: bool):
    """Prints the version and ends."""
    if asked:
        typer.echo(f"musicgan {importlib.metadata.version('keras_musicgan')}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version.")
    ] = False,
):
    """Train GANs on music, generate with them, play them, compare them."""


MAKING = (demo, train, generate, play, page, app_command, pack, export)
MEASURING = (evaluate, compare, report, sweep)
KNOWING = (presets, models, publish)
for panel, commands in {"Make music": MAKING, "Measure": MEASURING, "Presets and models": KNOWING}.items():
    for command in commands:
        app.command(rich_help_panel=panel)(expanding_home(command))
