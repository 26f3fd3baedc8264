import pytest

from keras_musicgan.music.dynamics import dynamics


@pytest.mark.parametrize(
    ("names", "condition", "expected"),
    [
        (["ff", "mf", "pp"], "label", ["pp", "mf", "ff"]),
        (["Very soft", "loud", "soft"], "playing", ["Very soft", "soft", "loud"]),
        (["127", "025", "100"], "velocity", ["025", "100", "127"]),
        (["127", "025"], "room", None),
        (["0", "64"], "velocity", None),
        (["flute", "loud"], "velocity", None),
        (["piano"], "instrument", None),
        (["soft", "quiet"], "level", None),
    ],
)
def test_names_of_a_loudness_are_ordered_and_others_are_none(names, condition, expected):
    found = dynamics(names, condition)
    assert (found and list(found)) == expected
    if found:
        assert list(found.values()) == sorted(found.values())
