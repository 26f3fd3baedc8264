"""`python -m keras_musicgan.cli`, for where the command is not on the path."""

from keras_musicgan.cli import app

app()
