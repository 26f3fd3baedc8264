import numpy as np
import pytest

from keras_musicgan.datasets import compose
from keras_musicgan.representations import PitchSequence
from tests.support.harness import check_layer


@pytest.mark.backend
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
