"""Measures generated music against real music: numbers with intervals, beside those of real music and noise."""

from keras_musicgan.evaluation.comparison import Difference, comparison_text, differences
from keras_musicgan.evaluation.evaluate import evaluate
from keras_musicgan.evaluation.real_music import RealMusic
from keras_musicgan.evaluation.result import Estimate, Evaluation
from keras_musicgan.evaluation.sets import MusicSet

__all__ = [
    "Difference",
    "Estimate",
    "Evaluation",
    "MusicSet",
    "RealMusic",
    "comparison_text",
    "differences",
    "evaluate",
]
