"""Log-mel spectrograms against librosa, and as tensors."""

import librosa
import numpy as np
import pytest
from keras import ops

from keras_musicgan.spectra.log_mel import fitting_n_mels, log_mel_spectrograms, log_mel_tensor, window_length

pytestmark = pytest.mark.backend


@pytest.mark.parametrize(
    ("rate", "length", "channels"), [(16000, 16384, 1), (8000, 4096, 2), (11025, 5001, 1), (16000, 700, 1)]
)
def test_log_mels_are_those_of_librosa_and_the_same_as_a_tensor(rate, length, channels):
    clips = np.random.default_rng(0).uniform(-1, 1, (2, length, channels)).astype("float32")
    clips[1] *= np.linspace(1, 0, length)[:, None] ** 8
    n_mels, n_fft = fitting_n_mels(rate), window_length(rate)
    spectrograms = log_mel_spectrograms(clips, rate, n_mels)
    samples = np.pad(clips, ((0, 0), (0, max(n_fft - length, 0)), (0, 0))).swapaxes(1, 2)
    power = np.square(np.abs(librosa.stft(samples, n_fft=n_fft, hop_length=n_fft // 4))).mean(axis=1)
    scale = 1.5 * (n_fft / 4) ** 2  # the power of a sine of amplitude 1, shared by the bins of a Hann window
    bands = librosa.filters.mel(sr=rate, n_fft=n_fft, n_mels=n_mels, norm=None) @ power / scale
    expected = 10 * np.log10(np.maximum(bands, 1e-8)).swapaxes(1, 2)
    np.testing.assert_allclose(spectrograms, expected, atol=1e-3)
    tensor = ops.convert_to_numpy(log_mel_tensor(ops.convert_to_tensor(clips), rate, n_mels))
    np.testing.assert_allclose(tensor, spectrograms, atol=0.02)
