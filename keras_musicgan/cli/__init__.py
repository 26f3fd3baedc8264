"""The command `musicgan`. Each command parses its options and calls the package; it computes nothing itself."""

import typer

from keras_musicgan.cli.common import expanding_home
from keras_musicgan.cli.compare import compare
from keras_musicgan.cli.evaluate import evaluate
from keras_musicgan.cli.export import export
from keras_musicgan.cli.generate import generate
from keras_musicgan.cli.pack import pack
from keras_musicgan.cli.play import play
from keras_musicgan.cli.presets import presets
from keras_musicgan.cli.report import report
from keras_musicgan.cli.sweep import sweep
from keras_musicgan.cli.train import train

app = typer.Typer(
    help="Train GANs on music, generate with them, play them, compare them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (train, generate, play, pack, evaluate, compare, export, presets, report, sweep):
    app.command()(expanding_home(command))
