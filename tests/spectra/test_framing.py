import numpy as np
import pytest

from keras_musicgan.spectra.framing import Framing
from keras_musicgan.spectra.stft import host_stft


@pytest.mark.parametrize("length", [512, 513, 767, 768, 769, 16000, 16383, 16384, 16385])
@pytest.mark.parametrize("hop_length", [256, 100])
def test_there_is_one_frame_around_the_middle_of_each_hop(length, hop_length):
    framing = Framing(length, 512, hop_length)
    assert framing.n_frames == int(np.ceil(length / hop_length))
    for frame in (0, framing.n_frames - 2):
        clip = np.zeros((1, length), "float32")
        clip[0, frame * hop_length + hop_length // 2] = 1.0
        spectrum = host_stft(clip, framing)[0, frame]
        np.testing.assert_allclose(spectrum, np.full(257, 2 / 256), atol=1e-7)  # real: the phase is 0 at the centre


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_fft": 1024, "length": 1000}, "must not exceed the 1000 samples of a clip. Received: n_fft=1024"),
        ({"hop_length": 0}, "`hop_length` must be a positive integer. Received: hop_length=0"),
        ({"hop_length": 513}, "must not exceed n_fft=512.*Received: hop_length=513"),
        ({"hop_length": 512}, "windows of n_fft=512 samples overlap.*Take 256 or less"),
        ({"n_fft": 511}, "even number of at least 4. Received: n_fft=511"),
        ({"window": "han"}, "Did you mean 'hann'"),
    ],
)
def test_impossible_framings_say_why(options, message):
    with pytest.raises(ValueError, match=message):
        Framing(**{"length": 16384, "n_fft": 512, "hop_length": 256, **options})
