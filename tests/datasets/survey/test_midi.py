"""What a folder of MIDI holds, of tunes that are known."""

from dataclasses import replace

import pytest

from keras_musicgan import midi
from keras_musicgan.datasets import compose
from keras_musicgan.datasets.survey.midi import survey_midi
from keras_musicgan.music.notes import Notes, Track


def tune(metre=(4, 4), bars=8, chords=True):
    """A scale with or without a chord below each bar."""
    beats = metre[0] * 4 // metre[1]
    melody = [(beat, 1, 60 + beat % 12, 0) for beat in range(bars * beats)]
    below = [(bar * beats, beats, 48, 1) for bar in range(bars)] if chords else []
    start, duration, pitch, track = zip(*melody, *below, strict=True)
    tracks = (Track("melody", 40), Track("chords"))[: 1 + chords]
    return Notes(start, duration, pitch, track=track, tracks=tracks, time_signatures=((0.0, *metre),))


def count_in(piece):
    """A piece after a bar of 4/4."""
    signatures = ((0.0, 4, 4), (4.0, *piece.time_signatures[0][1:]))
    return replace(piece, start=piece.start + 4, length=0, time_signatures=signatures)


def write(folder, *tunes):
    folder.mkdir(exist_ok=True)
    for index, each in enumerate(tunes):
        midi.write(folder / f"{index}.mid", each)
    return folder


def test_composed_tunes_suit_the_preset(tmp_path):
    found = survey_midi(write(tmp_path / "tunes", *compose(6, seed=1)))
    assert found.options == {} and found.evidence == "6 of 6 tunes are in 4/4, melodies with chords"


@pytest.mark.parametrize(
    ("tunes", "options"),
    [
        ([tune(metre=(3, 4))] * 3 + [tune()] * 2, {"metre": "3/4"}),
        ([tune(metre=(3, 4))] * 2 + [tune()] * 3, {}),
        ([count_in(tune(metre=(3, 4)))] * 3, {"metre": "3/4"}),
        ([tune(bars=100)] * 2 + [tune(chords=False)] * 5, {"tracks": ["melody"], "programs": [73]}),
        ([tune(metre=(2, 2))] * 2 + [tune()], {}),
        ([tune(metre=(8, 32))] * 2 + [tune()], {}),
        ([tune(chords=False)] * 3 + [tune()], {"tracks": ["melody"], "programs": [73]}),
        ([tune(chords=False)] + [tune()] * 2, {}),
        ([tune(bars=2)] * 3 + [tune()], {"bars": 2}),
        ([tune(bars=1)] * 3 + [tune()], {"bars": 1}),
        (
            [tune(metre=(6, 8), bars=2, chords=False)],
            {"metre": "6/8", "tracks": ["melody"], "programs": [73], "bars": 2},
        ),
    ],
)
def test_options_are_those_that_suit_most_tunes(tunes, options, tmp_path):
    found = survey_midi(write(tmp_path / "tunes", *tunes))
    assert found.options == options and found.n_files == len(tunes)


def test_music_for_one_piano_has_chords(tmp_path):
    one_track = [replace(each, track=None, tracks=(Track("piano"),)) for each in [tune()] * 3]
    assert survey_midi(write(tmp_path / "piano", *one_track)).options == {}


def test_files_that_cannot_be_used_do_not_count(tmp_path):
    folder = write(tmp_path / "tunes", replace(tune(), tracks=(Track(is_drum=True), Track(is_drum=True))))
    (folder / "text.mid").write_text("text")
    assert survey_midi(folder) is None
    midi.write(folder / "tune.mid", tune())
    assert survey_midi(folder).n_fitting == 1
