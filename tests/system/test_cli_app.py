"""`musicgan app`: what it says, what it refuses, and how it ends."""

import importlib.util
import os
import re
import signal
import socket
import subprocess
import sys
import webbrowser
from pathlib import Path

import pytest

from keras_musicgan.conditions import Conditions, Label
from keras_musicgan.page import server
from keras_musicgan.runs import models
from keras_musicgan.utils.ports import listen
from tests.support.command import musicgan
from tests.support.served import answer
from tests.support.sine_instrument import SineInstrument


@pytest.fixture
def loaded(monkeypatch):
    """The model that `musicgan app` loads, whatever its name, and what it serves, which ends at once."""
    gan = SineInstrument(low=60, high=62, seconds=0.05)

    def serve(app, listening):
        served.append((app, listening.getsockname()))
        raise KeyboardInterrupt

    served = []
    monkeypatch.setattr(models, "load_model", lambda file: gan)
    monkeypatch.setattr(server, "serve", serve)
    return gan, served


def one_line(*arguments):
    status, output, errors = musicgan("app", *arguments)
    assert status == 2 and not output and errors.startswith("musicgan: ") and errors.count("\n") == 1, errors
    return errors


def test_it_says_where_to_open_it(loaded, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    status, output, errors = musicgan("app", "orchestra", "--port", 0, "--open", "--seed", 1, "--title", "Mine")
    ((_, (host, port)),) = loaded[1]
    assert status == 0 and not errors and output == f"open http://127.0.0.1:{port} (Ctrl-C ends)\n"
    assert host == "127.0.0.1" and opened == [f"http://127.0.0.1:{port}"]
    assert len(loaded[0].requests) == 3, "the first keyboard is rendered before"


def test_other_machines_are_an_option_that_is_named(loaded):
    status, output, _ = musicgan("app", "orchestra", "--port", 0, "--host", "0.0.0.0")
    ((_, (host, port)),) = loaded[1]
    assert status == 0 and host == "0.0.0.0" and output.startswith(f"open http://127.0.0.1:{port} (Ctrl-C ends)\n")
    assert "everyone in this network can play it" in output


def test_what_it_refuses(loaded):
    gan, served = loaded
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert f"--port {port}, which is in use. Name another, as --port {port + 1}" in one_line(
            "orchestra", "--port", port
        )
    for wrong, words in (
        (["--seed", "-1"], "`seed` must be an integer of at least 0"),
        (["--truncation", "0"], "`truncation` must be above 0"),
        (["--pitches", "C4:C9"], "from 60 to 62"),
        (["--condition", "size=1"], "a condition 'size', which it does not know"),
    ):
        assert words in one_line("orchestra", "--port", 0, *wrong)
    gan.conditions = Conditions([Label([f"n{index}" for index in range(10_000)], "speaker")])
    assert "at most 64 values of a condition. Received: 10,000 of `speaker`. Name some" in one_line(
        "orchestra", "--port", 0
    )
    assert not served
    assert musicgan("app", "orchestra", "--port", 0, "--condition", "speaker=n5,n7")[0] == 0


def test_a_file_that_is_no_model(tmp_path):
    (tmp_path / "song.keras").write_text("la la la")
    assert "which is none: File is not a zip file. Name another file" in one_line(tmp_path / "song.keras", "--port", 0)


def test_the_extra_is_named(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "uvicorn" else find(name))
    assert 'needs uvicorn. Received: an environment without. Run: pip install "keras_musicgan[app]"' in one_line(
        "orchestra"
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT for another process")
def test_ctrl_c_ends_it_silently():
    command = [sys.executable, "-m", "keras_musicgan", "app", "drum-machine", "--port", "0", "--sounds", "1"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        address = re.fullmatch(r"open (http://127\.0\.0\.1:\d+) \(Ctrl-C ends\)\n", process.stdout.readline())[1]
        assert answer(address)[0] == 200
        with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2]))):  # a browser keeps one open
            process.send_signal(signal.SIGINT)
            rest = process.communicate(timeout=30)
    assert (process.returncode, *rest) == (0, "", "")
