import numpy as np
import pytest
from keras import ops

from keras_musicgan.networks.waveform import waveform_discriminator, waveform_generator
from keras_musicgan.representations import LogMagnitude, Waveform
from tests.support.harness import check_layer
from tests.support.models import small_gan


@pytest.mark.backend
def test_audio_is_its_own_representation():
    clips = np.random.default_rng(0).uniform(-1.2, 1.2, (3, 48, 2)).astype("float32")
    waveform = Waveform(length=48, sample_rate=100, channels=2)
    np.testing.assert_array_equal(check_layer(waveform, clips, (3, 48, 2)), clips)
    np.testing.assert_array_equal(waveform.decode(clips), clips.clip(-1, 1))
    np.testing.assert_array_equal(ops.convert_to_numpy(waveform.waveform(clips)), clips.clip(-1, 1))


@pytest.mark.backend
def test_loudness_is_that_of_known_clips():
    clips = np.stack([np.full((64, 1), level, "float32") for level in (0.5, -0.25, 0.0009, 0.0)])
    loudness = Waveform(length=64).loudness(clips)
    assert float(loudness["rms"]) == pytest.approx((0.5 + 0.25 + 0.0009) / 4, abs=1e-6)
    assert float(loudness["silence_rate"]) == 0.5


@pytest.mark.parametrize(
    ("duration", "sample_rate", "length"),
    [(1, 16000, 16384), (2, 16000, 32768), (4, 16000, 65536), (1, 8000, 8192), (0.5, 44100, 22528), (1e-6, 8000, 16)],
)
def test_length_follows_from_the_duration(duration, sample_rate, length):
    waveform = Waveform(duration, sample_rate)
    assert waveform.length == length >= duration * sample_rate


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Waveform(sample_rate=0), "sample_rate=0"),
        (lambda: Waveform(duration=0), "duration=0"),
        (lambda: Waveform(duration=float("nan")), "duration=nan"),
        (lambda: Waveform(channels=3), "channels=3"),
        (lambda: Waveform(length=-4), "length=-4"),
        (lambda: waveform_generator(Waveform(length=64), 4, upsampling="cubic"), "'transposed', 'nearest'"),
        (lambda: waveform_generator(Waveform(length=64), 4, post_filter=-1), "post_filter"),
        (lambda: waveform_discriminator(Waveform(length=64), width=0), "width"),
        (lambda: small_gan("wavegan-small").representation(np.zeros((2, 1024, 2), "float32")), "audio_folder"),
        (lambda: small_gan("wavegan-small").representation(np.zeros((2, 1024, 1), "int16")), "as_audio"),
    ],
)
def test_wrong_audio_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("options", [{"duration": 1e308}, {"duration": 1e12}, {"length": 10**13}])
@pytest.mark.parametrize("representation", [Waveform, LogMagnitude])
def test_clips_beyond_the_memory_are_refused(representation, options):
    with pytest.raises(ValueError, match="must fit into the memory of this machine"):
        representation(**options)
