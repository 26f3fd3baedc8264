"""Importing Keras and the package for a command: late, and without the remarks of the frameworks."""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import logging
import os
import sys
from enum import StrEnum

from rich.console import Console

from keras_musicgan.utils.native_output import held_back_errors

EXTRAS = {"jax": "keras_musicgan[jax]", "torch": "keras_musicgan[torch]", "tensorflow": "tensorflow"}


class Backend(StrEnum):
    """Keras's backends."""

    tensorflow = "tensorflow"
    jax = "jax"
    torch = "torch"


def choose_backend(backend: Backend | None) -> None:
    """Sets the backend with which Keras will be imported; `None` leaves the choice to Keras.

    Raises:
        ValueError: If Keras runs already, with another one.
        ImportError: If the backend is not installed.
    """
    if backend is None:
        return
    if "keras" in sys.modules:
        running = sys.modules["keras"].backend.backend()
        if running != backend.value:
            raise ValueError(
                f"Keras keeps the backend with which it was imported. Received: --backend {backend.value} where it is "
                f"{running}. Start another process."
            )
    elif importlib.util.find_spec(backend.value) is None:
        raise ImportError(
            f"--backend {backend.value} needs a package that is not installed. Run: pip install "
            f"'{EXTRAS[backend.value]}'"
        )
    else:
        os.environ["KERAS_BACKEND"] = backend.value


class _QuietTensorFlow(importlib.abc.MetaPathFinder):
    """Imports TensorFlow without its remarks, whenever Keras asks for it, which it does under every backend."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname != "tensorflow":
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_quietly(module):
                with held_back_errors():
                    execute(module)

            spec.loader.exec_module = execute_quietly
        return spec


def load_package(console: Console | None = None) -> None:
    """Imports Keras and everything of the package that registers with it.

    What a framework writes while it is imported is shown only if that fails. Later, TensorFlow's native code shows only
    what ends the program; other errors of it are exceptions anyway.

    Args:
        console: Where to say that Keras is being started, if it is a terminal.
    """
    if "keras_musicgan.api" in sys.modules:
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.meta_path.insert(0, _QuietTensorFlow())
    with (console or Console(quiet=True)).status("starting Keras"), held_back_errors():
        importlib.import_module("keras_musicgan.api")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it advises against new sizes of batches
