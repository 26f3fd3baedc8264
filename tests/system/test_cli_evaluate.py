import json

import numpy as np
import pytest

import keras_musicgan as km
from tests.support.command import musicgan

QUICK = ["--resamples", 20]


def test_a_run_is_measured_against_the_music_it_held_out(run, tmp_path):
    status, output, errors = musicgan("evaluate", run[0], "--out", tmp_path / "found", "-n", 32, *QUICK)
    assert status == 0, errors
    assert "held out as for the training of run" in output and "kernel distance (note-statistics)" in output
    found = json.loads((tmp_path / "found" / "run.json").read_text())
    assert set(found["counts"].values()) == {32}
    kernel = found["measures"]["kernel"]
    assert kernel["best"] < kernel["value"] and kernel["low"] <= kernel["value"] <= kernel["high"]
    assert (tmp_path / "found" / "run.png").stat().st_size > 10_000


def test_two_folders_are_compared_and_nothing_is_overwritten(tmp_path):
    for name, seed in (("real", 1), ("same", 2), ("noise", 3)):
        clips, _ = km.datasets.make_drums(40, seed=seed, sample_rate=8000, length=4000)
        if name == "noise":
            clips = np.random.default_rng(0).uniform(-0.5, 0.5, clips.shape)
        for index, clip in enumerate(clips):
            km.audio.write_wav(tmp_path / name / f"{index:02d}.wav", clip, 8000)
    (tmp_path / "real" / "broken.wav").write_bytes(b"no audio")
    command = ["evaluate", tmp_path / "same", tmp_path / "real", "--against", tmp_path / "noise", "--seconds", 0.5]
    command += [*QUICK, "--out", tmp_path / "found"]
    status, output, errors = musicgan(*command)
    assert status == 0, errors
    assert "of the real music, 1 file is not used" in output
    differences = json.loads((tmp_path / "found" / "differences.json").read_text())
    (kernel,) = [each for each in differences if each["title"].startswith("kernel")]
    assert kernel["better"] == "same" and kernel["high"] < 0
    assert sorted(path.name for path in (tmp_path / "found").glob("*.json")) == [
        "differences.json",
        "noise.json",
        "same.json",
    ]
    status, _, errors = musicgan(*command)
    assert status == 2 and "--overwrite" in errors
    assert musicgan(*command, "--overwrite")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere"),
        (["{empty}"], "audio files"),
        (["{run}", "--embedding", "vggish"], "Leave out these options"),
    ],
)
def test_what_cannot_be_measured_is_said_in_one_line(run, tmp_path, arguments, message):
    (tmp_path / "empty").mkdir()
    arguments = [each.format(run=run[0], empty=tmp_path / "empty") for each in arguments]
    status, _, errors = musicgan("evaluate", *arguments, "--out", tmp_path / "found")
    assert status == 2 and message in errors and len(errors.strip().splitlines()) == 1
    assert not (tmp_path / "found").exists()
