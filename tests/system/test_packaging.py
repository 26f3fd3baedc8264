"""What is installed is what lies in the folders."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from keras_musicgan.pretrained import catalogue

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def modules_in_folders():
    package = {path.relative_to(ROOT).as_posix() for path in (ROOT / "keras_musicgan").rglob("*.py")}
    return package | {
        f"keras_musicgan/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "callbacks").glob("*.py")
    }


def test_every_package_is_listed():
    listed = set(PROJECT["tool"]["setuptools"]["packages"])
    folders = {str(Path(module).parent).replace("/", ".") for module in modules_in_folders()}
    assert folders == listed


@pytest.mark.slow
def test_wheel_holds_every_module(tmp_path):
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(tmp_path), str(ROOT)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-2000:]
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert {name for name in names if name.endswith(".py")} == modules_in_folders()
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert "keras_musicgan/py.typed" in names
    assert {f"keras_musicgan/page/static/{name}" for name in ("index.html", "model.js", "style.css")} <= names
    models = {f"keras_musicgan/pretrained/models/{path.name}" for path in catalogue.FOLDER.iterdir()}
    assert models and models <= names


def test_every_dependency_is_bounded():
    everything = [*PROJECT["project"]["dependencies"]]
    for extra in PROJECT["project"]["optional-dependencies"].values():
        everything += extra
    for requirement in everything:
        assert re.search(r">=.*,<", requirement), requirement


def test_import_has_no_side_effect_and_loads_nothing_heavy():
    script = """
import logging, os, sys
import keras
loaded, environment, handlers = set(sys.modules), dict(os.environ), list(logging.getLogger().handlers)
import keras_musicgan
new = {name.split(".")[0] for name in set(sys.modules) - loaded}
heavy = {"librosa", "matplotlib", "numba", "rich", "soundfile", "symusic", "tensorboardX", "typer"}
assert not new & heavy, new & heavy
assert dict(os.environ) == environment and logging.getLogger().handlers == handlers
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-1500:]


@pytest.mark.slow
def test_tensorflow_is_not_touched_under_another_backend(tmp_path):
    pytest.importorskip("jax")
    script = """
import os, sys
os.environ["KERAS_BACKEND"] = "jax"
sys.modules["tensorflow"] = None
import keras_musicgan as km
gan = km.MusicGAN.from_preset("lecture", generator={"units": [8]})
gan.compile()
logger = km.callbacks.SpectrogramLogger("logs", png_dir="png")
gan.fit(km.datasets.melodies(2, gan, batch_size=2), verbose=0, callbacks=[km.callbacks.ScalarLogger("logs"), logger])
"""
    command = [sys.executable, "-c", script]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert result.returncode == 0, result.stderr[-1500:]
