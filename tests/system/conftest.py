"""A run that the tests of the commands share."""

import pytest

from tests.support.command import RUN, musicgan
from tests.support.models import run_eagerly


@pytest.fixture
def eager(monkeypatch):
    """Lets every model run eagerly, also where a command compiles it: tracing takes longer than a few steps."""
    run_eagerly(monkeypatch)


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """The folder of a small run of two epochs on synthetic tunes, to be read only, and what the command printed."""
    folder = tmp_path_factory.mktemp("cli") / "run"
    with pytest.MonkeyPatch.context() as patch:
        run_eagerly(patch)
        status, output, errors = musicgan(*RUN, "--epochs", 2, "--out", folder)
    assert status == 0, errors
    return folder, output
