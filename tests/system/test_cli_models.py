"""Models that are given away, by the command line."""

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
    assert musicgan("models")[0] == 0
    status, _, errors = musicgan("models", "nothing")
    assert status == 2 and "nothing" in errors
    status, _, errors = musicgan("generate", "nothing", "--out", tmp_path)
    assert status == 2 and "nothing" in errors
