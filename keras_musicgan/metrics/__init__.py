"""Measures of generated music, one subject a file, as functions of arrays."""

from keras_musicgan.metrics.collapse import Diagnosis, Finding, diagnose
from keras_musicgan.metrics.frechet import frechet_distance
from keras_musicgan.metrics.log_mel import (
    log_mel_spectrograms,
    log_mel_statistics,
    mean_pairwise_distance,
    nearest_distances,
    pairwise_distances,
)
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
from keras_musicgan.metrics.partials import partial_sharpness
from keras_musicgan.metrics.pitch import heard_pitch, pitch_accuracy

__all__ = [
    "Diagnosis",
    "Finding",
    "copy_rate",
    "diagnose",
    "empty_bar_rate",
    "frechet_distance",
    "heard_pitch",
    "in_scale_rate",
    "log_mel_spectrograms",
    "log_mel_statistics",
    "mean_pairwise_distance",
    "musicality",
    "nearest_distances",
    "notes_per_bar",
    "pairwise_distances",
    "partial_sharpness",
    "pitch_accuracy",
    "pitch_classes_per_bar",
    "pitches_per_bar",
    "polyphony",
    "qualified_note_rate",
    "tonal_distance",
]
