import json
import zipfile

import pytest

from keras_musicgan.runs.data_files import describe_changes, list_files, read_list, write_list
from keras_musicgan.runs.folder import REQUEST, DamagedFileWarning, RunError, RunFolder
from keras_musicgan.runs.models import load_model
from keras_musicgan.utils.epoch_files import saved_epochs
from tests.support.models import small_gan


@pytest.fixture
def run(tmp_path):
    """A run of two epochs with its best model."""
    run = RunFolder(tmp_path / "run")
    run.write_config(dict.fromkeys(REQUEST))
    run.checkpoints.mkdir()
    gan = small_gan()
    for path in (run.best, run.checkpoints / "epoch_0001.keras", run.checkpoints / "epoch_0002.keras"):
        gan.save(path)
    return run


def test_damaged_models_are_passed_over(run):
    newest = run.checkpoints / "epoch_0002.keras"
    whole = newest.read_bytes()
    with zipfile.ZipFile(newest) as archive:
        inside = archive.getinfo("model.weights.h5").header_offset + 200
    flipped = whole[:inside] + bytes([whole[inside] ^ 255]) + whole[inside + 1 :]
    for damaged in (b"", whole[: len(whole) // 2], flipped):
        newest.write_bytes(damaged)
        with pytest.warns(DamagedFileWarning, match=r"epoch_0002\.keras"):
            assert run.newest_checkpoint() == (1, run.checkpoints / "epoch_0001.keras")
    run.best.write_bytes(b"")
    with pytest.warns(DamagedFileWarning, match=r"best\.keras"):
        load_model(run.path)
    (run.checkpoints / "epoch_0001.keras").write_bytes(b"")
    with pytest.warns(DamagedFileWarning), pytest.raises(RunError, match="all are damaged.*--overwrite"):
        run.newest_checkpoint()


def test_a_run_without_a_whole_epoch_blocks_nothing(run):
    with pytest.raises(RunError, match="holds a run"):
        run.check_available()
    for _, path in saved_epochs(run.checkpoints):
        path.unlink()
    with pytest.raises(RunError, match="holds a run"):  # of which only the best model was kept
        run.check_available()
    run.history.write_text("epoch,loss\n0,nan\n")
    (run.samples / "epoch_0001").mkdir(parents=True)
    run.check_available()
    run.history.write_text("epoch,loss\n0,1.0\n1,1.0\n")
    with pytest.raises(RunError, match="holds a run"):
        run.check_available()


def test_a_damaged_config_names_the_model_that_is_left(run):
    for damaged in (b"", b'{"preset": ', b"\xff\xfe"):
        run.config_file.write_bytes(damaged)
        with pytest.raises(RunError, match=r"config\.json.*best\.keras can still be used"):
            run.read_config()


def test_files_that_were_added_removed_or_changed_are_named(tmp_path):
    for number in range(6):
        (tmp_path / f"{number}.wav").write_text("sound")
    before = list_files(tmp_path, "audio")
    write_list(tmp_path / "data.json", before)
    assert read_list(tmp_path / "data.json") == before and describe_changes(before, before) == []
    (tmp_path / "0.wav").unlink()
    (tmp_path / "1.wav").write_text("other sound")
    for number in range(7, 11):
        (tmp_path / f"{number:02d}.wav").write_text("sound")
    assert describe_changes(before, list_files(tmp_path, "audio")) == [
        "4 added (07.wav, 08.wav, 09.wav …)",
        "1 removed (0.wav)",
        "1 changed (1.wav)",
    ]
    (tmp_path / "gone.wav").symlink_to(tmp_path / "nowhere.wav")
    assert "gone.wav" not in list_files(tmp_path, "audio")
    for damaged in (json.dumps(before)[:-5], "[1, 2]", ""):
        (tmp_path / "data.json").write_text(damaged)
        assert read_list(tmp_path / "data.json") is None
