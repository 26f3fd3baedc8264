"""Models that are given away, by the command line."""

import json

import numpy as np

import keras_musicgan as km
from keras_musicgan.runs.folder import RunFolder
from keras_musicgan.runs.models import load_model
from tests.support.command import musicgan


def test_publish_writes_a_file_that_every_command_takes(run, tmp_path):
    folder, _ = run
    evaluation = tmp_path / "measures"
    assert musicgan("evaluate", folder, "-n", 8, "--resamples", 20, "--out", evaluation)[0] == 0
    facts = ["--name", "mine", "--licence", "CC0", "--data", "tunes", "--summary", "Short tunes."]
    facts += ["--trained-by", "musicgan train", "--evaluation", next(evaluation.glob("*.json")), "--out", tmp_path]
    status, output, _ = musicgan("publish", folder, *facts)
    assert status == 0 and output.split() == [str(tmp_path / "mine.musicgan"), str(tmp_path / "mine.md")]
    assert "CC0" in (tmp_path / "mine.md").read_text() and "| higher |" in (tmp_path / "mine.md").read_text()
    assert musicgan("generate", tmp_path / "mine.musicgan", "-n", 1, "--out", tmp_path / "music")[0] == 0
    status, _, errors = musicgan("publish", folder, *facts)
    assert status == 2 and "--overwrite" in errors


def test_models_lists_and_names_what_there_is(tmp_path):
    status, output, _ = musicgan("models")
    assert status == 0
    orchestra = output.partition("orchestra: ")[2].partition("tunes: ")[0]
    for words in ("instrument, pitch", "gm_notes", "140 epochs", "recall 98%, coverage 100%", "MIT, 3.9 MB"):
        assert words in orchestra
    status, _, errors = musicgan("models", "nothing")
    assert status == 2 and "nothing" in errors
    status, _, errors = musicgan("generate", "nothing", "--out", tmp_path)
    assert status == 2 and "nothing" in errors


def test_train_from_goes_on_with_a_run_on_other_tunes(eager, run, tmp_path):
    folder, out = run[0], tmp_path / "further"
    tunes = tmp_path / "tunes"
    for index, tune in enumerate(km.datasets.compose(4, seed=5, bars=8)):
        km.midi.write(tunes / f"{index}.mid", tune)
    options = ["--epochs", 1, "--batch-size", 2, "--out", out]
    status, output, errors = musicgan("train", tunes, "--from", folder, "--learning-rate", 1e-9, *options)
    assert status == 0, errors
    assert f"{folder} is trained further" in output
    config = json.loads((out / "config.json").read_text())
    model = RunFolder(folder).best_model()
    assert (config["from_model"], config["preset"], config["data"]) == (str(model), "lecture", str(tunes))
    start, further = load_model(model), load_model(out)
    assert further.latent_dim == 64 and further.optimizer.iterations > 0
    for network, other in ((start.averaged_generator, further.generator), (start.discriminator, further.discriminator)):
        for weight, expected in zip(network.get_weights(), other.get_weights(), strict=True):
            np.testing.assert_allclose(weight, expected, atol=1e-6)
    status, _, errors = musicgan("train", "--resume", "--out", out, "--from", folder)
    assert status == 2 and "Received: --from" in errors
    status, output, errors = musicgan("train", "--resume", "--out", out, "--epochs", 2)
    assert status == 0, errors
    assert RunFolder(out).newest_checkpoint()[0] == 2
