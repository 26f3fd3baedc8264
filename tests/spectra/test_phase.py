import numpy as np
import pytest
from keras import ops

from keras_musicgan.spectra.log_magnitude import linear_magnitudes, log_magnitudes
from keras_musicgan.spectra.phase import held_phase, phase_steps


def numpy(*tensors):
    return [ops.convert_to_numpy(tensor) for tensor in tensors]


def test_log_magnitudes_are_0_in_silence_and_logarithmic_above():
    magnitudes = np.array([0.0, 1e-4, 1.0, 2.0])
    values = log_magnitudes(magnitudes, 1e-4, np)
    np.testing.assert_allclose(values, [0.0, np.log(2), np.log(1e4 + 1), np.log(2e4 + 1)], atol=1e-12)
    np.testing.assert_allclose(linear_magnitudes(values, 1e-4, np), magnitudes, atol=1e-12)
    np.testing.assert_allclose(linear_magnitudes(np.array([-1.0, 1e6]), 1e-4, np), [0.0, 2.0], atol=1e-12)


@pytest.mark.backend
def test_the_phase_is_held_where_nothing_sounds():
    phase = np.array([0.5, 1.0, -2.0, 3.0, -3.0, 0.1, 0.2], "float32")
    sounds = np.array([False, True, False, False, True, True, False])
    real, imaginary = (np.where(sounds, part, 0.0).astype("float32") for part in (np.cos(phase), np.sin(phase)))
    held = held_phase(*(ops.reshape(part, (1, 7, 1)) for part in (real, imaginary)), ops.reshape(sounds, (1, 7, 1)))
    steps = phase_steps(held)
    held, steps = (values.ravel() for values in numpy(held, steps))
    np.testing.assert_allclose(held, [0, 1, 1, 1, -3, 0.1, 0.1], atol=1e-6)
    np.testing.assert_allclose(steps, [0, 1, 0, 0, 2 * np.pi - 4, 3.1 - 2 * np.pi + np.pi * 2, 0], atol=1e-6)
