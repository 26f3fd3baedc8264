"""Magnitudes on a logarithmic scale that begins with 0 in silence.

The functions take tensors with `keras.ops` as `numerics`, or NumPy arrays with `numpy`.
"""

import math

LARGEST = 2.0  # the magnitude that no clip within full scale exceeds


def levels(sizes, floor: float, numerics):
    """log(1 + size / floor): 0 in silence, linear far below the floor, logarithmic above, smooth all the way."""
    return numerics.log(sizes + floor) - math.log(floor)


def sizes(levels, floor: float, numerics):
    """The inverse of `levels`; what a network gives beyond the possible is cut off at 0 and at twice full scale."""
    top = math.log(LARGEST + floor)
    return numerics.maximum(numerics.exp(numerics.minimum(levels + math.log(floor), top)) - floor, 0.0)
