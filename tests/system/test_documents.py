"""What the README, the site and the notebooks tell people to run does run."""

import re
import subprocess
import sys

import pytest
import typer

from keras_musicgan import audio as audio_files
from keras_musicgan import datasets, midi
from keras_musicgan.cli import app
from keras_musicgan.music.notes import Notes
from keras_musicgan.presets import PRESETS
from tests.support.documents import PAGES, ROOT, WITH_STEPS, blocks, commands, make_small

README = (ROOT / "README.md").read_text()


def test_readme_quick_start_runs(tmp_path, monkeypatch):
    (code,) = blocks(README, "python")
    monkeypatch.chdir(tmp_path)
    names = {}
    small = make_small(code)
    assert "epochs=1," in small and "melodies(24" in small
    exec(small, names)
    assert names["audio"].shape[0] == 4
    assert (tmp_path / "tunes.keras").exists() and list((tmp_path / "out").rglob("*.wav"))
    assert len(list(tmp_path.glob("tune_*.mid"))) == 4


def test_readme_names_every_preset_and_shows_its_picture():
    for preset in PRESETS:
        assert f"`{preset}`" in README
    for target in re.findall(r"\]\((.*?)\)", README):
        assert (ROOT / target).is_file()
    assert len(README.splitlines()) <= 110, "the README fits on two screens; the rest is for the site"
    assert "pip install -e . && musicgan train" in README
    assert 'pip install -e ".[test]" && pytest' in README


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))], ids=lambda page: page.name
)
def test_pages_link_to_files_of_the_repository(page):
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / link).exists(), f"{page} links to {link}"


@pytest.mark.parametrize("page", WITH_STEPS)
def test_page_has_code_that_compiles_and_commands_with_known_options(page):
    """Quick: every page of the site that has something to run."""
    text = PAGES[page].read_text()
    for code in blocks(text, "python"):
        compile(code, page, "exec")
    known = typer.main.get_command(app).commands
    for name, *words in commands(text):
        assert name in known, f"musicgan {name}"
        options = {option for parameter in known[name].params for option in parameter.opts}
        assert {word.partition("=")[0] for word in words if re.match("--?[a-z]", word)} <= options


@pytest.mark.nightly
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


SMALLER = {  # what makes a notebook small, beside fewer epochs and clips
    "assignment": (),
    "drums_from_a_folder": (
        ('from_preset("drums")', 'from_preset("drums", generator={"width": 8}, discriminator={"width": 8})'),
    ),
    "instrument_from_your_samples": (
        ("Pitch(low, high)]", 'Pitch(low, high)], generator={"width": 8}, discriminator={"width": 8}'),
    ),
}


def run_notebook(name, folder):
    """Runs a notebook of the examples at a tiny size in a folder; what it showed, as a list of its outputs."""
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.read(ROOT / "examples" / f"{name}.ipynb", as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "the notebook is kept without outputs"
    source = "".join(cell.source for cell in notebook.cells)
    assert all(old in source for old, _ in SMALLER[name])
    for cell in notebook.cells:
        for old, new in SMALLER[name]:
            cell.source = cell.source.replace(old, new)
        cell.source = make_small(cell.source)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    # The size does not depend on the training: the pieces are as long, the pictures as large.
    assert len(nbformat.writes(notebook)) < 2_000_000
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def players(shown):
    return [output for output in shown if "<audio" in str(output.get("data", {}).get("text/html", ""))]


def pictures(shown):
    return [output for output in shown if "image/png" in output.get("data", {})]


@pytest.mark.slow
def test_assignment_notebook_runs_at_a_tiny_size(tmp_path):
    shown = run_notebook("assignment", tmp_path)
    assert len(players(shown)) == 3 and len(pictures(shown)) == 4, "a piece and the curves of each, and the comparison"
    plain = [str(output.get("data", {}).get("text/plain", "")) for output in shown]
    assert sum(text.startswith("epoch 1/1: discriminator_loss") for text in plain) == 3, "its progress"
    table = next(output["data"]["text/markdown"] for output in shown if "text/markdown" in output.get("data", {}))
    assert "| walkthrough | plain | custom | real |" in table
    assert "| optimization: loss | wasserstein | non_saturating | wasserstein |" in table
    wavs = {path.name for path in tmp_path.glob("*.wav")}
    assert {"walkthrough_generated_music.wav", "custom_generated_music.wav"} <= wavs


@pytest.mark.nightly
def test_drums_notebook_runs_at_a_tiny_size(tmp_path):
    shown = run_notebook("drums_from_a_folder", tmp_path)
    assert len(players(shown)) == 9 and len(pictures(shown)) == 1
    assert len(list(tmp_path.glob("drum_*.wav"))) == 8
    assert (tmp_path / "pads" / "index.html").is_file() and (tmp_path / "drums.keras").is_file()


@pytest.mark.nightly
def test_instrument_notebook_runs_at_a_tiny_size(tmp_path):
    shown = run_notebook("instrument_from_your_samples", tmp_path)
    assert len(players(shown)) == 2 and len(pictures(shown)) == 1
    assert audio_files.info(tmp_path / "song.wav")[1] == 16000
    assert (tmp_path / "instrument.sf2").read_bytes()[:4] == b"RIFF"
    assert (tmp_path / "keyboard" / "index.html").is_file() and (tmp_path / "best.keras").is_file()


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
