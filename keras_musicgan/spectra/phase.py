"""Magnitude and phase, and the change of phase from frame to frame."""

import numpy as np
from keras import ops

MIN_POWER = 1e-20  # so that digital silence has a gradient
UNKNOWN = 10.0  # no phase is that large


def magnitude(real, imaginary):
    """The absolute value of tensors, at least 1e-10, with a gradient of 0 in silence."""
    return ops.sqrt(ops.maximum(ops.square(real) + ops.square(imaginary), MIN_POWER))


def held_phase(real, imaginary, sounds):
    """The phase in (−π, π] where something sounds, elsewhere the last phase before in the same bin, or 0 before any.

    Args:
        real: Tensor `[n, frames, bins]`.
        imaginary: The same.
        sounds: Boolean tensor of that shape.
    """
    # Silence has no angle, and its derivative is not a number.
    phase = ops.arctan2(ops.where(sounds, imaginary, 0.0), ops.where(sounds, real, 1.0))
    phase = ops.where(sounds, phase, UNKNOWN)
    reach, n_frames = 1, real.shape[1]
    while reach < n_frames:  # what is held reaches twice as far each time
        later = phase[:, reach:]
        later = ops.where(later < UNKNOWN, later, phase[:, :-reach])
        phase = ops.concatenate([phase[:, :reach], later], axis=1)
        reach *= 2
    return ops.where(phase < UNKNOWN, phase, 0.0)


def phase_steps(phase):
    """Change of phase from the frame before, in [−π, π]; for the first frame the phase itself. `[n, frames, bins]`."""
    step = ops.concatenate([phase[:, :1], phase[:, 1:] - phase[:, :-1]], axis=1)
    return step - 2 * np.pi * ops.round(step / (2 * np.pi))
