import os
import subprocess
import sys
import zipfile

import pytest

from keras_musicgan.datasets.decoding.disk_cache import DiskCache
from keras_musicgan.runs.folder import REQUEST, RunFolder
from keras_musicgan.utils import files
from keras_musicgan.utils.files import target_of


@pytest.mark.parametrize("durable", [False, True])
def test_a_file_is_whole_or_as_it_was(durable, tmp_path):
    target = tmp_path / "folder" / "a.b.txt"
    with files.replacing(target, durable) as temporary:
        temporary.write_text("first")
        assert not target.exists() and temporary.suffix == ".txt"
        assert files.target_of(temporary) == "a.b.txt"
    with pytest.raises(KeyError), files.replacing(target, durable) as temporary:
        temporary.write_text("half")
        raise KeyError
    assert target.read_text() == "first"
    assert [path.name for path in target.parent.iterdir()] == ["a.b.txt"]


def test_a_folder_is_whole_or_as_it_was(tmp_path):
    target = tmp_path / "epoch_0001"
    for text in ("first", "second"):
        with files.replacing_folder(target) as temporary:
            temporary.mkdir()
            (temporary / f"{text}.txt").write_text(text)
            assert files.target_of(temporary) == "epoch_0001"
    with pytest.raises(KeyError), files.replacing_folder(target) as temporary:
        temporary.mkdir()
        raise KeyError
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.txt")] == ["epoch_0001/second.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["epoch_0001"]


def test_names_of_others_are_not_temporary():
    for name in (
        "epoch_0001.keras",
        ".hidden",
        ".part",
        ".a.part",
        ".a.x.part.txt",
        "a.12.part.txt",
        ".a.12.part.txt~",
    ):
        assert files.target_of(name) is None and not files.is_orphan(name)


def ended_process():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_cache_loses_only_what_a_dead_process_left(tmp_path):
    dead, entry = ended_process(), "0123456789abcdef" * 2
    left = [f".{entry}.{dead}.part.f32", f".{entry}.{dead}.part.json"]
    kept = [f".{entry}.{os.getpid()}.part.f32", f".mine.{dead}.part.f32", f"{entry}.f32", f".{entry}.{dead}.part.txt"]
    for name in (*left, *kept):
        (tmp_path / name).write_text("")
    DiskCache(tmp_path, 1, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)


@pytest.fixture
def run(tmp_path):
    """A run of two epochs with what a kill in the third left, and files that are somebody else's, `mine*`."""
    run = RunFolder(tmp_path / "run")
    run.write_config(dict.fromkeys(REQUEST))
    for name in (
        "checkpoints/epoch_0001.keras",
        "checkpoints/epoch_0002.keras",
        "checkpoints/best.keras",
        "checkpoints/.epoch_0003.77.part.keras",
        "checkpoints/.best.77.part.keras",
        "checkpoints/.mine.77.part.keras",
        "samples/epoch_0002/sample_01.wav",
        "samples/epoch_0003/sample_01.wav",
        "samples/.epoch_0003.77.part/sample_01.wav",
        "samples/.epoch_0003.77.old/sample_01.wav",
        "samples/epoch_mine/sample_01.wav",
        "history.csv",
        ".history.77.part.csv",
        ".config.77.part.json",
        "logs/scalars/events.out.tfevents.1.a",
        "logs/mine",
    ):
        path = run.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if target_of(path) is None and path.suffix == ".keras":
            whole_archive(path)
        else:
            path.write_text("")
    return run


def whole_archive(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model.weights.h5", "numbers")


def names(run):
    return sorted(path.relative_to(run.path).as_posix() for path in run.path.rglob("*") if path.is_file())


MINE = ["checkpoints/.mine.77.part.keras", "logs/mine", "samples/epoch_mine/sample_01.wav"]


def test_a_run_returns_to_its_checkpoint(run):
    assert run.newest_checkpoint() == (2, run.checkpoints / "epoch_0002.keras")
    run.return_to(2)
    saved = [f"checkpoints/{name}.keras" for name in ("best", "epoch_0001", "epoch_0002")]
    rest = ["config.json", "history.csv", "logs/scalars/events.out.tfevents.1.a", "samples/epoch_0002/sample_01.wav"]
    assert names(run) == sorted([*saved, *rest, *MINE])


def test_a_cleared_run_leaves_what_is_not_its_own(run):
    run.clear()
    assert names(run) == MINE
    run = RunFolder(run.path.parent / "other")
    run.write_config(dict.fromkeys(REQUEST))
    (run.checkpoints / "epoch_0001").mkdir(parents=True)
    (run.checkpoints / "epoch_0001").rmdir()
    run.clear()
    assert not list(run.path.iterdir())
    run.check_available()


def test_a_file_in_the_place_of_a_folder_is_called_one(tmp_path):
    (tmp_path / "kick.wav").write_bytes(b"")
    with pytest.raises(NotADirectoryError, match="a file. Name its folder"):
        files.check_folder(tmp_path / "kick.wav", "audio")
    with pytest.raises(NotADirectoryError, match="must exist"):
        files.check_folder(tmp_path / "nothing", "audio")
