"""What files, disks and folders do to the commands: one line that says what to do."""

import errno
import json
import os
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from keras_musicgan.notes import Notes

from keras_musicgan import audio, midi
from keras_musicgan.cli.common import report_errors
from keras_musicgan.datasets import compose
from keras_musicgan.metrics import compare_notes
from keras_musicgan.runs.folder import DamagedFileWarning
from keras_musicgan.runs.lock import one_process
from keras_musicgan.utils.files import check_writable, replacing
from tests.support.command import TRAIN, musicgan


def one_line(status, output, errors):
    assert status == 2 and len(errors.strip().splitlines()) == 1 and "Traceback" not in errors, errors
    return errors


@pytest.fixture
def tune(tmp_path):
    midi.write(tmp_path / "music" / "tune.mid", compose(1, seed=5, bars=2)[0])
    return tmp_path / "music" / "tune.mid"


def test_a_folder_of_midi_and_audio_is_asked_about(tune, tmp_path):
    audio.write_wav(tune.with_name("stray.wav"), np.full(4000, 0.1), 8000)
    errors = one_line(*musicgan("train", tune.parent, "--out", tmp_path / "run"))
    assert "1 MIDI and 1 audio" in errors and "--preset" in errors and "sub-folder" in errors
    assert not (tmp_path / "run").exists()


def test_compare_renders_midi(tune, tmp_path):
    audio.write_wav(tmp_path / "tone.wav", 0.5 * np.sin(0.3 * np.arange(8000)), 8000)
    for other, rate in ((tune, 44_100), (tmp_path / "tone.wav", 8000)):
        out = tmp_path / f"{rate}.png"
        status, output, errors = musicgan("compare", tune, other, "--json", "--out", out)
        assert status == 0 and out.stat().st_size > 10_000, errors
        numbers = json.loads(output)
        assert numbers["a"]["duration"] >= midi.read(tune).seconds - 1 / rate
        assert ("notes" in numbers) == (other == tune)
        assert numbers["a"]["rms"] > 0.01 and (other != tune or numbers["correlation"] == pytest.approx(1))


def test_compare_measures_the_notes_of_two_midi_files(tune, tmp_path):
    other = compose(1, seed=6, bars=2)[0]
    midi.write(tmp_path / "other.mid", other)
    command = ["compare", tune, tmp_path / "other.mid", "--out", tmp_path / "figure.png"]
    status, output, errors = musicgan(*command, "--json")
    found = json.loads(output)["notes"]
    assert status == 0 and found == compare_notes(midi.read(tune), midi.read(tmp_path / "other.mid")), errors
    status, output, _ = musicgan(*command, "--overwrite")
    rows = {line.split("│")[1].strip(): line for line in output.splitlines() if line.startswith("│")}
    assert f"{found['b']['note_density']:.4g}" in rows["note density"] and "notes/s" in rows["note density"]
    assert f"{found['pitch_class_overlap']:.4g}" in rows["pitch class overlap"] and "correlation" in rows


def test_the_home_folder_is_known_in_every_option(tune, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    status, _, errors = musicgan("compare", "~/music/tune.mid", "~/music/tune.mid", "--out=~/new/figure.png")
    assert status == 0 and (tmp_path / "new" / "figure.png").is_file(), errors
    errors = one_line(*musicgan("compare", "~/music/tune.mid", "~/music/tune.mid", "--out=~/new/figure.png"))
    assert f"{tmp_path}/new/figure.png, which exists" in errors
    assert not (tmp_path / "~").exists() and len(midi.read("~/music/tune.mid"))
    errors = one_line(*musicgan("train", "--resume", "--out=~/music"))
    assert f"{tmp_path}/music, which holds none" in errors


def test_places_that_cannot_be_written_are_found_first(tmp_path):
    (tmp_path / "file").write_text("")
    place, song = tmp_path / "file" / "out", tmp_path / "song.mid"
    midi.write(song, Notes([0], [1], [60]))
    for command in (
        ("generate", "orchestra", "--out", place),
        ("play", "orchestra", song, "--out", place),
        ("export", "nowhere.keras", place),
        ("evaluate", "nowhere.keras", "--out", place),
        ("compare", "nowhere.wav", "nowhere.wav", "--out", place.with_suffix(".png")),
    ):
        errors = one_line(*musicgan(*command))
        assert f"{tmp_path / 'file'} is a file" in errors
    check_writable(tmp_path / "new" / "folder")
    assert not (tmp_path / "new").exists()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="/proc, where nothing can be made, is Linux's")
def test_places_where_nothing_can_be_made_are_named_with_the_remedy():
    for command in (("generate", "orchestra"), (*TRAIN, "--epochs", 1), ("sweep", "--try", "batch_size=8,16")):
        errors = one_line(*musicgan(*command, "--out", "/proc/new"))
        assert "/proc/new cannot be written" in errors and "Name another place" in errors


def test_a_folder_that_is_trained_in_is_left_alone(tmp_path):
    with one_process(tmp_path / "run"):
        errors = one_line(*musicgan(*TRAIN, "--epochs", 1, "--out", tmp_path / "run", "--overwrite"))
    assert f"is being trained by process {os.getpid()} since" in errors and not list(tmp_path.iterdir())


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "x"), OSError("Can't write data (errno = 28, message = '')")])
def test_a_full_disk_names_the_folder_and_leaves_nothing(error, tmp_path):
    with pytest.raises(OSError, match=f"disk is full.*{tmp_path}"), replacing(tmp_path / "a.txt") as temporary:
        temporary.write_text("half")
        raise error
    assert not list(tmp_path.iterdir())


def test_warnings_of_this_package_alone_are_shown(capsys):
    with report_errors(), warnings.catch_warnings(action="always"):
        warnings.warn("advice for who writes code", FutureWarning, stacklevel=1)
        warnings.warn("a file is damaged", DamagedFileWarning, stacklevel=1)
    assert capsys.readouterr().err == "musicgan: a file is damaged\n"


def test_used_up_memory_has_a_remedy(monkeypatch, tmp_path):
    def used_up(*arguments, **options):
        raise MemoryError("Unable to allocate 8 TiB")

    monkeypatch.setattr(sys.modules["keras_musicgan.runs.train"], "train", used_up)
    errors = one_line(*musicgan(*TRAIN, "--out", tmp_path / "run"))
    assert "8 TiB" in errors and "smaller batch" in errors
