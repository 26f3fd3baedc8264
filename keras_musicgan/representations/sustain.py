"""Notes that are held from step to step, as tensors."""

from keras import ops


def sustain(onsets, holds):
    """The features of the last onset while it is held: `sustained[t] = onsets[t] + holds[t] * sustained[t − 1]`.

    Takes as many operations as the logarithm of the steps.

    Args:
        onsets: `[batch, steps, features]`.
        holds: `[batch, steps, 1]`, 1 where the features of the step before go on.

    Returns:
        `[batch, steps, features]`.

    Example:
        >>> import numpy as np
        >>> onsets, holds = np.zeros((1, 4, 2)), np.array([0, 1, 0, 1.0])[None, :, None]
        >>> onsets[0, 0, 1] = 1
        >>> np.array(sustain(onsets, holds))[0].T.tolist()
        [[0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 0.0, 0.0]]

    Reference: Prefix sums and their applications (Blelloch, 1990), recurrences of first order.
    """
    steps = 1
    while steps < onsets.shape[1]:
        onsets = onsets + holds * later(onsets, steps)
        holds = holds * later(holds, steps)
        steps *= 2
    return onsets


def later(x, steps: int = 1):
    """`[batch, steps, features]` moved to later steps; 0 before its beginning."""
    return ops.pad(x[:, :-steps], ((0, 0), (steps, 0), (0, 0)))
