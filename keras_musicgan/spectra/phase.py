"""Magnitude, phase, and the change of phase from frame to frame."""

import numpy as np
from keras import ops

MIN_POWER = 1e-20  # so that digital silence has a gradient
UNKNOWN = 10.0  # no phase is that large


def magnitude(real, imaginary):
    """Absolute values of complex tensors, at least 1e-10, with a gradient of 0 in silence."""
    return ops.sqrt(ops.maximum(ops.square(real) + ops.square(imaginary), MIN_POWER))


def held_phase(real, imaginary, sounds):
    """Phases in (−π, π]; where a bin is silent, its last phase before, or 0.

    Args:
        real: Tensor `[n, frames, bins]`.
        imaginary: The same.
        sounds: Boolean tensor of that shape: which bins are not silent.
    """
    # In silence, the derivative of the angle is not a number.
    phase = ops.arctan2(ops.where(sounds, imaginary, 0.0), ops.where(sounds, real, 1.0))
    phase = ops.where(sounds, phase, UNKNOWN)
    reach, n_frames = 1, real.shape[1]
    while reach < n_frames:  # phases are held twice as far each time
        later = phase[:, reach:]
        later = ops.where(later < UNKNOWN, later, phase[:, :-reach])
        phase = ops.concatenate([phase[:, :reach], later], axis=1)
        reach *= 2
    return ops.where(phase < UNKNOWN, phase, 0.0)


def phase_steps(phase):
    """Change of phase from the frame before, in [−π, π], `[n, frames, bins]`; in the first frame, the phase itself."""
    step = ops.concatenate([phase[:, :1], phase[:, 1:] - phase[:, :-1]], axis=1)
    return step - 2 * np.pi * ops.round(step / (2 * np.pi))
