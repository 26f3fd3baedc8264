"""What holds for every representation."""

import keras
import numpy as np
import pytest

from keras_musicgan.datasets import compose
from keras_musicgan.representations import LogMagnitude, PianoRoll, PitchSequence, Waveform
from tests.support.harness import check_config_round_trip


def encoded(representation, clips):
    return keras.ops.convert_to_numpy(representation(clips))


@pytest.mark.backend
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
