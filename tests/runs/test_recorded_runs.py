"""Verdicts on the logs of real runs, sound ones and ones with planted faults; `recorded_runs/README.md` says which."""

import re
from pathlib import Path

import pytest

import keras_musicgan as km
from keras_musicgan.runs.setup import TrainingSetup, read_setup
from keras_musicgan.runs.stability import HEALTHY

RECORDED = Path(__file__).parent / "recorded_runs"
VERDICTS = {  # the leading verdicts that are right; a fault may show in several ways
    "first_run": {"balanced"},  # `musicgan train` alone
    "lecture_default": {"still improving"},
    "lecture_plain_default": {"past its best"},  # pitches close in on one held note after the tenth epoch
    "pianoroll_default": {"balanced"},
    "drums_default": {"balanced", "still improving"},
    "sounds_default": {"still improving"},
    "notes_default": {"still improving"},
    "instruments_default": {"still improving"},
    "notes_of_few_clips": {"out of tune"},
    "notes_too_few_epochs": {"out of tune"},
    "drums_as_waveforms": {"collapsed"},
    "notes_latents_ignored": {"collapsed"},
    "notes_conditions_ignored": {"out of tune"},
    "notes_pitches_shuffled": {"labels unheard"},
    "instruments_conditions_ignored": {"labels ignored"},
    "instruments_shuffled": {"labels unheard"},
    "tunes_latents_ignored": {"collapsed"},
    "lecture_generator_rate": {"collapsed"},
    "lecture_discriminator_rate": {"diverged", "far from real"},
    "lecture_discriminator_steps": {"balanced"},  # nearer to real music than by default, though told apart
    "gm_notes_default": {"balanced"},
    "drum_machines_default": {"balanced", "still improving", "past its best"},
    "tunes_generator_rate": {"collapsed"},
    "tunes_discriminator_rate": {"collapsed"},
    "sounds_generator_rate": {"collapsed"},
    "sounds_discriminator_rate": {"diverged"},
    "notes_generator_rate": {"collapsed"},
    "notes_discriminator_rate": {"diverged"},
    "notes_discriminator_steps": {"discriminator won"},
}
FOLDERS = sorted(path for path in RECORDED.iterdir() if path.is_dir() and not path.name.startswith("_"))


def test_every_recording_has_its_verdict():
    assert {folder.name for folder in FOLDERS} == set(VERDICTS)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_no_sound_run_is_called_failed_and_no_failed_one_sound(folder):
    found = km.experiments.report(folder)
    assert found.verdict in VERDICTS[folder.name], found.text()
    assert found.healthy == (found.verdict in HEALTHY)
    assert re.search(r"\d", found.findings[0].evidence)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_configuration_is_read(folder):
    assert read_setup(folder) != TrainingSetup()
