import librosa
import numpy as np
import pytest

from keras_musicgan.spectra.mel import MelBands


def test_mel_bands_are_those_of_librosa_and_none_is_empty():
    bands = MelBands(16000, 1024, 40)
    expected = librosa.filters.mel(sr=16000, n_fft=1024, n_mels=40, norm=None)[:, :-1].T
    np.testing.assert_allclose(bands.matrix, expected, atol=1e-5)
    dense = MelBands(16000, 512, 256)
    assert dense.matrix.max(axis=0).min() > 0.4 and dense.nearest.sum(axis=0).tolist() == [1.0] * 256
    np.testing.assert_allclose(dense.matrix[0].max(), 1.0 - np.diff(librosa.mel_frequencies(258, fmax=8000))[0] / 31.25)
    with pytest.raises(ValueError, match="`n_mels` must be at most half of n_fft=512.*n_mels=257"):
        MelBands(16000, 512, 257)


@pytest.mark.parametrize("n_mels", [64, 128, 256])
def test_mel_bands_bring_smooth_spectra_back(n_mels):
    bands = MelBands(16000, 512, n_mels)
    smooth = 1.0 + 0.5 * np.cos(np.linspace(0, 6, 256))[None]
    back = bands.bin_magnitudes(bands.band_magnitudes(smooth, np), np)
    np.testing.assert_allclose(back[:, 4:230], smooth[:, 4:230], rtol=0.05)  # without the half bands at the ends
