"""The kind of sounds in a folder, of sounds whose kind is known."""

import numpy as np
import pytest

from keras_musicgan.datasets import make_drums, make_notes
from keras_musicgan.datasets.survey.audio import survey_audio
from tests.support.audio_files import write

RATE = 16_000


def speech(rng, seconds=0.6):
    """A voice whose pitch glides and whose loudest part comes late."""
    time = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * np.cumsum(rng.uniform(90, 130) * 2 ** (rng.uniform(0.4, 0.8) * time / seconds)) / RATE
    return np.hanning(len(time)) * np.sin(phase) * (1 + 0.5 * np.sin(3 * phase))


@pytest.fixture(scope="module")
def kinds():
    rng = np.random.default_rng(0)
    return {
        "drums": [each[:, 0] for each in make_drums(20, sample_rate=RATE, seed=1)[0]],
        "notes": [each[:, 0] for each in make_notes(20, sample_rate=RATE, seed=1)[0]],
        "sounds": [speech(rng) for _ in range(20)],
    }


@pytest.mark.parametrize("kind", ["drums", "notes", "sounds"])
def test_the_kind_is_heard(kind, kinds, tmp_path):
    for index, sound in enumerate(kinds[kind]):
        before = np.zeros(1000 * (index % 3))
        write(tmp_path / f"{index}.wav", np.concatenate([before, 0.1 * sound]), RATE)
    found = survey_audio(tmp_path)
    assert (found.kind, found.sample_rate, found.n_files) == (kind, RATE, 20)


def test_a_mixture_is_sounds_and_its_rate_the_most_frequent(kinds, tmp_path):
    for kind, sounds in kinds.items():
        for index, sound in enumerate(sounds[:10]):
            write(tmp_path / f"{kind}_{index}.wav", sound, 8000 if kind == "drums" else RATE)
    found = survey_audio(tmp_path)
    assert (found.kind, found.sample_rate) == ("sounds", RATE)


def test_of_equally_frequent_rates_the_highest_counts(kinds, tmp_path):
    for index, sound in enumerate(kinds["drums"][:4]):
        write(tmp_path / f"{index}.wav", sound, (RATE, 8000)[index % 2])
    assert survey_audio(tmp_path).sample_rate == RATE


def test_seconds_are_counted_from_the_onset_to_the_end(tmp_path):
    for index, seconds in enumerate((0.1, 0.2, 0.3, 0.4, 0.5)):
        noise = np.random.default_rng(index).uniform(-0.5, 0.5, round(seconds * RATE))
        write(tmp_path / f"{index}.wav", np.concatenate([np.zeros(RATE), noise, np.zeros(RATE)]), RATE)
    assert survey_audio(tmp_path).seconds == pytest.approx(0.4, abs=0.02)


def test_a_long_silence_at_the_beginning_is_skipped(kinds, tmp_path):
    for index, sound in enumerate(kinds["sounds"][:4]):
        write(tmp_path / f"{index}.wav", np.concatenate([np.zeros(round((9.98 + index) * RATE)), sound]), RATE)
    found = survey_audio(tmp_path)
    assert (found.kind, found.n_files) == ("sounds", 4) and found.seconds > 0.4


def test_files_that_cannot_be_read_do_not_count(kinds, tmp_path):
    (tmp_path / "text.wav").write_text("text")
    write(tmp_path / "silent.wav", np.zeros(100), RATE)
    write(tmp_path / "instant.wav", np.full(3, 0.5), 192_000)  # shorter than a sample at the working rate
    assert survey_audio(tmp_path) is None
    write(tmp_path / "drum.wav", kinds["drums"][0], RATE)
    assert survey_audio(tmp_path).n_files == 1
