"""Magnitudes on a logarithmic scale that begins with 0 in silence.

The functions take tensors with `keras.ops` as `xp`, or NumPy arrays with `numpy`.
"""

import math

MAX_MAGNITUDE = 2.0  # the magnitude that no clip within full scale exceeds


def log_magnitudes(magnitudes, floor: float, xp):
    """log(1 + magnitude / floor): 0 in silence, linear far below the floor, logarithmic above, smooth all the way."""
    return xp.log(magnitudes + floor) - math.log(floor)


def linear_magnitudes(log_magnitudes, floor: float, xp):
    """The inverse of `log_magnitudes`, clipped to 0 and twice full scale."""
    largest = math.log(MAX_MAGNITUDE + floor)
    return xp.maximum(xp.exp(xp.minimum(log_magnitudes + math.log(floor), largest)) - floor, 0.0)
