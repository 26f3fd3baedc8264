"""Measures generated music against real music: numbers with intervals, beside what real music and noise have."""

from keras_musicgan.evaluation.evaluate import evaluate
from keras_musicgan.evaluation.result import Difference, Estimate, Evaluation, comparison_text, differences
from keras_musicgan.evaluation.sets import MusicSet

__all__ = [
    "Difference",
    "Estimate",
    "Evaluation",
    "MusicSet",
    "comparison_text",
    "differences",
    "evaluate",
]
