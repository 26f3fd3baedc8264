"""What a run keeps of its request."""

import keras
import numpy as np
import pytest
from rich.console import Console

from keras_musicgan.runs.folder import RunFolder
from keras_musicgan.runs.models import load_model
from keras_musicgan.runs.parsing import parse_settings
from keras_musicgan.runs.request import TrainingRequest
from keras_musicgan.runs.train import new_model, open_data, train
from tests.support.audio_files import write
from tests.support.tensorboard_log import logged

SMALL = {
    "generator": {"units": [8]},
    "discriminator": {"units": [8]},
    "representation": {"length": 16, "sample_rate": 8000},
    "recipe": {"pieces": 2, "batch_size": 8},
}


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_the_precision_of_a_run_is_kept(precision, tmp_path):
    request = TrainingRequest("lecture", epochs=1, precision=precision, settings=SMALL).config()
    run, console = RunFolder(tmp_path / "run"), Console(quiet=True)
    train(run, request, console)
    assert run.read_config()["precision"] == precision
    assert keras.config.dtype_policy().name == "float32", "of the run alone"
    train(run, {**run.read_config(), "epochs": 2}, console, resume=True)
    done, checkpoint = run.newest_checkpoint()
    model = load_model(checkpoint)
    assert done == 2
    half = precision.removeprefix("mixed_")
    assert model.generator.layers[-1].compute_dtype == model.discriminator.layers[-1].compute_dtype == half


def test_precisions_that_do_not_train_are_refused():
    with pytest.raises(ValueError, match="'mixed_bfloat16', 'mixed_float16'.*Received: precision='bfloat16'"):
        TrainingRequest("lecture", precision="bfloat16").check()


def test_the_log_shows_what_the_run_is_and_every_sampled_clip(tmp_path):
    request = TrainingRequest("lecture", epochs=1, learning_rate=0.003, settings=SMALL).config()
    run = RunFolder(tmp_path / "run")
    train(run, request, Console(quiet=True))
    texts = logged(run.logs / "scalars")
    shown = {
        tag.partition("/")[0]: texts.Tensors(tag)[0].tensor_proto.string_val[0].decode()
        for tag in texts.Tags()["tensors"]
    }
    assert set(shown) == {"request", "data", "recipe"}
    assert "| `overrides.generator.units` | [8] |" in shown["request"]
    assert "| `source` | synthetic music |" in shown["data"]
    assert "| `generator_optimizer.config.learning_rate` | 0.003 |" in shown["recipe"]
    assert "| `loss` | wasserstein |" in shown["recipe"]
    clips = {clip.name.removesuffix(".wav") for clip in run.samples.rglob("sample_*.wav")}
    assert len(clips) == len(logged(run.logs / "samples").Tags()["audio"]) == 4


@pytest.mark.parametrize(
    ("n_files", "options", "n_held_out"),
    [(30, [], 8), (79, [], 8), (30, ["data.held_out=0.1"], 3), (29, [], 3), (90, [], 9)],
)
def test_of_thirty_sounds_as_many_are_held_out_as_measures_need(n_files, options, n_held_out, tmp_path):
    for index in range(n_files):
        write(tmp_path / f"{index}.wav", np.full(100, 0.5))
    small = [f"{part}.width=2" for part in ("generator", "discriminator")]
    settings = parse_settings([*small, "representation.length=512", *options])
    request = TrainingRequest("wavegan-small", data=tmp_path, settings=settings).config()
    model = new_model(request)
    data, kept = open_data(model, request)
    assert (data.n_clips, data.held_out.n_clips) == (n_files - n_held_out, n_held_out)
    for resume in (False, True):
        again, same = open_data(model, kept, resume)
        assert again.held_out.files == data.held_out.files and same == kept, "a resumed run has the same"
    n_before = open_data(model, request, resume=True)[0].held_out.n_clips
    assert n_before == round(n_files / 10), "a run that kept no share goes on with a tenth"
