import numpy as np
import pytest

from keras_musicgan.music.instruments import Zone, ranges_around, unique_names

TONE = np.zeros((100, 1), "float32")


def test_ranges_cover_all_numbers_once_and_hold_their_points():
    points = [3, 4, 9, 60]
    ranges = ranges_around(points, 1, 127)
    assert [number for low, high in ranges for number in range(low, high + 1)] == list(range(1, 128))
    assert all(low <= point <= high for point, (low, high) in zip(points, ranges, strict=True))


def test_names_are_different_and_fit():
    names = unique_names(["a" * 30] * 120 + ["Größe", "", "\n"])
    assert len(set(names)) == 123 and all(0 < len(name) <= 19 and name.isascii() for name in names)
    assert names[0] == "a" * 19 and names[119] == "a" * 15 + " 120" and names[120] == "Groe"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"keys": (60, 59)}, "`keys` of a zone must be a range in 0 to 127"),
        ({"velocities": (0, 128)}, "`velocities` of a zone"),
        ({"loop": (80, 101)}, r"`loop` of a zone must hold at least 32 of its 100 samples. Received: loop=\(80, 101\)"),
        ({"loop": (80, 100)}, "`loop` of a zone"),
        ({"samples": np.zeros((100, 3))}, r"one or two channels. Received: shape \(100, 3\)"),
    ],
)
def test_zones_are_checked(options, message):
    with pytest.raises(ValueError, match=message):
        Zone(**{"samples": TONE, "keys": (60, 60), **options})
