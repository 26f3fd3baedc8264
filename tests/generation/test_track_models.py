import pytest

from keras_musicgan.generation.track_models import distinct, highest_rate, models_of_tracks
from keras_musicgan.music.notes import Notes, Track
from tests.support.drum_kit import DrumKit
from tests.support.sine_instrument import SineInstrument

FLUTE, CELLO, KIT = SineInstrument(), SineInstrument(sample_rate=8000), DrumKit(sample_rate=22050)
TRACKS = (Track("melody"), Track("chords"), Track("kit", is_drum=True), Track("chords"))
NOTES = Notes([0, 0, 0, 0], [1] * 4, [60] * 4, track=[0, 1, 2, 3], tracks=TRACKS)


@pytest.mark.parametrize(
    ("gan", "drums", "expected"),
    [
        (FLUTE, None, [FLUTE, FLUTE, None, FLUTE]),
        (FLUTE, KIT, [FLUTE, FLUTE, KIT, FLUTE]),
        ({0: FLUTE, "chords": CELLO}, KIT, [FLUTE, CELLO, KIT, CELLO]),
        ({1: CELLO, None: FLUTE}, None, [FLUTE, CELLO, None, FLUTE]),
        ({"kit": KIT}, CELLO, [None, None, KIT, None]),
        ({}, KIT, [None, None, KIT, None]),
        ({2: CELLO}, None, [None, None, CELLO, None]),
    ],
)
def test_models_of_tracks(gan, drums, expected):
    assert models_of_tracks(gan, drums, NOTES) == expected


def test_models_are_listed_once_and_the_highest_rate_counts():
    assert distinct([None, FLUTE, CELLO, FLUTE]) == [FLUTE, CELLO]
    assert highest_rate(CELLO, None) == 8000 and highest_rate({0: CELLO, None: FLUTE}, None) == 16000
    assert highest_rate({0: CELLO}, KIT) == 22050


@pytest.mark.parametrize(
    ("gan", "message"),
    [
        ({"flute": FLUTE}, r"0 \(melody\), 1 \(chords\), 2 \(kit, drums\), 3 \(chords\). Received: track 'flute'"),
        ({4: FLUTE}, "Received: track 4"),
        ({-1: FLUTE}, "Received: track -1"),
        ({0: FLUTE, "melody": CELLO}, r"Received: track 0 \('melody'\) as 0 and as 'melody'"),
        ({1: KIT}, "with drum. Train one with .*; a model of drums goes to `drums`"),
    ],
)
def test_wrong_tracks_are_named(gan, message):
    with pytest.raises(ValueError, match=message):
        models_of_tracks(gan, None, NOTES)
