"""What native code writes to the standard error, such as the remarks of TensorFlow while it is imported."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

STDERR = 2  # its descriptor


@contextmanager
def held_back_errors() -> Iterator[None]:
    """Holds back what the block writes to the standard error, also from native code; it is shown if the block raises.

    Without a standard error, nothing is held back.
    """
    try:
        shown = os.dup(STDERR)
    except OSError:
        yield
        return
    failed = True
    with tempfile.TemporaryFile() as held, os.fdopen(shown, "wb") as shown_file:
        _flush()
        os.dup2(held.fileno(), STDERR)
        try:
            yield
            failed = False
        finally:
            _flush()
            os.dup2(shown, STDERR)
            if failed:
                held.seek(0)
                shutil.copyfileobj(held, shown_file)


def _flush():
    if sys.stderr is not None:
        sys.stderr.flush()
