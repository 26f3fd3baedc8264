"""Transforms against librosa and explicit least squares."""

import librosa
import numpy as np
import pytest
from keras import ops

from keras_musicgan.spectra.framing import Framing
from keras_musicgan.spectra.stft import MatrixTransform, host_istft, host_stft, stft

FRAMINGS = [
    Framing(16384, 512, 256),
    Framing(5000, 96, 30, "hamming"),
    Framing(1001, 64, 64, "hamming"),
    Framing(777, 50, 7, "blackman"),
    Framing(512, 512, 128, "gaussian"),
]


def noise(framing, n=2):
    return np.random.default_rng(0).normal(size=(n, framing.length)).astype("float32")


def numpy(*tensors):
    return [ops.convert_to_numpy(tensor) for tensor in tensors]


@pytest.mark.backend
@pytest.mark.parametrize("framing", FRAMINGS, ids=str)
def test_spectra_are_those_of_librosa(framing):
    clips = noise(framing)
    samples = np.roll(framing.rolled_window, framing.n_fft // 2)
    padded = np.pad(clips, ((0, 0), (framing.pad_left, framing.pad_right)))
    options = {"n_fft": framing.n_fft, "hop_length": framing.hop_length, "center": False}
    expected = librosa.stft(padded, window=samples, **options).swapaxes(1, 2)[:, : framing.n_frames]
    # Theirs count phases from a frame's first sample and are not relative to full scale.
    expected = expected * 2 / samples.sum() * (-1.0) ** np.arange(framing.n_bins)
    assert expected.shape == (2, framing.n_frames, framing.n_bins)
    tensor = ops.convert_to_tensor(clips)
    for spectra in (stft(tensor, framing), MatrixTransform(framing).stft(tensor)):
        real, imaginary = numpy(*spectra)
        np.testing.assert_allclose(real + 1j * imaginary, expected, atol=3e-6)
    np.testing.assert_allclose(host_stft(clips, framing), expected, atol=3e-6)


@pytest.mark.backend
@pytest.mark.parametrize("framing", FRAMINGS, ids=str)
def test_the_inverse_gives_every_sample_back(framing):
    clips = noise(framing)
    spectra = host_stft(clips, framing)
    np.testing.assert_allclose(host_istft(spectra, framing), clips, atol=1e-5)
    tensors = [ops.convert_to_tensor(part.copy()) for part in (spectra.real, spectra.imag)]
    np.testing.assert_allclose(*numpy(MatrixTransform(framing).istft(*tensors)), clips, atol=2e-5)


@pytest.mark.backend
def test_the_inverse_is_that_of_least_squares():
    """Spectra that belong to no clip: the answer is that of a general solver."""
    framing = Framing(60, 16, 6)
    rng = np.random.default_rng(1)
    spectra = rng.normal(size=(2, 1, framing.n_frames, framing.n_bins)).astype("float32")
    spectra[1, ..., [0, -1]] = 0.0  # these bins are real
    each_sample = host_stft(np.eye(60, dtype="float32"), framing)
    twice = np.sqrt(np.where(np.isin(np.arange(framing.n_bins), [0, framing.n_bins - 1]), 1, 2))  # mirrored bins
    matrix = np.concatenate([part * twice for part in (each_sample.real, each_sample.imag)], axis=2).reshape(60, -1)
    target = np.concatenate([part * twice for part in spectra], axis=2).ravel()
    expected = np.linalg.lstsq(matrix.T, target, rcond=None)[0]
    np.testing.assert_allclose(host_istft(spectra[0] + 1j * spectra[1], framing)[0], expected, atol=1e-4)
    (mine,) = numpy(MatrixTransform(framing).istft(*map(ops.convert_to_tensor, spectra)))
    np.testing.assert_allclose(mine[0], expected, atol=1e-4)


def test_a_sine_of_full_scale_has_the_magnitude_1_and_one_phase():
    framing = Framing(4096, 512, 128)
    clip = np.cos(2 * np.pi * 40 / 512 * np.arange(4096) + 1.0).astype("float32")[None]
    middle = host_stft(clip, framing)[0, 16]
    assert np.abs(middle).argmax() == 40 and np.abs(middle[40]) == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(np.angle(middle[39:42]), np.angle(middle[40]), atol=1e-5)
