"""Transforms against librosa, SciPy, closed forms and explicit least squares."""

import librosa
import numpy as np
import pytest
import scipy.signal
from keras import ops

from keras_musicgan.datasets import make_drums, make_notes
from keras_musicgan.spectra.framing import Framing
from keras_musicgan.spectra.griffin_lim import griffin_lim, host_griffin_lim
from keras_musicgan.spectra.log_magnitude import linear_magnitudes, log_magnitudes
from keras_musicgan.spectra.mel import MelBands
from keras_musicgan.spectra.phase import held_phase, phase_steps
from keras_musicgan.spectra.phase_gradient import phase_gradient_heap_integration, time_integrated_phase
from keras_musicgan.spectra.stft import host_istft, host_stft, istft, matrix_stft, stft
from keras_musicgan.spectra.windows import gaussian_spread, window
from tests.support.spectral_clips import real_drums, real_notes

pytestmark = pytest.mark.backend
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


def spectral_convergence_db(clips, target, framing):
    """Distance of the clips' magnitudes from those target, in dB relative to them; the mean over clips."""
    error = np.abs(host_stft(clips, framing)) - target
    ratio = np.square(error).sum(axis=(1, 2)) / np.square(target).sum(axis=(1, 2))
    return float(np.mean(10 * np.log10(ratio)))


def from_phases(magnitudes, phases, framing):
    return host_istft((magnitudes * np.exp(1j * phases)).astype("complex64"), framing)


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
    for transform in (stft, matrix_stft):
        real, imaginary = numpy(*transform(ops.convert_to_tensor(clips), framing))
        np.testing.assert_allclose(real + 1j * imaginary, expected, atol=3e-6)
    np.testing.assert_allclose(host_stft(clips, framing), expected, atol=3e-6)


@pytest.mark.parametrize("framing", FRAMINGS, ids=str)
def test_the_inverse_gives_every_sample_back(framing):
    clips = noise(framing)
    spectra = host_stft(clips, framing)
    np.testing.assert_allclose(host_istft(spectra, framing), clips, atol=1e-5)
    tensors = [ops.convert_to_tensor(part.copy()) for part in (spectra.real, spectra.imag)]
    np.testing.assert_allclose(*numpy(istft(*tensors, framing)), clips, atol=2e-5)


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
    (mine,) = numpy(istft(*map(ops.convert_to_tensor, spectra), framing))
    np.testing.assert_allclose(mine[0], expected, atol=1e-4)


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


def test_a_sine_of_full_scale_has_the_magnitude_1_and_one_phase():
    framing = Framing(4096, 512, 128)
    clip = np.cos(2 * np.pi * 40 / 512 * np.arange(4096) + 1.0).astype("float32")[None]
    middle = host_stft(clip, framing)[0, 16]
    assert np.abs(middle).argmax() == 40 and np.abs(middle[40]) == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(np.angle(middle[39:42]), np.angle(middle[40]), atol=1e-5)


@pytest.mark.parametrize("name", ["hann", "hamming", "blackman"])
def test_windows_are_those_of_scipy(name):
    np.testing.assert_allclose(window(name, 96), scipy.signal.get_window(name, 96), atol=1e-12)


def test_gaussian_spread_is_that_of_the_paper():
    for name, share in [("hann", 0.25645), ("hamming", 0.29794), ("blackman", 0.17954)]:
        assert gaussian_spread(window(name, 512)) / 512**2 == pytest.approx(share, rel=0.02)
    expected = np.pi / (4 * np.log(100))  # 1 % at the edge
    assert gaussian_spread(window("gaussian", 512)) / 512**2 == pytest.approx(expected, rel=1e-3)


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


def test_log_magnitudes_are_0_in_silence_and_logarithmic_above():
    magnitudes = np.array([0.0, 1e-4, 1.0, 2.0])
    values = log_magnitudes(magnitudes, 1e-4, np)
    np.testing.assert_allclose(values, [0.0, np.log(2), np.log(1e4 + 1), np.log(2e4 + 1)], atol=1e-12)
    np.testing.assert_allclose(linear_magnitudes(values, 1e-4, np), magnitudes, atol=1e-12)
    np.testing.assert_allclose(linear_magnitudes(np.array([-1.0, 1e6]), 1e-4, np), [0.0, 2.0], atol=1e-12)


def test_the_phase_is_held_where_nothing_sounds():
    phase = np.array([0.5, 1.0, -2.0, 3.0, -3.0, 0.1, 0.2], "float32")
    sounds = np.array([False, True, False, False, True, True, False])
    real, imaginary = (np.where(sounds, part, 0.0).astype("float32") for part in (np.cos(phase), np.sin(phase)))
    held = held_phase(*(ops.reshape(part, (1, 7, 1)) for part in (real, imaginary)), ops.reshape(sounds, (1, 7, 1)))
    steps = phase_steps(held)
    held, steps = (values.ravel() for values in numpy(held, steps))
    np.testing.assert_allclose(held, [0, 1, 1, 1, -3, 0.1, 0.1], atol=1e-6)
    np.testing.assert_allclose(steps, [0, 1, 0, 0, 2 * np.pi - 4, 3.1 - 2 * np.pi + np.pi * 2, 0], atol=1e-6)


