import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from keras_musicgan import audio
from keras_musicgan.datasets import make_drums
from keras_musicgan.runs.folder import RunFolder
from keras_musicgan.runs.models import load_model
from tests.support.command import RUN, TRAIN, musicgan


def test_train_leaves_a_whole_run_and_says_what_to_type(run):
    folder, output = run
    config = json.loads((folder / "config.json").read_text())
    assert (config["preset"], config["epochs"], config["overrides"]["latent_dim"]) == ("lecture", 2, 64)
    assert config["compile"]["generator_optimizer"]["class_name"] == "rmsprop"
    assert config["found"]["clips"] > 50
    checkpoints = sorted(path.name for path in (folder / "checkpoints").iterdir())
    assert checkpoints == ["best.keras", "epoch_0001.keras", "epoch_0002.keras"]
    assert len((folder / "history.csv").read_text().splitlines()) == 3
    for epoch in ("epoch_0001", "epoch_0002"):
        names = {path.name for path in (folder / "samples" / epoch).iterdir()}
        assert {"sample_01.wav", "sample_01.mid", "spectrograms.png", "latents.npz"} <= names
    assert list((folder / "logs").rglob("events.out.tfevents*"))
    assert "left" in output and f"musicgan generate {folder}" in output
    assert str(folder / "samples" / "epoch_0002" / "sample_01.wav") in output


def test_generate_is_reproducible_and_overwrites_nothing(run, tmp_path):
    folder, _ = run
    arguments = ["generate", folder, "-n", 3, "--seed", 1, "--out", tmp_path / "a"]
    status, output, _ = musicgan(*arguments)
    assert status == 0
    names = [f"sample_{number:02d}{ending}" for number in (1, 2, 3) for ending in (".wav", ".mid")]
    assert output.split() == [str(tmp_path / "a" / name) for name in names]
    status, _, errors = musicgan(*arguments)
    assert status == 2 and "--overwrite" in errors
    assert musicgan(*arguments, "--overwrite")[0] == 0
    model = folder / "checkpoints" / "best.keras"
    musicgan("generate", model, "-n", 3, "--seed", 1, "--out", tmp_path / "b", "--subtype", "float")
    first, second = (audio.read(tmp_path / name / "sample_02.wav")[0] for name in "ab")
    np.testing.assert_allclose(first, second, atol=1e-4)


@pytest.fixture(scope="module")
def sounds(tmp_path_factory):
    """A small run on a folder of sounds, one of them broken."""
    folder = tmp_path_factory.mktemp("sounds")
    drums, _ = make_drums(6, 1, 8000, 1024)
    for number, drum in enumerate(drums):
        audio.write_wav(folder / "kit" / f"{number}.wav", drum, 8000)
    (folder / "kit" / "broken.wav").write_text("no sound")
    small = ["--set", "generator.width=2", "--set", "discriminator.width=2", "--set", "representation.length=1024"]
    options = ["--augment", "shift", "--gradient-norms", "--set", "data.clip=random", "--set", "data.normalize=peak"]
    options += ["--preset", "wavegan-small", "--epochs", 1]
    status, output, errors = musicgan("train", folder / "kit", *small, *options, "--out", folder / "run")
    assert status == 0, errors
    return folder, output


def test_train_chooses_a_preset_and_conditions_for_a_folder_of_drums(tmp_path):
    drums, labels = make_drums(12, 1, 8000, 4096)
    for number, (drum, kind) in enumerate(zip(drums, labels["drum"], strict=True)):
        audio.write_wav(tmp_path / "kit" / f"{kind}_{number}.wav", drum, 8000)
    small = ["--set", "generator.width=2", "--set", "discriminator.width=2", "--epochs", 1, "--out", tmp_path / "run"]
    status, output, errors = musicgan("train", tmp_path / "kit", "--labels", "{kind}_*", *small)
    assert status == 0, errors
    assert "12 of 12 sounds are struck" in output and "preset drums" in output
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert config["preset"] == "drums" and config["overrides"]["conditions"][0][1]["name"] == "kind"
    assert config["found"]["usual_epochs"] == config["recipe"]["steps"]  # one batch an epoch
    assert (
        musicgan("generate", tmp_path / "run", "-n", 2, "--condition", "kind=kick", "--out", tmp_path / "out")[0] == 0
    )


