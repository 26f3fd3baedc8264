"""Custom Keras layers, one a file."""

from keras_musicgan.layers.minibatch_deviation import MinibatchDeviation
from keras_musicgan.layers.straight_through import StraightThrough

__all__ = ["MinibatchDeviation", "StraightThrough"]
