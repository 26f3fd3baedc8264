"""Measures of generated music as functions of arrays, one subject a file."""

from keras_musicgan.metrics.collapse import Diagnosis, Finding, diagnose
from keras_musicgan.metrics.frechet import frechet_distance
from keras_musicgan.metrics.frechet_infinity import frechet_infinity
from keras_musicgan.metrics.inception_score import class_entropy, inception_score
from keras_musicgan.metrics.kernel_distance import KernelMatrices, kernel_bandwidth, kernel_distance, kernel_matrices
from keras_musicgan.metrics.log_mel_distances import (
    log_mel_statistics,
    mean_pairwise_distance,
    nearest_distances,
    pairwise_distances,
)
from keras_musicgan.metrics.memorization import Copies, authenticity, find_copies
from keras_musicgan.metrics.musicality import (
    copy_rate,
    empty_bar_rate,
    in_scale_rate,
    musicality,
    notes_per_bar,
    pitch_classes_per_bar,
    pitches_per_bar,
    polyphony,
    qualified_note_rate,
    tonal_distance,
)
from keras_musicgan.metrics.ndb import DifferentBins, ndb
from keras_musicgan.metrics.note_measures import compare_notes, describe_notes
from keras_musicgan.metrics.partials import partial_sharpness
from keras_musicgan.metrics.pitch import estimate_pitch, pitch_accuracy
from keras_musicgan.metrics.pitch_entropy import pitch_entropy
from keras_musicgan.metrics.prdc import PRDC, coverage, density, prdc, precision, recall
from keras_musicgan.spectra.log_mel import log_mel_spectrograms
from keras_musicgan.utils.deprecation import renamed

__all__ = [
    "PRDC",
    "Copies",
    "Diagnosis",
    "DifferentBins",
    "Finding",
    "KernelMatrices",
    "authenticity",
    "class_entropy",
    "compare_notes",
    "copy_rate",
    "coverage",
    "density",
    "describe_notes",
    "diagnose",
    "empty_bar_rate",
    "estimate_pitch",
    "find_copies",
    "frechet_distance",
    "frechet_infinity",
    "in_scale_rate",
    "inception_score",
    "kernel_bandwidth",
    "kernel_distance",
    "kernel_matrices",
    "log_mel_spectrograms",
    "log_mel_statistics",
    "mean_pairwise_distance",
    "musicality",
    "ndb",
    "nearest_distances",
    "notes_per_bar",
    "pairwise_distances",
    "partial_sharpness",
    "pitch_accuracy",
    "pitch_classes_per_bar",
    "pitch_entropy",
    "pitches_per_bar",
    "polyphony",
    "prdc",
    "precision",
    "qualified_note_rate",
    "recall",
    "tonal_distance",
]

__getattr__ = renamed(__name__, {"heard_pitch": "estimate_pitch", "neighbourhoods": "prdc", "Neighbourhoods": "PRDC"})
