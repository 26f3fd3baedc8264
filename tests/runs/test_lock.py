import os
import subprocess
import sys

import pytest

from keras_musicgan.runs.lock import LOCK, BusyError, one_process

HOLDS = """
import sys, time
from pathlib import Path
from keras_musicgan.runs.lock import one_process
with one_process(Path(sys.argv[1])):
    print("in", flush=True)
    time.sleep(600)
"""


def test_a_folder_belongs_to_one_process_until_a_kill(tmp_path):
    folder = tmp_path / "new" / "run"
    process = subprocess.Popen([sys.executable, "-c", HOLDS, folder], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "in\n"
        with pytest.raises(BusyError, match=rf"{folder}, which is being trained by process {process.pid} since 20"):
            with one_process(folder):
                raise AssertionError
    finally:
        process.kill()
        process.communicate()
    with one_process(folder):
        (folder / "mine.txt").write_text("")
    assert {path.name for path in folder.iterdir()} == {"mine.txt", LOCK}


def test_the_lock_file_stays_the_same(tmp_path):
    """Otherwise one process could lock the file that another has opened and a third deleted."""
    with one_process(tmp_path):
        before = (tmp_path / LOCK).stat()
    with one_process(tmp_path):
        assert os.path.samestat((tmp_path / LOCK).stat(), before)


def test_a_failed_block_leaves_no_folder(tmp_path):
    with pytest.raises(KeyError), one_process(tmp_path / "new" / "run"):
        with pytest.raises(BusyError), one_process(tmp_path / "new" / "run"):
            pass
        raise KeyError
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError, match="which is a file"), one_process(tmp_path / "file"):
        pass
