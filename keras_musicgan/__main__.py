"""`python -m keras_musicgan`, for where the command `musicgan` is not on the path."""

from keras_musicgan.cli import app

app()
