"""Magnitudes on a logarithmic scale that begins with 0 in silence.

The functions take tensors with `keras.ops` as `xp`, or NumPy arrays with `numpy`.
"""

import math

LARGEST = 2.0  # the magnitude that no clip within full scale exceeds


def levels(sizes, floor: float, xp):
    """log(1 + size / floor): 0 in silence, linear far below the floor, logarithmic above, smooth all the way."""
    return xp.log(sizes + floor) - math.log(floor)


def sizes(levels, floor: float, xp):
    """The inverse of `levels`; what a network gives beyond the possible is cut off at 0 and at twice full scale."""
    top = math.log(LARGEST + floor)
    return xp.maximum(xp.exp(xp.minimum(levels + math.log(floor), top)) - floor, 0.0)
