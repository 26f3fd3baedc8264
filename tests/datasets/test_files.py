"""The files of a folder by kind, and what else lies there."""

import os
import sys

import pytest

from keras_musicgan.datasets import NoUsableDataError
from keras_musicgan.datasets.files import LISTED, files_below, others_below


def fill(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_files_are_found_by_their_endings_in_upper_or_lower_case(tmp_path):
    fill(tmp_path, "b.WAV", "a/c.caf", "a/d.mid", "e.txt", "no_ending", "folder.wav/f.Aifc", "._b.WAV")
    assert list(files_below(tmp_path, "audio")) == ["a/c.caf", "b.WAV", "folder.wav/f.Aifc"]
    assert files_below(tmp_path, "MIDI") == {"a/d.mid": tmp_path / "a" / "d.mid"}
    assert len(files_below(tmp_path, "audio", "MIDI")) == 4
    with pytest.raises(NotADirectoryError, match="nowhere"):
        files_below(tmp_path / "nowhere", "audio")


def test_a_folder_without_wanted_files_says_what_it_holds(tmp_path):
    with pytest.raises(NoUsableDataError, match=r"which holds none$"):
        files_below(tmp_path, "audio")
    fill(tmp_path, "letter.txt", *(f"{index}.m4a" for index in range(12)))
    with pytest.raises(NoUsableDataError, match=r"holds none \(\*\.m4a: 12 files: .*convert it to WAV or FLAC; letter"):
        files_below(tmp_path, "audio")
    assert files_below(tmp_path, "audio", required=False) == {}


def test_what_is_not_used_is_listed_by_name_or_by_ending(tmp_path):
    fill(tmp_path, "a.wav", "x/letter.txt", "tune.mid", "1.WMA", "README", *(f"y/{index}.PNG" for index in range(4)))
    fill(tmp_path, *(f"y/{index}.png" for index in range(4, 9)), *(f"{index}" for index in range(4)))
    remedy = "a format that is not read here; convert it to WAV or FLAC"
    assert others_below(tmp_path, "audio") == {
        "1.WMA": remedy,
        "*.png": "9 files: not audio",
        "without an ending": "5 files: not audio",
        "tune.mid": "not audio",
        "x/letter.txt": "not audio",
    }
    assert others_below(tmp_path, "MIDI")["a.wav"] == "not MIDI"
    fill(tmp_path, "score.musicxml")
    assert others_below(tmp_path, "MIDI")["score.musicxml"].endswith("export it as MIDI")


def test_what_systems_make_and_what_is_known_is_not_listed(tmp_path):
    fill(tmp_path, ".DS_Store", "a/Thumbs.db", "Desktop.ini", "._a.wav", ".git/config", "a/.hidden/notes.txt", "Icon\r")
    fill(tmp_path, "labels.csv", "cache/1.json", "cache/deep/2.f32")
    assert set(others_below(tmp_path, "audio")) == {"labels.csv", "cache/1.json", "cache/deep/2.f32"}
    assert not others_below(tmp_path, "audio", known=[tmp_path / "labels.csv", str(tmp_path / "cache")])


def test_the_list_has_an_end(tmp_path):
    fill(tmp_path, *(f"dump.{index}" for index in range(100)))
    others = others_below(tmp_path, "audio")
    assert len(others) == LISTED + 1 and others["other endings"] == "70 files: not audio"


@pytest.mark.skipif(sys.platform == "win32", reason="links and permissions")
def test_folders_that_are_not_searched_are_listed(tmp_path):
    fill(tmp_path / "elsewhere", "b.wav")
    fill(tmp_path / "music", "a.wav", "closed/c.wav")
    (tmp_path / "music" / "linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "music" / "file.wav").symlink_to(tmp_path / "elsewhere" / "b.wav")
    assert others_below(tmp_path / "music", "audio") == {"linked/": "a link to a folder, which is not followed"}
    assert list(files_below(tmp_path / "music", "audio")) == ["a.wav", "closed/c.wav", "file.wav"]
    if os.geteuid():  # root may open everything
        (tmp_path / "music" / "closed").chmod(0)
        assert others_below(tmp_path / "music", "audio")["closed/"] == "a folder that may not be opened"
        (tmp_path / "music" / "closed").chmod(0o755)
