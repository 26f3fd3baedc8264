import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.datasets import Clips
from keras_musicgan.evaluation.diversity import data_diversity
from keras_musicgan.metrics import diagnose
from tests.support.models import toy_gan

RATE = 8000


def test_data_are_measured_as_generated_clips_are():
    gan = toy_gan("audio")
    data = km.datasets.synthetic_drums(20, gan, held_out=0.0)
    expected = diagnose(data.load(), RATE).measures["output_diversity"]
    assert data_diversity(data, gan) == {"data_diversity": pytest.approx(expected, rel=1e-4)}


def test_clips_of_one_condition_differ_less_than_any_two():
    gan = toy_gan("audio", [km.Pitch(60, 62)])
    time = np.arange(1024) / RATE
    pitches = np.repeat([60, 61, 62], 8)
    clips = np.stack([0.5 * np.sin(2 * np.pi * 440 * 2 ** ((pitch - 40) / 12) * time) for pitch in pitches])
    data = Clips(clips[..., None].astype("float32"), 8, labels={"pitch": pitches}, conditions=gan.conditions)
    found = data_diversity(data, gan)
    assert found["data_conditional_diversity"] < 0.01 < 1 < found["data_diversity"]
    few = Clips(clips[::4, :, None].astype("float32"), 8, labels={"pitch": pitches[::4]}, conditions=gan.conditions)
    assert np.isnan(data_diversity(few, gan)["data_conditional_diversity"])  # three pairs


def test_one_clip_has_no_diversity():
    gan = toy_gan("audio")
    assert data_diversity(km.datasets.synthetic_drums(1, gan, held_out=0.0), gan) == {}
