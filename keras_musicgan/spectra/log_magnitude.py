"""A logarithmic scale of magnitudes on which silence is 0; `xp` is `keras.ops` for tensors, `numpy` for arrays."""

import math

MAX_MAGNITUDE = 2.0  # of any clip within full scale


def log_magnitudes(magnitudes, floor: float, xp):
    """log(1 + magnitude / floor): smooth, linear far below the floor and logarithmic far above."""
    return xp.log(magnitudes + floor) - math.log(floor)


def linear_magnitudes(log_magnitudes, floor: float, xp):
    """The inverse of `log_magnitudes`, clipped to 0 and twice full scale."""
    largest = math.log(MAX_MAGNITUDE + floor)
    return xp.maximum(xp.exp(xp.minimum(log_magnitudes + math.log(floor), largest)) - floor, 0.0)
