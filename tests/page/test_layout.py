import numpy as np
import pytest

from keras_musicgan.conditions import Conditions, Label, Pitch, Tempo, Value
from keras_musicgan.page.layout import Axis, Layout, fitted, layout_of
from tests.support.sine_instrument import SineInstrument


def model(*conditions):
    gan = SineInstrument()
    gan.conditions = Conditions(conditions)
    return gan


def test_keys_are_pitches_else_the_first_label_that_is_no_list_else_sounds():
    colour, drum = Label(["soft", "loud"], "colour"), Label(["kick", "snare", "hat"], "drum")
    many = Label(list(map(str, range(17))), "number")
    layout = layout_of(model(colour, Pitch(60, 71)))
    assert layout.keys == Axis("pitch", tuple(range(60, 72))) and layout.choices == (Axis("colour", ("soft", "loud")),)
    layout = layout_of(model(many, drum))
    assert layout.keys == Axis("drum", ("kick", "snare", "hat"))
    assert [axis.name for axis in layout.choices] == ["number"]
    layout = layout_of(model(many))
    assert layout.keys is None and layout.n_sounds == 16
    assert layout_of(model()).shape == (61, 1)


def test_a_number_has_three_values_and_given_ones_replace_all():
    gan = model(Tempo(80, 160), Value("brightness", 0, 1), Pitch(60, 71))
    assert [axis.values for axis in layout_of(gan).choices] == [(80.0, 120.0, 160.0), (0.0, 0.5, 1.0)]
    layout = layout_of(gan, given={"tempo": "100", "brightness": [0.5, 1, 1.0], "pitch": ["E4", 60]})
    assert [axis.values for axis in layout.choices] == [(100.0,), (0.5, 1.0)] and layout.keys.values == (60, 64)
    assert layout_of(gan, pitches=("D4", 64)).keys.values == (62, 63, 64)


def test_each_clip_has_its_conditions():
    layout = Layout(Axis("pitch", (60, 61)), (Axis("colour", ("soft", "loud")), Axis("tempo", (80.0,))), 2, 3)
    assert layout.shape == (4, 2, 1, 2) and layout.n_clips == 16 and layout.clips_per_position == 4
    assert layout.conditions(np.array([0, 1, 2, 15])) == {
        "colour": ["soft", "soft", "loud", "loud"],
        "tempo": [80.0] * 4,
        "pitch": [60, 61, 60, 61],
    }


def test_the_walk_goes_through_the_sounds_of_the_seed():
    gan, layout = model(Pitch(60, 71)), Layout(None, (), 3, 4)
    path = layout.path(gan, seed=5)
    np.testing.assert_allclose(path[::4], gan.sample_latents(3, 5), atol=1e-6)
    np.testing.assert_allclose(Layout(None, (), 2, 4).path(gan, 5), path[:5], atol=1e-6)
    assert Layout(None, (), 1, 4).path(gan, 5).shape == (1, 4)


@pytest.mark.parametrize(
    ("megabytes", "asked", "expected"),
    [
        (100, (None, None), (4, 4)),
        (13, (None, None), (4, 4)),
        (9, (None, None), (3, 4)),
        (5, (None, None), (2, 4)),
        (3, (None, None), (2, 2)),
        (1, (None, None), (1, 4)),
        (5, (4, None), (4, 1)),
        (4.9, (None, 4), (1, 4)),
    ],
)
def test_as_many_sounds_as_fit(megabytes, asked, expected):
    layout = Layout(Axis("pitch", tuple(range(100))), (), 4, 4)
    smaller = fitted(layout, 10_000, megabytes, *asked)
    assert (smaller.n_sounds, smaller.n_steps) == expected
    assert smaller.n_clips * 10_000 <= megabytes * 1e6


def test_too_much_is_one_line():
    layout = Layout(Axis("pitch", tuple(range(100))), (Axis("instrument", tuple(range(60))),), 4, 4)
    with pytest.raises(
        ValueError, match="into 20 MB. Received: 6,000 clips for 1 sound and 60 values of `instrument` and 100 values"
    ):
        fitted(layout, 10_000, 20, None, None)
    with pytest.raises(ValueError, match="4 sounds 4 steps apart and 60 values.*780.0 MB"):
        fitted(layout, 10_000, 20, 4, 4)
    with pytest.raises(ValueError, match="megabytes=0"):
        fitted(layout, 10_000, 0, None, None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sounds": 0}, "sounds=0"),
        ({"steps": 1.5}, "steps=1.5"),
        ({"given": {"colour": "red"}}, "'soft', 'loud'"),
        ({"given": {"size": 1}}, "a condition 'size', which it does not know"),
        ({"given": {"colour": []}}, "`colour` must have a value"),
        ({"pitches": (50, 62)}, "from 60 to 71. Received: pitch=50"),
        ({"pitches": (64, 62)}, "a lowest and a highest pitch"),
        ({"pitches": (60, 62), "given": {"pitch": 61}}, "`pitch` is given too"),
    ],
)
def test_wrong_use_is_named(options, message):
    with pytest.raises(ValueError, match=message):
        layout_of(SineInstrument(), **options)


def test_a_condition_with_ten_thousand_values_is_one_line():
    gan = model(Label([f"n{index}" for index in range(10_000)], "speaker"))
    with pytest.raises(ValueError, match="at most 64 values.*10,000 of `speaker`. Name some: speaker=n0,n1"):
        layout_of(gan)
    assert layout_of(gan, given={"speaker": ["n5", "n7"]}).keys == Axis("speaker", ("n5", "n7"))
    with pytest.raises(ValueError, match="no condition `pitch`"):
        layout_of(gan, pitches=(60, 62))
