"""Measures of generated music, one subject a file, as functions of arrays."""

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

__all__ = [
    "copy_rate",
    "empty_bar_rate",
    "in_scale_rate",
    "musicality",
    "notes_per_bar",
    "pitch_classes_per_bar",
    "pitches_per_bar",
    "polyphony",
    "qualified_note_rate",
    "tonal_distance",
]
