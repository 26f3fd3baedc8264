import numpy as np
import pytest

from keras_musicgan.generation.attack import attack_sample
from tests.support.sine_instrument import SineInstrument

RATE = 16000


@pytest.mark.parametrize("delay", [0.0, 0.005, 0.118, 0.3])
def test_a_planted_delay_is_found(delay):
    (clip,) = SineInstrument(onset=delay, decay=1e-2).generate(pitch=69, seed=1)
    assert attack_sample(clip, RATE) / RATE == pytest.approx(delay, abs=0.005)


def test_a_slow_attack_has_its_onset_at_half_its_level():
    (clip,) = SineInstrument(onset=0.1, attack=0.2).generate(pitch=69, seed=1)
    assert attack_sample(clip, RATE) / RATE == pytest.approx(0.2, abs=0.01)


def test_a_soft_noise_before_the_sound_is_not_its_onset():
    (clip,) = SineInstrument(onset=0.2).generate(pitch=69, seed=1)
    clip = clip + 0.05 * np.random.default_rng(0).standard_normal(clip.shape)
    assert attack_sample(clip, RATE) / RATE == pytest.approx(0.2, abs=0.005)


def test_silence_begins_at_its_beginning():
    assert attack_sample(np.zeros((100, 2)), RATE) == 0
