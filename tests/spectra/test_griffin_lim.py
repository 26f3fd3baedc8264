import librosa
import numpy as np
import pytest
from keras import ops

from keras_musicgan.datasets import make_notes
from keras_musicgan.spectra.framing import Framing
from keras_musicgan.spectra.griffin_lim import griffin_lim, host_griffin_lim
from keras_musicgan.spectra.phase_gradient import time_integrated_phase
from keras_musicgan.spectra.stft import host_stft


def numpy(*tensors):
    return [ops.convert_to_numpy(tensor) for tensor in tensors]


def spectral_convergence_db(clips, target, framing):
    """Distance of the clips' magnitudes from those target, in dB relative to them; the mean over clips."""
    error = np.abs(host_stft(clips, framing)) - target
    ratio = np.square(error).sum(axis=(1, 2)) / np.square(target).sum(axis=(1, 2))
    return float(np.mean(10 * np.log10(ratio)))


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


@pytest.mark.backend
def test_griffin_lim_is_the_same_in_the_graph():
    framing = Framing(2000, 128, 50)
    target = np.abs(host_stft(make_notes(3, sample_rate=8000, length=2000)[0][..., 0], framing))[..., :-1]
    phases = time_integrated_phase(np.log(target + 1e-4), framing, np).astype("float32")
    (mine,) = numpy(griffin_lim(ops.convert_to_tensor(target), ops.convert_to_tensor(phases), framing, 8))
    assert np.abs(mine).max() > 0.1
    np.testing.assert_allclose(mine, host_griffin_lim(target, phases, framing, 8), atol=2e-4)