def test_train_takes_a_folder_of_sounds_and_reports_what_it_left_out(sounds):
    folder, output = sounds
    config = json.loads((folder / "run" / "config.json").read_text())
    assert config["preset"] == "wavegan-small" and config["compile"]["augmentations"] == ["shift"]
    assert config["dataset"] == {"clip": "random", "normalize": "peak"}
    assert list(config["found"]["skipped"]) == ["broken.wav"] and "1 file is not used" in output
    header, _ = (folder / "run" / "history.csv").read_text().splitlines()
    for key in ("real_score", "rms", "silence_rate", "generator_gradient_norm", "output_diversity"):
        assert key in header.split(",")
    assert ".mid" not in output and "sample_01.wav" in output


def test_generate_goes_along_a_path_and_takes_latents_back(sounds, tmp_path):
    folder, _ = sounds
    path = ["generate", folder / "run", "-n", 3, "--seed", 1, "--truncation", 0.5, "--interpolate", 4]
    status, output, _ = musicgan(*path, "--out", tmp_path / "path")
    assert status == 0 and len(output.split()) == 9
    latents = np.load(tmp_path / "path" / "latents.npz")["latents"]
    assert latents.shape == (9, 100) and np.abs(latents[::4]).max() <= 0.5
    again = ["generate", folder / "run", "--latents", tmp_path / "path" / "latents.npz", "--out", tmp_path / "again"]
    assert musicgan(*again)[0] == 0
    first, second = (audio.read(tmp_path / name / "sample_05.wav")[0] for name in ("path", "again"))
    np.testing.assert_array_equal(first, second)
    for wrong, message in (
        ((*path[:2], "-n", 1, "--interpolate", 4), "at least two latents"),
        ((*path[:2], "--truncation", 0), "truncation"),
        ((*path[:2], "--method", "linear"), "--method is for --interpolate"),
        (
            (*path[:2], "--latents", tmp_path / "path" / "latents.npz", "--seed", 1),
            "--latents replaces --seed",
        ),
        ((*path[:2], "--latents", folder / "kit" / "broken.wav"), "under the name `latents`"),
    ):
        status, _, errors = musicgan(*wrong, "--out", tmp_path / "wrong")
        assert status == 2 and message in errors and not (tmp_path / "wrong").exists()


def test_export_writes_what_the_backend_can_and_names_what_it_cannot(sounds, tmp_path):
    folder, _ = sounds
    assert musicgan("export", folder / "run", tmp_path / "drums")[0] == 0
    assert (tmp_path / "drums" / "saved_model.pb").is_file()
    status, _, errors = musicgan("export", folder / "run", tmp_path / "drums")
    assert status == 2 and "overwrite" in errors
    status, _, errors = musicgan("export", folder / "run", tmp_path / "drums.pt2", "--format", "torch")
    assert status == 2 and "KERAS_BACKEND" in errors


def test_options_that_the_data_does_not_have_are_named(sounds, tmp_path):
    folder, _ = sounds
    status, _, errors = musicgan("train", folder / "kit", "--transpose", 2, "--out", tmp_path / "run")
    assert status == 2 and "data option" in errors and "'normalize'" in errors
    status, _, errors = musicgan("train", folder / "kit", "--preset", "pianoroll", "--out", tmp_path / "run")
    assert status == 2 and "must hold MIDI files" in errors
    waveforms = ["--preset", "wavegan-small", "--set", "representation.length=1000"]
    status, _, errors = musicgan("train", folder / "kit", *waveforms, "--out", tmp_path / "run")
    assert status == 2 and "The nearest are 992 and 1024" in errors
    assert not (tmp_path / "run").exists()


