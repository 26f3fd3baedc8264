"""Layers that Keras lacks, one per file."""

from keras_musicgan.networks.layers.decay import Decay
from keras_musicgan.networks.layers.folded_convolution import FoldedConv1D, FoldedConv1DTranspose
from keras_musicgan.networks.layers.minibatch_deviation import MinibatchDeviation
from keras_musicgan.networks.layers.phase_shuffle import PhaseShuffle
from keras_musicgan.networks.layers.pixel_norm import PixelNorm
from keras_musicgan.networks.layers.smooth_bins import BinsToFeatures, FeaturesToBins
from keras_musicgan.networks.layers.smooth_frames import SmoothFrames
from keras_musicgan.networks.layers.straight_through import StraightThrough

__all__ = [
    "BinsToFeatures",
    "Decay",
    "FeaturesToBins",
    "FoldedConv1D",
    "FoldedConv1DTranspose",
    "MinibatchDeviation",
    "PhaseShuffle",
    "PixelNorm",
    "SmoothFrames",
    "StraightThrough",
]
