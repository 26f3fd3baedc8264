"""Magnitude and phase, and the change of phase from frame to frame."""

import numpy as np
from keras import ops

LEAST_POWER = 1e-20  # so that digital silence has a gradient


def magnitude(real, imaginary):
    """The absolute value of tensors, at least 1e-10, with a gradient of 0 in silence."""
    return ops.sqrt(ops.maximum(ops.square(real) + ops.square(imaginary), LEAST_POWER))


def held_phase(real, imaginary, sounds):
    """The phase in (−π, π] where something sounds, elsewhere the last phase before in the same bin, or 0 before any.

    Args:
        real: Tensor `[n, frames, bins]`.
        imaginary: The same.
        sounds: Boolean tensor of that shape.
    """
    # Silence has no angle, and its derivative is not a number.
    phase = ops.arctan2(ops.where(sounds, imaginary, 0.0), ops.where(sounds, real, 1.0))
    reach, n_frames = 1, real.shape[1]
    while reach < n_frames:  # what is held reaches twice as far each time
        phase = ops.where(sounds, phase, _later(phase, reach))
        sounds = ops.logical_or(sounds, _later(sounds, reach))
        reach *= 2
    return phase


def phase_steps(phase):
    """Change of phase from the frame before, in [−π, π]; for the first frame the phase itself. `[n, frames, bins]`."""
    step = phase - _later(phase, 1)
    return step - 2 * np.pi * ops.round(step / (2 * np.pi))


def _later(x, n_frames):
    return ops.pad(x[:, :-n_frames], ((0, 0), (n_frames, 0), (0, 0)))
