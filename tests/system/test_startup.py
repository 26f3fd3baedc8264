"""The command as a process of its own: what it imports, and what it writes to the standard error."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from keras_musicgan.music import midi
from keras_musicgan.music.notes import Notes
from tests.support.command import RUN

HEAVY = {"keras", "tensorflow", "jax", "torch", "librosa", "sklearn", "matplotlib", "numba", "scipy", "tensorboard"}
HEAVY |= {"starlette", "uvicorn", "ray"}
LIGHT = (  # arguments, exit status, words of the answer
    ("--help", 0, "Usage"),
    ("-h", 0, "Usage"),
    ("--version", 0, "musicgan 0."),
    *((f"{name} --help", 0, "Usage") for name in ("train", "generate", "play", "evaluate", "compare", "export")),
    *((f"{name} --help", 0, "Usage") for name in ("presets", "report", "sweep", "app")),
    ("train --help", 0, "(float32|mixed_bfloat16|mixed_float16)"),
    ("presets", 0, "lecture"),
    ("presets nots", 2, "Did you mean 'notes'"),
    ("sing", 2, "No such command"),
    ("train --preset nots", 2, "Did you mean 'notes'"),
    ("train --loss hing", 2, "Did you mean 'hinge'"),
    ("train --penalty r3", 2, "penalty"),
    ("train --augment shif", 2, "Did you mean 'shift'"),
    ("train --trim onse", 2, "Did you mean 'onset'"),
    ("train --precision float16", 2, "mixed_float16"),
    ("train --learning-rate 0", 2, "above 0"),
    ("train --condition pitch=H4:C5", 2, "note name"),
    ("train --set generatr.width=2", 2, "Did you mean 'generator'"),
    ("train nowhere", 2, "nowhere"),
    ("train --from orchestr", 2, "Did you mean 'orchestra'"),
    ("train --from orchestra --preset notes", 2, "--preset beside --from"),
    ("train --from orchestra --condition pitch=60:72", 2, "NAME=VALUE"),
    ("train --resume --from orchestra", 2, "Received: --from"),
    ("train --resume --out nowhere", 2, "nowhere"),
    ("generate nowhere.keras", 2, "nowhere.keras"),
    ("generate orchestra --condition instrument=flut", 2, "Did you mean 'flute'"),
    ("generate drum-machine --condition pitch=60", 2, "must be one of 'kind'"),
    ("generate lecture --condition pitch=60", 2, "takes no conditions"),
    ("generate orchestra --condition pitch=500", 2, "from 48 to 83"),
    ("generate orchestra --condition pitch=60,C9", 2, "pitch='C9', which is 120"),
    ("pack orchestra out.sf2 --condition instrument=flute --condition speed=2", 2, "must be one of 'instrument'"),
    (f"generate {__file__}", 2, "which is none: File is not a zip file. Name another file"),
    (f"page {__file__}", 2, "which is none"),
    (f"pack {__file__} out.sf2", 2, "which is none"),
    (f"export {__file__} out.onnx", 2, "which is none"),
    (f"app {__file__}", 2, "which is none"),
    (f"evaluate {__file__}", 2, "which is none"),
    (f"train --from {__file__}", 2, "which is none"),
    ("app orchestr", 2, "Did you mean 'orchestra'"),
    ("app orchestra --host 192.0.2.1", 2, "an address of this machine"),
    ("app orchestra --pitches C3", 2, "LOW:HIGH"),
    ("pack drum-machine kit.sf2 --condition kid=kick", 2, "Did you mean 'kind'"),
    ("demo --out .", 2, "holds no demo"),
    ("generate nowhere.keras --condition pitch", 2, "NAME=VALUE"),
    ("play nowhere.keras nothing.mid", 2, "nothing.mid"),
    ("evaluate nowhere", 2, "nowhere"),
    ("compare nowhere.mid nothing.mid", 2, "nowhere.mid"),
    ("export nowhere.keras out", 2, "nowhere.keras"),
    ("report nowhere", 2, "nowhere"),
    ("page orchestra --out made", 2, "made/index.html, which exists. Replace it with --overwrite or name another"),
    ("pack orchestra made/kit.sf2", 2, "made/kit.sf2, which exists"),
    ("export orchestra made", 2, "made, which exists"),
    ("play orchestra made/song.mid --out made/song.mid", 2, "made/song.mid, which exists"),
    ("sweep", 2, "Give --try"),
    ("sweep --try latent_dim", 2, "NAME=VALUE"),
    ("sweep nowhere --try latent_dim=8,16", 2, "nowhere"),
    ("sweep --engine ray --per-run gpu=1", 2, "Did you mean 'gpus'"),
)
SCRIPT = """
import sys
sys.argv[0] = "musicgan"
try:
    from keras_musicgan.cli import app
    app()
finally:
    print("modules:", *{name.partition(".")[0] for name in sys.modules})
"""


def run_command(arguments, folder, script=SCRIPT):
    """Runs the command in its own process."""
    environment = {**os.environ, "COLUMNS": "200", "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, timeout=300)


@pytest.mark.parametrize(("arguments", "status", "words"), LIGHT)
def test_help_and_mistakes_import_nothing_heavy(arguments, status, words, tmp_path):
    midi.write(tmp_path / "made" / "song.mid", Notes([0], [1], [60]))
    for name in ("index.html", "kit.sf2"):
        (tmp_path / "made" / name).write_text("made before")
    done = run_command(arguments.split(), tmp_path)
    answer, _, modules = done.stdout.rpartition("modules:")
    assert done.returncode == status, done.stderr
    assert words in answer + done.stderr
    assert not HEAVY & set(modules.split())
    assert status == 0 or not answer.strip()
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.backend
def test_the_standard_error_of_a_run_is_empty(tmp_path):
    for arguments in (
        [*RUN, "--epochs", 1, "--out", "run"],
        ["generate", "run", "-n", 1, "--out", "music"],
        ["evaluate", "run", "-n", 8, "--resamples", 20, "--out", "measures"],
        ["report", "run"],
        ["presets", "lecture"],
    ):
        done = run_command(arguments, tmp_path)
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_advice_of_tensorflow_is_not_shown_but_errors_are(tmp_path):
    script = "import logging, sys; sys.argv[0] = 'musicgan'; "
    script += "from keras_musicgan.cli.startup import load_package; load_package(); "
    script += "log = logging.getLogger('tensorflow'); log.warning('much retracing'); log.error('no memory')"
    done = run_command([], tmp_path, script)
    assert done.returncode == 0 and "retracing" not in done.stderr and "no memory" in done.stderr


def test_the_package_is_whole_for_any_other_program(tmp_path):
    script = "import keras, keras_musicgan as km; km.MusicGAN; "
    script += "keras.saving.get_registered_object('keras_musicgan>Pitch').value"
    assert run_command([], tmp_path, script).returncode == 0


def test_python_m_is_the_command(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-X", "importtime", "-m", "keras_musicgan", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=60)
    assert done.stdout.startswith("musicgan 0.")
    assert not any(line.endswith("| keras") for line in done.stderr.splitlines())
