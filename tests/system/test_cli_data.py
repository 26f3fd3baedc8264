"""Folders whose files change, in an epoch and before a run is resumed, and folders whose files are all equal."""

import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan import audio, midi
from keras_musicgan.datasets import compose
from keras_musicgan.runs.folder import RunFolder
from tests.support.command import SMALL, musicgan

WAVEFORMS = ["--preset", "wavegan-small", "--set", "generator.width=2", "--set", "discriminator.width=2"]
WAVEFORMS += ["--set", "representation.length=1024", "--set", "representation.sample_rate=8000"]


@pytest.fixture
def sounds(tmp_path):
    """A folder of eight sounds of 3,000 samples."""
    rng = np.random.default_rng(0)
    for number in range(8):
        audio.write_wav(tmp_path / "kit" / f"{number}.wav", rng.uniform(-0.5, 0.5, 3000), 8000)
    return tmp_path / "kit"


def remove(path):
    path.unlink()


def damage(path):
    path.write_bytes(path.read_bytes()[:500])


@pytest.mark.parametrize("change", [remove, damage])
def test_a_file_that_changes_in_an_epoch_is_named_and_the_run_goes_on_without_it(
    change, sounds, tmp_path, eager, monkeypatch
):
    class Changing(km.callbacks.Checkpoints):
        """Changes a file once the first epoch is saved."""

        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            if epoch == 0:
                change(sounds / "3.wav")

    options = ["--set", "data.cache_limit=0", "--set", "data.clip=random", "--set", "data.held_out=0"]
    options += ["--batch-size", 4, "--epochs", 2, "--every", 9, "--out", tmp_path / "run"]
    with monkeypatch.context() as patch:
        patch.setattr(km.callbacks, "Checkpoints", Changing)
        status, _, errors = musicgan("train", sounds, *WAVEFORMS, *options)
    assert status == 2 and len(errors.strip().splitlines()) == 1 and str(sounds / "3.wav") in errors, errors
    assert RunFolder(tmp_path / "run").newest_checkpoint()[0] == 1
    status, output, errors = musicgan("train", "--resume", "--out", tmp_path / "run")
    assert status == 0 and RunFolder(tmp_path / "run").newest_checkpoint()[0] == 2, errors
    assert f"1 {'removed' if change is remove else 'changed'} (3.wav)" in output


def test_a_resumed_run_names_the_files_that_differ(tmp_path, eager):
    folder = tmp_path / "tunes"
    for number, tune in enumerate(compose(4, seed=5, bars=2)):
        midi.write(folder / f"{number}.mid", tune)
    command = ["train", folder, "--preset", "lecture", *SMALL, "--set", "representation.sample_rate=4000"]
    command += ["--set", "data.held_out=0", "--every", 9, "--out", tmp_path / "run"]
    assert musicgan(*command, "--epochs", 1)[0] == 0
    status, output, errors = musicgan("train", "--resume", "--out", tmp_path / "run", "--epochs", 2)
    assert status == 0 and "have changed" not in output, errors
    (folder / "0.mid").unlink()
    midi.write(folder / "1.mid", compose(1, seed=6, bars=4)[0])
    for number in range(4, 9):
        midi.write(folder / f"{number}.mid", compose(1, seed=number, bars=2)[0])
    status, output, errors = musicgan("train", "--resume", "--out", tmp_path / "run", "--epochs", 3)
    assert status == 0, errors
    (line,) = [line for line in output.splitlines() if "have changed" in line]
    assert "5 added (4.mid, 5.mid, 6.mid …); 1 removed (0.mid); 1 changed (1.mid)" in line


def write_equal_tunes(folder):
    tune = km.notes.Notes(np.arange(64), np.ones(64), np.full(64, 60))
    for number in range(40):
        midi.write(folder / f"{number:02d}.mid", tune)


def write_equal_sounds(folder):
    for number in range(40):
        audio.write_wav(folder / f"{number:02d}.wav", 0.5 * np.sin(0.3 * np.arange(4000)), 8000)


@pytest.mark.parametrize(
    ("write", "preset"), [(write_equal_tunes, ["--preset", "lecture", *SMALL]), (write_equal_sounds, WAVEFORMS)]
)
def test_equal_pieces_train_without_the_quality_measure_and_are_not_evaluated(write, preset, tmp_path, eager):
    write(tmp_path / "equal")
    train = ["train", tmp_path / "equal", *preset, "--set", "data.held_out=0.3", "--epochs", 1]
    status, _, errors = musicgan(*train, "--out", tmp_path / "run")
    assert status == 0 and len(errors.strip().splitlines()) == 1, errors
    assert "quality is not measured" in errors and "equal" in errors
    status, _, errors = musicgan("evaluate", tmp_path / "run", "--out", tmp_path / "found")
    assert status == 2 and len(errors.strip().splitlines()) == 1, errors
    assert "equal. Give music that differs" in errors and not (tmp_path / "found").exists()
