import keras
import numpy as np
import pytest

import keras_musicgan as km
from keras_musicgan.representations import PitchSequenceWithScale
from tests.support.harness import check_layer
from tests.support.models import small_gan, toy_gan

C_MAJOR = [0, 2, 4, 5, 7, 9, 11]
TUNE = np.array([[60, 62, 64, 65, 67, 69, 71, 72]], "uint8")


def encoded_by(representation, clips):
    return keras.ops.convert_to_numpy(representation(clips))


def scale(*classes):
    """The last twelve numbers of a clip."""
    return np.where(np.isin(np.arange(12), classes), 0.1, -0.1)


@pytest.mark.backend
def test_the_pitches_come_first_and_then_the_classes_that_they_use():
    representation = PitchSequenceWithScale(length=8)
    encoded = check_layer(representation, TUNE, (1, 20))
    np.testing.assert_allclose(encoded[0, :8], TUNE[0] / 63.5 - 1, atol=1e-6)
    np.testing.assert_array_equal(np.flatnonzero(encoded[0, 8:] == 1), C_MAJOR)
    np.testing.assert_array_equal(np.flatnonzero(encoded[0, 8:] == -1), [1, 3, 6, 8, 10])


@pytest.mark.backend
def test_statistics_are_those_of_the_pitches_and_are_saved(tmp_path):
    gan = toy_gan(PitchSequenceWithScale(length=8))
    clips = np.random.default_rng(0).integers(50, 90, (64, 8)).astype("uint8")
    representation = gan.representation
    assert not representation.adapted
    gan.compile(run_eagerly=True)
    gan.fit(clips, verbose=0)  # adapts
    assert representation.adapted
    mean, deviation = (
        float(keras.ops.convert_to_numpy(each)) for each in (representation.mean, representation.deviation)
    )
    assert (mean, deviation) == (pytest.approx(clips.mean()), pytest.approx(clips.std()))
    encoded = encoded_by(representation, clips)
    assert encoded[:, :8].std() == pytest.approx(1 / 3, rel=1e-4)
    gan.save(tmp_path / "tunes.keras")
    loaded = keras.saving.load_model(tmp_path / "tunes.keras").representation
    assert loaded.adapted
    np.testing.assert_array_equal(encoded_by(loaded, clips), encoded)


@pytest.mark.parametrize("data", [list, lambda clips: [(part,) for part in np.split(clips, 2)]])
def test_statistics_do_not_depend_on_how_clips_come(data):
    clips = np.random.default_rng(0).integers(0, 128, (8, 16))
    whole, parts = PitchSequenceWithScale(length=16), PitchSequenceWithScale(length=16)
    whole.adapt(clips)
    parts.adapt(data(clips))
    for one, other in zip(whole.get_weights(), parts.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_statistics_need_a_clip_and_one_note_has_a_range():
    representation = PitchSequenceWithScale(length=4)
    with pytest.raises(ValueError, match="at least one clip. Received: data without any"):
        representation.adapt([])
    representation.adapt(np.full((1, 4), 60))
    np.testing.assert_array_equal(representation.get_weights()[:2], [60, 1])


@pytest.mark.parametrize("adapt", [False, True])
def test_every_pitch_comes_back_however_far_from_the_mean(adapt):
    representation = PitchSequenceWithScale(length=128)
    if adapt:
        representation.adapt(np.array([[60, 61, 62]]))
    pitches = np.arange(128)[None]
    (notes,) = representation.to_notes(encoded_by(representation, pitches))
    np.testing.assert_array_equal(notes.pitch, pitches[0])
    assert notes.duration[0] == 1.0 and notes.seconds == 64.0


def test_notes_are_the_nearest_of_the_clips_own_scale():
    representation = PitchSequenceWithScale(length=4)
    wanted = np.array([60.9, 61.2, 65.9, 127.0]) / 63.5 - 1
    clips = np.stack([np.concatenate([wanted, scale(*classes)]) for classes in (C_MAJOR, [1], [], range(12))])
    assert representation.to_pitches(clips).tolist() == [
        [60, 62, 65, 127],
        [61, 61, 61, 121],
        [61, 61, 66, 127],
        [61, 61, 66, 127],
    ]
    representation.adapt(np.full((1, 4), 66))
    f_sharp = np.concatenate([np.zeros(4), scale(*C_MAJOR)])[None]
    assert representation.to_pitches(f_sharp).tolist() == [[65] * 4]  # G is as near


def test_whatever_is_generated_lies_in_the_scale_that_is_generated_with_it():
    gan = small_gan("lecture", representation={"length": 64})
    encoded = gan.generate_encoded(50, seed=1)
    in_scale = encoded[:, 64:] > 0
    assert 0 < in_scale.mean() < 1
    for notes, classes in zip(gan.generate_notes(50, seed=1), in_scale, strict=True):
        assert set(notes.pitch % 12) <= set(np.flatnonzero(classes))


def test_transposed_clips_have_the_transposed_scale():
    representation = PitchSequenceWithScale(length=8)
    moved = representation.transpose(TUNE, np.array([3]))
    encoded, other = encoded_by(representation, TUNE), encoded_by(representation, moved)
    np.testing.assert_array_equal(np.roll(encoded[0, 8:], 3), other[0, 8:])
    clips = km.datasets.melodies(4, km.datasets.DataSpec(representation), transpose=2, batch_size=4)
    assert clips[0][0].shape[1] == 8
