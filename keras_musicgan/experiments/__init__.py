"""Experiments: a verdict on one run, and sweeps over the hyperparameters of many."""

from keras_musicgan.experiments.effects import Effect, estimate_effects
from keras_musicgan.experiments.result import SweepResult, read_sweep
from keras_musicgan.experiments.sweep import sweep
from keras_musicgan.metrics.collapse import Finding
from keras_musicgan.runs.axes import Range
from keras_musicgan.runs.logs import read_logs
from keras_musicgan.runs.stability import StabilityReport, report
from keras_musicgan.utils.deprecation import renamed

__all__ = [
    "Effect",
    "Finding",
    "Range",
    "StabilityReport",
    "SweepResult",
    "estimate_effects",
    "read_logs",
    "read_sweep",
    "report",
    "sweep",
]

__getattr__ = renamed(__name__, {"StabilityFinding": "Finding", "effects_of": "estimate_effects"})
