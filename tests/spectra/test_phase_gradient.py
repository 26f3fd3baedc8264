import numpy as np
import pytest

from keras_musicgan.datasets import make_drums, make_notes
from keras_musicgan.spectra.framing import Framing
from keras_musicgan.spectra.griffin_lim import host_griffin_lim
from keras_musicgan.spectra.phase_gradient import phase_gradient_heap_integration
from keras_musicgan.spectra.stft import host_istft, host_stft
from tests.support.spectral_clips import real_drums, real_notes


def spectral_convergence_db(clips, target, framing):
    """Distance of the clips' magnitudes from those target, in dB relative to them; the mean over clips."""
    error = np.abs(host_stft(clips, framing)) - target
    ratio = np.square(error).sum(axis=(1, 2)) / np.square(target).sum(axis=(1, 2))
    return float(np.mean(10 * np.log10(ratio)))


def from_phases(magnitudes, phases, framing):
    return host_istft((magnitudes * np.exp(1j * phases)).astype("complex64"), framing)


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
@pytest.mark.slow
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
