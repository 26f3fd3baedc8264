"""The command `musicgan`, in this process."""

from typer.testing import CliRunner

from keras_musicgan.cli import app

SMALL = ["--set", "generator.units=[16,16]", "--set", "discriminator.units=[16]", "--set", "representation.length=16"]
TRAIN = ["train", "--preset", "lecture", *SMALL, "--set", "recipe.pieces=8"]
RUN = [*TRAIN, "--set", "data.held_out=0.3", "--transpose", 2, "--latent-dim", 64, "--optimizer", "rmsprop"]
SWEEP = ["sweep", "--preset", "lecture", "--epochs", "1", "--seeds", "1", "--set", "recipe.pieces=4"]
SWEEP += ["--set", "generator.units=[8]", "--set", "discriminator.units=[8]"]
SWEEP += ["--set", "representation.length=16", "--set", "representation.sample_rate=4000"]


def musicgan(*arguments):
    """Runs the command; returns exit status, output and errors."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr
