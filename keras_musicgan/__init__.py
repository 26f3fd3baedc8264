"""Generative adversarial networks for music, trained with Keras `model.fit()`."""

import sys
from pathlib import Path

__version__ = "0.2.0"


def _program():
    """Name of the script that runs, or of the module after `-m`."""
    name, given = (sys.argv or [""])[0], sys.orig_argv
    return given[given.index("-m") + 1] if name == "-m" and "-m" in given[:-1] else Path(name).stem


# The command answers questions and mistakes at once: it imports Keras, and all this, only when it needs them.
if _program() not in ("musicgan", "keras_musicgan"):
    from keras_musicgan.api import *  # noqa: F403
    from keras_musicgan.api import __all__ as __all__
