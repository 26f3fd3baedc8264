import numpy as np
import pytest

from keras_musicgan.music.notes import Notes, Track


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"start": [0], "duration": [1], "pitch": [128]}, "pitch=128"),
        ({"start": [-1], "duration": [1], "pitch": [60]}, "start=-1"),
        ({"start": [np.nan], "duration": [1], "pitch": [60]}, "start=nan"),
        ({"start": [0], "duration": [0], "pitch": [60]}, "duration=0"),
        ({"start": [0, 1], "duration": [1], "pitch": [60]}, "shape \\(1,\\).*start"),
        ({"start": [0], "duration": [1], "pitch": [60], "velocity": [0]}, "velocity=0"),
        ({"start": [0], "duration": [1], "pitch": [60], "track": [1]}, "track=1"),
        ({"start": [0], "duration": [1], "pitch": [60], "tempo": 0}, "tempo=0"),
        ({"start": [0], "duration": [1], "pitch": [60.5]}, "whole numbers.*60.5"),
        ({"start": [0], "duration": [1], "pitch": [60], "tempo_changes": ((0.0, 90.0),)}, "tempo_changes"),
        ({"start": [0], "duration": [1], "pitch": [60], "tempo_changes": ((2.0, 0.0),)}, "tempo=0"),
        (
            {"start": [0], "duration": [1], "pitch": [60], "time_signatures": ((4.0, 3, 4), (0.0, 4, 4))},
            "order of beats",
        ),
        ({"start": [0], "duration": [1], "pitch": [60], "time_signatures": ((0.0, 0, 4),)}, "time_signatures"),
        ({"start": [0], "duration": [1], "pitch": [60], "keys": ((0.0, "H major"),)}, "H major"),
    ],
)
def test_wrong_notes_are_named(columns, message):
    with pytest.raises(ValueError, match=message):
        Notes(**columns)


def test_selection_keeps_the_piece(two_tracks):
    chords = two_tracks.of_track(1)
    assert len(chords) == 3 and chords.length == two_tracks.length == 8
    assert two_tracks.seconds == pytest.approx(4.8)
    assert Notes([], [], [], length=4).seconds == 2.0
    assert Track().program == 0
