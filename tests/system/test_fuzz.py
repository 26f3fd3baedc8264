"""A minute of damaged files of every kind; `python -m benchmarks.fuzz --minutes 30` reads more of them."""

import sys

import pytest

from tests.system import fuzzing
from tests.system.fuzzing import TARGETS, fuzz, outcome_of

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGALRM ends what hangs")
SECONDS = {"audio": 10, "MIDI": 10, "table": 5, "model": 20, "run": 15}


@pytest.mark.nightly
@pytest.mark.parametrize("kind", TARGETS)
def test_damaged_files_are_read_or_refused_by_name(kind, tmp_path):
    outcome = fuzz(kind, SECONDS[kind], seed=0, folder=tmp_path, least=10)
    assert not outcome.faults, "\n".join(outcome.faults)
    assert outcome.counts["refused"] and outcome.counts["read"]


@pytest.mark.parametrize(("signal", "what"), [("ALRM", "hang"), ("SEGV", "crash"), ("KILL", "crash")])
def test_a_process_that_dies_is_a_fault_and_the_next_goes_on(signal, what, tmp_path, monkeypatch):
    (tmp_path / "audio").mkdir()
    (tmp_path / "audio" / "present.wav").write_bytes(b"damaged")
    interpreter = tmp_path / "interpreter"
    interpreter.write_text(
        f'#!/bin/sh\necho \'{{"what": "refused", "error": "x"}}\'\n[ $5 -ge 2 ] || kill -{signal} $$\nexec sleep 60\n'
    )
    interpreter.chmod(0o755)
    monkeypatch.setattr(fuzzing.sys, "executable", str(interpreter))
    outcome = fuzz("audio", 0, seed=7, folder=tmp_path, least=3)
    assert outcome.counts == {"refused": 2, what: 1}
    assert len(outcome.faults) == 1 and outcome.faults[0].startswith(f"{what}: {tmp_path / 'audio-7-1.wav'}")
    assert (tmp_path / "audio-7-1.wav").read_bytes() == b"damaged"


def test_outcomes(tmp_path):
    path = tmp_path / "present.wav"
    errors = (
        (ValueError(f"Received: {path}"), "refused"),
        (ValueError("no name"), "unclear error"),
        (IndexError(f"{path}"), "unclear error"),
        (MemoryError(), "memory"),
    )
    for error, what in errors:

        def read(path, error=error):
            raise error

        assert outcome_of(read, path)[0] == what
    assert outcome_of(len, path.name) == ("read", "")
