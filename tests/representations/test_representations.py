import keras
import numpy as np
import pytest

from keras_musicgan import midi
from keras_musicgan.datasets import compose
from keras_musicgan.music.notes import Notes, Track
from keras_musicgan.representations import LogMagnitude, PianoRoll, PitchSequence, Waveform
from keras_musicgan.representations.base import UnusablePieceError
from tests.support.harness import check_config_round_trip, check_layer

pytestmark = pytest.mark.backend


def encoded(representation, clips):
    return keras.ops.convert_to_numpy(representation(clips))


def test_pitch_sequence_keeps_every_pitch():
    representation = PitchSequence(length=128)
    pitches = np.arange(128, dtype="uint8")[None]
    values = check_layer(representation, pitches, (1, 128))
    assert (values.min(), values.max()) == (-1.0, 1.0)
    (notes,) = representation.to_notes(values)
    np.testing.assert_array_equal(notes.pitch, pitches[0])
    assert notes.seconds == 64.0 and notes.duration[0] == 1.0
    assert representation.decode(values[:, :128]).shape[0] == 1


def test_pitch_sequence_takes_the_top_line_and_repeats_short_tunes(two_tracks):
    clips = PitchSequence(length=10).from_notes(two_tracks)
    melody = [72, 74, 76, 77, 77, 72]
    assert clips.tolist() == [[*melody, *melody[:4]]]
    tune = compose(1, seed=0)[0]
    clips = PitchSequence(length=16).from_notes(tune)
    np.testing.assert_array_equal(clips[1][:8], clips[0][8:])  # clips overlap by half


def test_pianoroll_round_trip_of_synthetic_tunes():
    representation = PianoRoll(bars=8)
    tune = compose(1, seed=2, bars=8)[0]
    clips = representation.from_notes(tune)
    assert clips.shape == (1, 128, 60, 2)
    check_layer(PianoRoll(bars=8), clips, clips.shape)
    (notes,) = representation.to_notes(encoded(representation, clips))
    assert notes.length == 32 and notes.time_signatures == ((0.0, 4, 4),)
    for track in (0, 1):
        mine, theirs = notes.of_track(track), tune.of_track(track)
        order = np.lexsort((theirs.pitch, theirs.start))
        np.testing.assert_allclose(mine.start, theirs.start[order], atol=1e-9)
        np.testing.assert_array_equal(mine.pitch, theirs.pitch[order])
        shortened = theirs.duration[order] - mine.duration
        assert set(np.round(shortened, 6)) <= {0.0, 0.25}  # a repeated note leaves its last step free
        assert notes.tracks[track].program == (73, 0)[track]


def test_repeated_notes_stay_apart():
    notes = Notes([0, 1, 2, 0], [1, 1, 2, 16], [72, 72, 72, 48], track=[0, 0, 0, 1], tracks=(Track(), Track()))
    (back,) = PianoRoll().to_notes(PianoRoll().from_notes(notes))
    assert back.of_track(0).start.tolist() == [0, 1, 2]


def test_pianoroll_moves_far_pitches_by_octaves():
    notes = Notes([0, 0], [16, 16], [127, 1], track=[0, 1], tracks=(Track(), Track()))
    (back,) = PianoRoll(low=36, n_pitches=60).to_notes(PianoRoll().from_notes(notes))
    assert [int(pitch) % 12 for pitch in back.pitch] == [127 % 12, 1]
    assert all(36 <= pitch < 96 for pitch in back.pitch)


def test_pianoroll_of_a_real_tune(nottingham):
    representation = PianoRoll()
    tune = midi.read(nottingham / "reelsu-z23.mid")
    clips = representation.from_notes(tune)
    assert clips.shape[1:] == (64, 60, 2)
    packed = np.packbits(clips.reshape(len(clips), -1), axis=1)
    assert len(np.unique(packed, axis=0)) == len(clips)
    melody = clips[0, :, :, 0]
    assert melody.sum(axis=1).max() == 1 and clips[0, :, :, 1].sum(axis=1).max() == 3


@pytest.mark.parametrize("representation", [PianoRoll(), PitchSequence(length=16)], ids=["roll", "sequence"])
def test_transposition_moves_all_notes_alike_and_stays_in_range(representation):
    clips = representation.from_notes(compose(1, seed=1)[0])
    semitones = np.resize([0, 3, -2, 90, -90], len(clips))
    moved = representation.transpose(clips, semitones)
    assert moved.shape == clips.shape and moved.dtype == clips.dtype
    for before, after, shift in zip(
        representation.to_notes(encoded(representation, clips)),
        representation.to_notes(encoded(representation, moved)),
        semitones,
        strict=True,
    ):
        steps = np.unique(after.pitch - before.pitch)
        assert len(steps) == 1 and abs(steps[0]) <= abs(shift)
        if abs(shift) <= 3:
            assert steps[0] == shift


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"time_signatures": ((0.0, 3, 4),)}, "metre is 3/4"),
        ({"tracks": (Track(is_drum=True), Track(is_drum=True))}, "only drums"),
        ({"tracks": (Track(), Track(is_drum=True))}, "fewer than 2"),
        ({}, "no 4 bars"),
    ],
)
def test_unusable_pieces_say_why(two_tracks, change, message):
    from dataclasses import replace

    with pytest.raises(UnusablePieceError, match=message):
        PianoRoll().from_notes(replace(two_tracks, **change))


def test_wrong_numbers_are_named_and_configs_round_trip():
    for options, message in [
        ({"bars": 0}, "bars"),
        ({"low": 100}, "low=100"),
        ({"tracks": ("a",)}, "programs"),
        ({"tempo": -1}, "tempo"),
    ]:
        with pytest.raises(ValueError, match=message):
            PianoRoll(**options)
    with pytest.raises(ValueError, match="length"):
        PitchSequence(length=0)
    check_config_round_trip(PianoRoll(bars=2, tracks=("a", "b", "c"), programs=(1, 2, 3)))


def test_subclasses_of_the_first_release_work_and_warn():
    with pytest.warns(DeprecationWarning, match="`Old.level.*` is called `Old.loudness") as warned:

        class Old(Waveform):
            level_keys = ("peak",)

            def levels(self, encoded):
                return {"peak": keras.ops.max(encoded)}

    assert Old.loudness_keys == ("peak",) and {each.filename for each in warned} == {__file__}
    assert float(Old(length=16).loudness(np.full((1, 16, 1), 0.5))["peak"]) == 0.5


def test_repr_gives_rate_length_and_shape():
    assert repr(PitchSequence(length=16)) == "<PitchSequence: 120 beats per minute, 44100 Hz, encoded_shape=(16,)>"
    clip = "16384 samples (1.024 s), channels=2, 16000 Hz"
    assert repr(Waveform(channels=2)) == f"<Waveform: {clip}, encoded_shape=(16384, 2)>"
    stft = "n_fft=1024, hop_length=256, window='hamming'"
    representation = LogMagnitude(channels=2, n_fft=1024, window="hamming", n_mels=128)
    assert repr(representation) == f"<LogMagnitude: {clip}, encoded_shape=(64, 128, 2), {stft}>"