def test_griffin_lim_is_as_good_as_that_of_librosa():
    framing = Framing(16384, 512, 256)
    target = np.abs(host_stft(make_notes(6, seed=3)[0][..., 0], framing))
    phases = np.random.default_rng(0).uniform(-np.pi, np.pi, target.shape).astype("float32")
    mine = host_griffin_lim(target, phases, framing, 32)
    scale = np.hanning(513)[:-1].sum() / 2
    theirs = librosa.griffinlim(
        target.swapaxes(1, 2) * scale, n_iter=32, hop_length=256, center=False, random_state=0, length=16640
    )
    theirs = theirs[:, framing.pad_left : framing.pad_left + framing.length]
    assert spectral_convergence_db(mine, target, framing) < spectral_convergence_db(theirs, target, framing) + 1.0
    longer = host_griffin_lim(target, phases, framing, 128)
    assert spectral_convergence_db(longer, target, framing) < spectral_convergence_db(mine, target, framing) - 3.0


def test_griffin_lim_is_the_same_in_the_graph():
    framing = Framing(2000, 128, 50)
    target = np.abs(host_stft(make_notes(3, sample_rate=8000, length=2000)[0][..., 0], framing))[..., :-1]
    phases = time_integrated_phase(np.log(target + 1e-4), framing, np).astype("float32")
    (mine,) = numpy(griffin_lim(ops.convert_to_tensor(target), ops.convert_to_tensor(phases), framing, 8))
    assert np.abs(mine).max() > 0.1
    np.testing.assert_allclose(mine, host_griffin_lim(target, phases, framing, 8), atol=2e-4)


def test_integrated_phases_are_those_of_a_chirp_in_a_gaussian_window():
    framing = Framing(8192, 512, 64, "gaussian")
    time = np.arange(8192) / 8192
    clip = np.cos(2 * np.pi * (400 * time + 300 * time**2)).astype("float32")[None]
    spectrum = host_stft(clip, framing)
    phases = phase_gradient_heap_integration(np.abs(spectrum), framing)
    loud = np.abs(spectrum) > 0.05
    loud[:, :8], loud[:, -8:] = False, False  # the clip begins and ends at once
    error = np.angle(spectrum * np.exp(-1j * phases))[loud]
    error = np.angle(np.exp(1j * (error - np.angle(np.exp(1j * error).mean()))))  # but for one constant
    assert loud.sum() > 500 and np.abs(error).max() < 0.5


def test_integration_beats_griffin_lim_on_notes_and_refines_it_on_drums():
    framing = Framing(16384, 512, 256)
    for clips, ahead in ((make_notes(8, seed=1)[0], 2.0), (make_drums(8, seed=1)[0], None)):
        target = np.abs(host_stft(clips[..., 0], framing))
        rng = np.random.default_rng(0)
        random = rng.uniform(-np.pi, np.pi, target.shape).astype("float32")
        slow = spectral_convergence_db(host_griffin_lim(target, random, framing, 32), target, framing)
        phases = phase_gradient_heap_integration(target, framing)
        if ahead:
            assert spectral_convergence_db(from_phases(target, phases, framing), target, framing) < slow - ahead
        both = host_griffin_lim(target, phases, framing, 32)
        assert spectral_convergence_db(both, target, framing) < slow - 1.0


def test_integration_of_silence_and_of_nan_ends():
    framing = Framing(2048, 512, 256)
    for value in (0.0, np.nan):
        phases = phase_gradient_heap_integration(np.full((1, 8, 256), value, "float32"), framing)
        assert not phases.any()


@pytest.mark.data
def test_integration_beats_griffin_lim_on_real_notes_and_equals_it_on_drums(philharmonia, sonic_pi):
    """On drums only with Gaussian windows and a small hop; with Hann windows and half overlap it is 10 dB behind."""
    results = {}
    for name, clips in (("notes", real_notes(philharmonia, 48)), ("drums", real_drums(sonic_pi, 48))):
        for framing in (Framing(16384, 512, 256), Framing(16384, 512, 64, "gaussian")):
            target = np.abs(host_stft(clips[..., 0], framing))
            random = np.random.default_rng(0).uniform(-np.pi, np.pi, target.shape).astype("float32")
            phases = phase_gradient_heap_integration(target, framing)
            ways = {
                "gl": host_griffin_lim(target, random, framing, 32),
                "pghi": from_phases(target, phases, framing),
                "both": host_griffin_lim(target, phases, framing, 32),
            }
            results[name, framing.window] = {
                way: spectral_convergence_db(audio, target, framing) for way, audio in ways.items()
            }
    assert results["notes", "hann"]["pghi"] < results["notes", "hann"]["gl"]
    assert results["notes", "gaussian"]["pghi"] < results["notes", "gaussian"]["gl"] - 5.0
    assert results["drums", "gaussian"]["pghi"] < results["drums", "gaussian"]["gl"] + 1.0
    assert all(result["both"] < result["gl"] - 1.5 for result in results.values())
