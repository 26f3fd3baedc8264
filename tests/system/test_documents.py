"""What the README and the notebook tell people to run does run."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from keras_musicgan import audio as audio_files
from keras_musicgan import datasets, midi
from keras_musicgan.music.notes import Notes
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
    assert path.shape == (9 * 12_288, 1) and rate == 22_050


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
    assert len(players) == 3 and len(pictures) == 4, "a piece and the curves of each model, and the comparison"
    plain = [str(output.get("data", {}).get("text/plain", "")) for output in shown]
    assert sum(text.startswith("epoch 1/1: discriminator_loss") for text in plain) == 3, "its progress"
    table = next(output["data"]["text/markdown"] for output in shown if "text/markdown" in output.get("data", {}))
    assert "| walkthrough | plain | custom | real |" in table
    assert "| optimization: loss | wasserstein | non_saturating | wasserstein |" in table
    questions = notebook.cells[-1].source
    assert all(f"**{each}**" in questions for each in ("Architecture", "Optimization", "Stability", "Evaluation"))
    # The size does not depend on the training: the pieces are as long, the pictures as large.
    assert len(nbformat.writes(notebook)) < 2_000_000
    wavs = {path.name for path in tmp_path.glob("*.wav")}
    assert {"walkthrough_generated_music.wav", "custom_generated_music.wav"} <= wavs


@pytest.mark.slow
def test_the_example_plays_a_tune_at_a_tiny_size(tmp_path):
    clips, labels = datasets.make_notes(20, 1, 16000, 16384, 1, 60, 71)
    names = "C Cs D Ds E F Fs G Gs A As B".split()
    for number, (clip, pitch) in enumerate(zip(clips, labels["pitch"], strict=True)):
        audio_files.write_wav(tmp_path / "notes" / f"made_{names[pitch - 60]}4_{number}.wav", clip, 16000)
    audio_files.write_wav(tmp_path / "notes" / "made_C2_low.wav", clips[0], 16000)
    midi.write(tmp_path / "song.mid", Notes([0, 1, 2], [1, 1, 1], [60, 64, 80], tempo=120.0))
    example = ROOT / "examples" / "play_a_tune.py"
    command = [sys.executable, str(example), str(tmp_path / "notes"), "--tune", str(tmp_path / "song.mid")]
    command += ["--high", "B4", "--epochs", "1", "--width", "8", "--out", str(tmp_path / "out")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-2000:]
    assert "18 notes to learn from, 1 left out" in result.stdout and "made_C2_low.wav" in result.stdout
    assert "1 of 3 notes moved by octaves" in result.stderr and "3 notes played" in result.stdout
    for name in ("tune.wav", "tune_wandering.wav"):
        frames, rate, channels = audio_files.info(tmp_path / "out" / name)
        assert (frames, rate, channels) == (round(1.8 * rate), 16000, 2)
    assert audio_files.info(tmp_path / "out" / "scale.wav")[0] == 7 * 16384
    assert audio_files.info(tmp_path / "out" / "timbres.wav")[0] == 8 * 16384