def test_compare_prints_a_table_and_json(run, tmp_path):
    folder, _ = run
    a, b = (folder / "samples" / f"epoch_000{epoch}" / "sample_01.wav" for epoch in (1, 2))
    status, output, _ = musicgan("compare", a, b, "--out", tmp_path / "c.png")
    assert status == 0 and "spectral centroid" in output and (tmp_path / "c.png").stat().st_size > 10_000
    status, _, errors = musicgan("compare", a, b, "--out", tmp_path / "c.png")
    assert status == 2 and "which exists" in errors
    status, output, _ = musicgan("compare", a, a, "--out", tmp_path / "d.png", "--json")
    numbers = json.loads(output)
    assert numbers["correlation"] == pytest.approx(1.0) and numbers["a"] == numbers["b"]
    status, _, errors = musicgan("compare", a, folder / "config.json", "--out", tmp_path / "e.png")
    assert status == 2 and "libsndfile" in errors and not (tmp_path / "e.png").exists()


def test_presets_are_listed():
    status, output, _ = musicgan("presets")
    assert status == 0 and "lecture" in output and "pianoroll" in output


def test_a_run_is_neither_lost_nor_mixed_and_resumed_equals_never_stopped(run, eager, tmp_path):
    whole, _ = run
    out = tmp_path / "run"
    assert musicgan(*RUN, "--epochs", 1, "--out", out)[0] == 0
    (out / "mine.txt").write_text("keep")
    status, _, errors = musicgan(*RUN, "--epochs", 1, "--out", out)
    assert status == 2 and "--resume" in errors and "--overwrite" in errors
    status, output, _ = musicgan("train", "--resume", "--out", out)
    assert status == 0 and "nothing left to do" in output
    status, output, _ = musicgan("train", "--resume", "--out", out, "--epochs", 2)
    assert status == 0 and "epoch 2/2" in output and "epoch 1/2" not in output
    assert (out / "history.csv").read_text() == (whole / "history.csv").read_text()
    assert len((out / "history.csv").read_text().splitlines()) == 3
    models = (load_model(RunFolder(each).newest_checkpoint()[1]) for each in (whole, out))
    for a, b in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_array_equal(a, b)
    assert musicgan(*RUN, "--epochs", 1, "--out", out, "--overwrite")[0] == 0
    assert {path.name for path in (out / "checkpoints").iterdir()} == {"best.keras", "epoch_0001.keras"}
    assert (out / "mine.txt").read_text() == "keep"


def test_without_a_folder_generate_takes_the_next_free_one(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("generated", "generated_2", "generated_3"):
        status, output, _ = musicgan("generate", run[0], "-n", 1)
        assert status == 0 and output.split() == [f"{name}/sample_01.wav", f"{name}/sample_01.mid"]
    assert musicgan("generate", run[0], "-n", 1, "--overwrite")[0] == 0
    assert len(list(tmp_path.iterdir())) == 3


def test_what_is_not_a_runs_is_never_deleted(run, tmp_path):
    out = tmp_path / "mine"
    (out / "samples").mkdir(parents=True)
    (out / "samples" / "mine.mid").write_text("keep")
    status, _, errors = musicgan(*TRAIN, "--epochs", 1, "--out", out, "--overwrite")
    assert status == 2 and "no run" in errors and (out / "samples" / "mine.mid").exists()
    (tmp_path / "wavs").mkdir()
    (tmp_path / "wavs" / "sample_01.wav").write_text("keep")
    status, _, errors = musicgan("generate", run[0], "--out", tmp_path / "wavs")
    assert status == 2 and (tmp_path / "wavs" / "sample_01.wav").read_text() == "keep"


def test_a_run_goes_on_as_it_began(run):
    folder, _ = run
    before = (folder / "config.json").read_text()
    for option in (["--overwrite"], ["--learning-rate", "0.1"], ["--preset", "lecture"]):
        status, _, errors = musicgan("train", "--resume", "--out", folder, *option)
        assert status == 2 and option[0] in errors
    assert (folder / "config.json").read_text() == before


def test_nan_stops_the_run_and_no_model_is_kept(eager, tmp_path):
    status, _, errors = musicgan(*TRAIN, "--epochs", 3, "--out", tmp_path / "nan", "--learning-rate", 1e38)
    assert status == 2 and "--learning-rate" in errors and "finite" in errors
    assert not list((tmp_path / "nan" / "checkpoints").glob("*"))


def test_folder_of_midi(eager, midi_files, tmp_path):
    status, output, _ = musicgan(*TRAIN, midi_files, "--epochs", 1, "--out", tmp_path / "run", "--batch-size", 4)
    assert status == 0 and "5 files are not used" in output
    assert set(json.loads((tmp_path / "run" / "config.json").read_text())["found"]["skipped"]) >= {"empty.mid"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--preset", "pianorol"], "Did you mean 'pianoroll'"),
        (["--latent-dim", 0], "latent_dim"),
        (["--batch-size", 0], "batch_size"),
        (["--loss", "wasserstei"], "Did you mean 'wasserstein'"),
        (["--set", "units=3"], "PART.NAME=VALUE"),
        (["--set", "generators.units=3"], "Did you mean 'generator'"),
        (["--penalty", "r1=high"], "NAME=WEIGHT"),
        (["--set", "generator.unit=3"], "unit"),
        (["--optimizer", "adm"], "adm"),
        (["nowhere"], "nowhere"),
    ],
)
def test_wrong_options_are_named_and_leave_no_run(arguments, message, tmp_path):
    status, _, errors = musicgan(*TRAIN, "--out", tmp_path / "run", *arguments)
    assert status == 2 and message in errors
    assert not (tmp_path / "run").exists(), "a failed start must not block the next one"


