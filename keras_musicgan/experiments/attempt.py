"""One run of a sweep, which may fail."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_musicgan.runs.folder import RunFolder
from keras_musicgan.runs.train import DivergedError, train
from keras_musicgan.utils.console import print_plain

if TYPE_CHECKING:
    from rich.console import Console


def attempt(folder: Path, request: dict, title: str, console: "Console | None") -> dict[str, Any]:
    """Trains a run, or resumes it.

    Args:
        folder: Folder of the run.
        request: Dict by `TrainingRequest.config`.
        title: Line to print before.
        console: Where to print it and the progress, or `None` for nowhere.

    Returns:
        Dict of its `outcome`, which is `"done"`, `"diverged"` or `"failed"`, the `seconds` it took, and unless it is
        done its `error` in words.
    """
    from rich.console import Console

    console = console or Console(quiet=True)
    print_plain(console, f"\n{title}")
    run = RunFolder(folder)
    result = {"outcome": "done"}
    began = time.monotonic()
    try:
        train(run, request, console, resume=run.config_file.exists())
    except DivergedError as error:
        result = {"outcome": "diverged", "error": str(error)}
    except Exception as error:  # a backend may raise any, above all out of memory; the other runs may still succeed
        result = {"outcome": "failed", "error": f"{type(error).__name__}: {error}"}
    return {**result, "seconds": time.monotonic() - began}
