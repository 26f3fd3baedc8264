"""Verdicts on the logs of real runs, sound ones and ones with planted faults; `recorded_runs/README.md` says which."""

import re
from pathlib import Path

import pytest

import keras_musicgan as km
from keras_musicgan.runs.setup import TrainingSetup, read_setup

RECORDED = Path(__file__).parent / "recorded_runs"
VERDICTS = {}
LATER = ("data_", "noise_", "chance_", "target_", "conditional_")  # begin the columns that older runs do not have
FOLDERS = sorted(path for path in RECORDED.iterdir() if path.is_dir() and not path.name.startswith("_"))


def test_every_recording_has_its_verdict():
    assert {folder.name for folder in FOLDERS} == set(VERDICTS)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_sound_run_is_called_failed_and_no_failed_one_sound(folder):
    found = km.experiments.report(folder)
    assert found.verdict in VERDICTS[folder.name], found.text()
    assert all(re.search(r"\d", finding.evidence) for finding in found.findings)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_configuration_is_read(folder):
    assert read_setup(folder) != TrainingSetup()
