"""What the README and the notebook tell people to run does run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from keras_musicgan.presets import PRESETS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def test_readme_quick_start_runs(tmp_path, monkeypatch):
    code, subclass = re.findall(r"```python\n(.*?)```", README, flags=re.S)
    assert "epochs=30" in code
    monkeypatch.chdir(tmp_path)
    names = {}
    assert "melodies(256" in code
    exec(code.replace("epochs=30", "epochs=1").replace("melodies(256", "melodies(16"), names)
    exec(subclass, names)
    assert issubclass(names["TwoGeneratorSteps"], names["km"].MusicGAN)
    assert names["audio"].shape[0] == 4
    assert (tmp_path / "tunes.keras").exists() and list((tmp_path / "out").rglob("*.wav"))


def test_readme_names_every_preset_and_shows_its_picture():
    for preset in PRESETS:
        assert f"`{preset}`" in README
    for picture in re.findall(r"!\[.*?\]\((.*?)\)", README):
        assert (ROOT / picture).is_file()
    assert "pip install -e . && musicgan train" in README
    assert 'pip install -e ".[test]" && pytest' in README


@pytest.mark.slow
def test_drums_example_runs_at_a_tiny_size(tmp_path):
    import keras_musicgan as km

    drums, _ = km.datasets.make_drums(12, 1, 16000, 8192)
    for number, drum in enumerate(drums):
        km.audio.write_wav(tmp_path / "kit" / f"{number}.wav", drum, 16000)
    (tmp_path / "kit" / "broken.wav").write_bytes(b"RIFF")
    command = [sys.executable, str(ROOT / "examples" / "drums_from_a_folder.py")]
    command += [str(tmp_path / "kit"), "--epochs", "2", "--width", "2", "--out", str(tmp_path / "out")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-2000:]
    assert "left out broken.wav" in result.stdout and "generated: nearest drum" in result.stdout
    assert len(list((tmp_path / "out").glob("drum_*.wav"))) == 16
    path, rate = km.audio.read(tmp_path / "out" / "from_one_to_another.wav")
    assert path.shape == (9 * 8192, 1) and rate == 16000


@pytest.mark.slow
def test_assignment_notebook_runs_at_a_tiny_size(tmp_path):
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.read(ROOT / "examples" / "assignment.ipynb", as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "the notebook is kept without outputs"
    for cell in notebook.cells:
        cell.source = re.sub(r"epochs=\d+", "epochs=1", re.sub(r"melodies\(\d+", "melodies(8", cell.source))
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    players = [output for output in shown if "<audio" in str(output.get("data", {}).get("text/html", ""))]
    pictures = [output for output in shown if "image/png" in output.get("data", {})]
    assert len(players) >= 2 and len(pictures) >= 1
    wavs = {path.name for path in tmp_path.glob("*.wav")}
    assert {"walkthrough_generated_music.wav", "custom_generated_music.wav"} <= wavs
