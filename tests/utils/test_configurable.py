import pytest

import keras_musicgan as km
from keras_musicgan.utils.configurable import Configurable
from tests.support.harness import check_config_round_trip

CALLS = {
    "Hinge()": km.losses.Hinge(),
    "R1(weight=10.0, every=4)": km.penalties.R1(10.0, every=4),
    "Drift(weight=0.001, every=1)": km.penalties.Drift(),
    "Shift(share=0.125)": km.augmentations.Shift(),
    "Polarity()": km.augmentations.Polarity(),
    "Pitch(low=60, high=64)": km.Pitch(60, 64),
    "Tempo(low=80.0, high=160.0)": km.Tempo(80, 160),
    "Label(names=['flute', 'oboe'], name='label')": km.Label(["flute", "oboe"]),
    "Value(name='brightness', low=0.0, high=1.0)": km.Value("brightness", 0, 1),
}


@pytest.mark.parametrize("call", CALLS)
def test_repr_is_the_call_that_builds_the_object(call):
    assert repr(CALLS[call]) == repr(check_config_round_trip(CALLS[call])) == call


def test_collected_arguments_are_left_to_the_subclass():
    class Scaled(Configurable):
        def __init__(self, scale, **options):
            self.scale = scale

    assert Scaled(2, unused=3).get_config() == {"scale": 2}