def test_wrong_models_and_folders_are_named(tmp_path):
    (tmp_path / "text.keras").write_text("no model")
    (tmp_path / "empty").mkdir()
    for path, message in {"text.keras": "which is none", "none": "must be a .keras", "empty": "checkpoint"}.items():
        status, _, errors = musicgan("generate", tmp_path / path, "--out", tmp_path / "out")
        assert status == 2 and message in errors and path in errors
    status, _, errors = musicgan("train", "--resume", "--out", tmp_path / "empty")
    assert status == 2 and "config.json" in errors
    (tmp_path / "file").write_text("")
    status, _, errors = musicgan(*TRAIN, "--out", tmp_path / "file" / "run")
    assert status == 2 and "file" in errors
    status, _, errors = musicgan(*TRAIN, "--out", tmp_path / "file")
    assert status == 2 and "which is a file" in errors


@pytest.mark.slow
def test_interrupt_keeps_the_last_epoch_and_resumes(tmp_path):
    out = tmp_path / "run"
    command = [sys.executable, "-m", "keras_musicgan", *map(str, TRAIN), "--epochs", "500", "--out", str(out)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    deadline = time.monotonic() + 120
    while not list((out / "checkpoints").glob("epoch_*")) and time.monotonic() < deadline:
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    try:
        output, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130 and "--resume" in output
    assert not [path for path in out.rglob("*") if ".part" in path.name]
    done = max(int(path.stem[-4:]) for path in (out / "checkpoints").iterdir())
    status, output, _ = musicgan("train", "--resume", "--out", out, "--epochs", done + 1)
    assert status == 0 and f"epoch {done + 1}/{done + 1}" in output


def test_a_collapsed_run_can_stop_and_says_why(sounds, eager, tmp_path):
    folder, _ = sounds
    small = ["--set", "generator.width=2", "--set", "discriminator.width=2", "--set", "representation.length=1024"]
    frozen = ["--set", "generator_optimizer.learning_rate=1e-30", "--set", "model.ema_momentum=null"]
    options = [*small, *frozen, "--preset", "wavegan-small", "--every", 1, "--epochs", 9, "--out", tmp_path / "run"]
    # With a latent of one number and no learning, all outputs are one sound at two polarities or levels.
    status, output, errors = musicgan("train", folder / "kit", *options, "--latent-dim", 1, "--stop-on-collapse")
    assert status == 0, errors
    assert "stopped after epoch 3" in output and "mode collapse" in output
    assert len(list((tmp_path / "run" / "samples").iterdir())) == 3


def test_the_seed_decides_the_first_weights(tmp_path):
    first = []
    for seed in (1, 2):
        out = tmp_path / str(seed)
        still = ["--optimizer", "sgd", "--learning-rate", 1e-30, "--epochs", 1]
        assert musicgan(*TRAIN, *still, "--seed", seed, "--out", out)[0] == 0
        first.append(load_model(out).generator.get_weights()[0])
    assert np.abs(first[0] - first[1]).max() > 0.01
