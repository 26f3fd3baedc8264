"""Planted faults of generators, and healthy clips."""

import re

import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.adversarial.losses import LOSSES
from keras_musicgan.adversarial.penalties import PENALTIES
from keras_musicgan.datasets import make_drums, make_notes
from keras_musicgan.metrics import diagnose, mean_pairwise_distance
from keras_musicgan.metrics.collapse import MEASURES, REMEDIES
from keras_musicgan.music.audio import NORMALIZATIONS

RATE, LENGTH = 16000, 16384
TIME = np.arange(LENGTH) / RATE


def noise(level=0.1, n=16, length=LENGTH, seed=0):
    return level * np.random.default_rng(seed).standard_normal((n, length, 1))


def sines(frequencies, amplitudes=0.5):
    phases = np.random.default_rng(1).uniform(0, 6, 16)[:, None]
    waves = np.sin(2 * np.pi * np.reshape(frequencies, (-1, 1)) * TIME + phases)
    return (np.reshape(amplitudes, (-1, 1)) * waves)[:, :, None]


def one_sound(make):
    return np.repeat(make(1, seed=4)[0], 16, axis=0)


def of_one_kind(make, label, kind, **options):
    clips, labels = make(120, seed=2, **options)
    return clips[labels[label] == kind][:16]


SCALE = 440 * 2 ** (np.arange(16) / 12)
LEVELS = np.linspace(0.05, 0.9, 16)
BROKEN = {
    "equal notes": (one_sound(make_notes), {"equal"}),
    "equal drums": (one_sound(make_drums), {"equal"}),
    "equal noise": (noise(n=1).repeat(16, axis=0), {"equal"}),
    "equal with noise at -80 dB": (one_sound(make_notes) + noise(1e-4), {"equal"}),
    "equal but for the level": (one_sound(make_drums) * LEVELS[:, None, None], {"equal"}),
    "nine of sixteen equal": (np.concatenate([one_sound(make_notes)[:9], make_notes(7, seed=9)[0]]), {"equal"}),
    "silence": (np.zeros((16, LENGTH, 1)), {"silent"}),
    "offset": (np.full((16, LENGTH, 1), 0.7), {"silent"}),
    "noise at -80 dB": (noise(1e-4), {"silent"}),
    "square waves": (np.sign(sines(SCALE)), {"clipped"}),
    "saturated tanh": (np.tanh(20 * sines(SCALE)), {"clipped"}),
    "clipped noise": (np.clip(noise(2.0), -1, 1), {"clipped"}),
    "one sine at many levels": (sines(440.0, LEVELS), {"tone"}),  # the phases differ, so their onsets do
    "one sine at many levels, in phase": (sines(440.0)[:1] * LEVELS[:, None, None], {"equal", "tone"}),
    "one sine under noise": (sines(440.0) + noise(0.01), {"tone"}),
    "one sine, a little out of tune": (sines(440 * 2 ** (np.linspace(-0.2, 0.2, 16) / 12)) + noise(0.01), {"tone"}),
    "one sine in stereo": (np.concatenate([0.3 * sines(440.0), sines(440.0)], axis=2) + noise(0.01), {"tone"}),
}
HEALTHY = {
    "notes": make_notes(16, seed=1)[0],
    "drums": make_drums(16, seed=1)[0],
    "kicks": of_one_kind(make_drums, "drum", "kick"),
    "hats": of_one_kind(make_drums, "drum", "hat"),
    "bells at one pitch": of_one_kind(make_notes, "instrument", "bell", low=72, high=72),
    "reeds at one pitch": of_one_kind(make_notes, "instrument", "reed", low=60, high=60),
    "sines at different pitches": sines(SCALE),
    "sines at full scale": sines(SCALE, 1.0),
    "white noise": noise(),
    "short clips": noise(length=500),
    "very short clips": noise(length=20),
    "half of them equal": np.concatenate([one_sound(make_notes)[:8], make_notes(8, seed=9)[0]]),
    "half of them silent": np.concatenate([np.zeros((8, LENGTH, 1)), make_notes(8, seed=9)[0]]),
    "two unlike": make_notes(2, seed=1)[0],
}


@pytest.mark.parametrize("case", BROKEN)
def test_planted_faults_are_found(case):
    clips, faults = BROKEN[case]
    diagnosis = diagnose(clips.astype("float32"), RATE)
    assert {finding.verdict for finding in diagnosis.findings} == faults
    for finding in diagnosis.findings:
        count = round(16 * diagnosis.measures[f"{finding.verdict}_share"])
        assert finding.evidence.startswith(f"{count} of 16 outputs") and count >= 9
        assert len(finding.remedy) > 50


@pytest.mark.parametrize("case", HEALTHY)
def test_healthy_clips_are_left_in_peace(case):
    diagnosis = diagnose(HEALTHY[case].astype("float32"), RATE)
    assert diagnosis.findings == ()
    assert tuple(diagnosis.measures) == MEASURES


def test_measures_have_known_values():
    sine = sines(440.0)[:4]
    clips = np.concatenate([sine, 0 * sine, np.sign(sine)])
    measures = diagnose(clips, RATE).measures
    assert measures["silent_share"] == measures["clipped_share"] == measures["tone_share"] == pytest.approx(1 / 3)
    assert measures["output_rms"] == pytest.approx(np.sqrt((0.5**2 / 2 + 1.0) / 3), rel=1e-2)
    notes = make_notes(6, seed=3)[0]
    at_one_level = notes * 0.1 / np.sqrt((notes**2).mean(axis=1, keepdims=True))
    expected = mean_pairwise_distance(at_one_level, RATE)
    assert diagnose(notes, RATE).measures["output_diversity"] == pytest.approx(expected, abs=0.05)
    (finding,) = diagnose(sines(440.0) + noise(0.01), RATE).findings
    assert finding.evidence == "16 of 16 outputs are one sine at 440 Hz"


def test_only_the_first_ten_seconds_count():
    clips = np.concatenate([np.zeros((3, 10 * 8000, 1)), noise(n=3, length=8000)], axis=1)
    assert diagnose(clips, 8000).measures["silent_share"] == 1
    assert diagnose(clips[:, 1:], 8000).measures["silent_share"] == 0


def test_remedies_name_what_there_is():
    known = {*LOSSES, *PENALTIES, *NORMALIZATIONS}
    names = re.findall(r'"(\w+)"', " ".join(REMEDIES.values()))
    assert names and set(names) <= known and hasattr(km.layers, "MinibatchDeviation")


def test_clips_that_cannot_be_judged_are_named():
    with pytest.raises(ValueError, match="at least two clips"):
        diagnose(noise(n=1), RATE)
    with pytest.raises(ValueError, match="shape"):
        diagnose(noise()[:, :, 0], RATE)
    with pytest.raises(ValueError, match="finite"):
        diagnose(np.full((2, 100, 1), np.nan), RATE)
    with pytest.raises(ValueError, match="sample_rate"):
        diagnose(noise(), 0)
