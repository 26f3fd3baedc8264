import importlib.metadata
import pickle
import subprocess
import sys

import pytest

from keras_musicgan.runs.engines.ray_worker import make_worker

VERSION = importlib.metadata.version("keras_musicgan")
CALL = pickle.dumps((divmod, (7, 2)))


@pytest.fixture
def holder(tmp_path):
    path = tmp_path / "holder.json"
    path.write_text("process 7")
    return path


def test_a_worker_with_all_it_needs_calls_the_function(holder, tmp_path):
    assert make_worker()(CALL, VERSION, str(holder), "process 7", [str(tmp_path)]) == ((3, 1),)


def test_a_worker_says_what_it_lacks(holder, tmp_path, monkeypatch):
    work = make_worker()
    found = work(CALL, "9.9", str(holder), "process 7", [])
    assert "needs keras_musicgan 9.9. Received: " in found and f"with {VERSION}. " in found
    assert found.endswith("-m pip install keras_musicgan==9.9")
    found = work(CALL, VERSION, str(holder), "process 8", [])
    assert f"does not see this {tmp_path}. " in found, "a folder of the same path, on another disk"
    assert f"this {tmp_path / 'gone'}. " in work(CALL, VERSION, str(tmp_path / "gone" / "holder.json"), "", [])
    assert f"this {tmp_path / 'data'}. " in work(CALL, VERSION, str(holder), "process 7", [str(tmp_path / "data")])
    absent = b"cabsent_package\nfunction\n."  # a pickled reference
    assert "No module named 'absent_package'" in work(absent, VERSION, str(holder), "process 7", [])

    def not_found(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", not_found)
    assert "with none. Run there: " in work(CALL, VERSION, str(holder), "process 7", [])


def test_the_function_runs_where_the_package_is_missing():
    cloudpickle = pytest.importorskip("ray.cloudpickle", reason="Ray is not installed")
    script = "import pickle, sys; sys.modules['keras_musicgan'] = None; "
    script += "print(pickle.load(sys.stdin.buffer)(b'', '9.9', '', '', []))"
    sent = cloudpickle.dumps(make_worker())
    done = subprocess.run([sys.executable, "-c", script], input=sent, capture_output=True, check=True)
    assert b"needs keras_musicgan 9.9" in done.stdout
