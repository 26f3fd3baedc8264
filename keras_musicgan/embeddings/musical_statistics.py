"""Statistics of a piece: pitches, intervals, rhythm and density."""

import numpy as np

from keras_musicgan.datasets.keys import TONICS, estimate_key
from keras_musicgan.metrics.musicality import pitch_class_counts
from keras_musicgan.metrics.note_measures import count_sounding_beats, melody, without_drums
from keras_musicgan.music.notes import Notes

MELODIC = np.array([0, 1, 1, 2, 2, 3, 3, 3, 4])  # by semitones: unison, step, third, up to a fifth, wider
HARMONIC = np.array([0, 3, 3, 1, 1, 2, 3])  # by semitones: unison, thirds and sixths, fourths and fifths, dissonances
TICKS = 48  # per beat of the metre; onsets are rounded to them
SHORTEST_BEATS = 0.25
LENGTHS = 5  # each twice the one before: 1/4 to 4 beats
MIDDLE_C = 60


def musical_statistics(notes: Notes) -> dict[str, np.ndarray]:
    """Statistics of a piece, not scaled.

    Args:
        notes: A piece. Without notes all histograms are 0.

    Returns:
        Dict of float64 arrays. Histograms with the sum 1, or 0 where nothing is counted:

        - `pitch_classes` relative to the tonic of the best-fitting key, which transposing does not change, `[12]`;
        - `melodic_intervals` between the highest notes of successive onsets: unisons, steps, thirds, up to a fifth,
          wider, `[5]`;
        - `harmonic_intervals` of notes that sound together, weighted by time: unisons and octaves, thirds and sixths,
          fourths and fifths, seconds and sevenths and tritones, `[4]`;
        - `onsets_in_bar`: at its beginning, on another beat, on halves and on quarters of a beat, and elsewhere, in
          the metre in force, 4/4 before the first, `[5]`;
        - `note_lengths`, rounded to 1/4, 1/2, 1, 2 or 4 beats, `[5]`.

        Numbers `[1]`: `rising_share` of melodic intervals except unisons, `mean_pitch` (middle C without notes),
        `range_semitones`, `notes_per_beat`, `polyphony` (mean number of notes while any sounds) and `silent_share` of
        the length of the piece.

    Example:
        >>> found = musical_statistics(Notes(start=[0, 1, 2], duration=[1, 1, 2], pitch=[60, 64, 67]))
        >>> found["melodic_intervals"].nonzero()[0].tolist(), found["range_semitones"].tolist()
        ([2], [7.0])
    """
    tones = without_drums(notes)
    tonic = TONICS.index(estimate_key(tones).split(" ")[0])
    steps = np.diff(melody(tones))
    moves, intervals = steps[steps != 0], np.abs(steps)
    sounding_beats = count_sounding_beats(notes)
    doublings = np.log2(notes.duration / SHORTEST_BEATS) if len(notes) else np.zeros(0)
    lengths = np.clip(np.rint(doublings), 0, LENGTHS - 1)
    return {
        "pitch_classes": _shares(pitch_class_counts(tones.pitch - tonic)),
        "melodic_intervals": _histogram(MELODIC[np.minimum(intervals, len(MELODIC) - 1)], 5),
        "harmonic_intervals": _harmonic_intervals(tones),
        "onsets_in_bar": _histogram(_metrical_positions(notes), 5),
        "note_lengths": _histogram(lengths, LENGTHS),
        "rising_share": np.array([(moves > 0).mean() if len(moves) else 0.0]),
        "mean_pitch": np.array([tones.pitch.mean() if len(tones) else MIDDLE_C], "float64"),
        "range_semitones": np.array([np.ptp(tones.pitch) if len(tones) else 0.0], "float64"),
        "notes_per_beat": np.array([len(notes) / notes.length if notes.length else 0.0]),
        "polyphony": np.array([notes.duration.sum() / sounding_beats if sounding_beats else 0.0]),
        "silent_share": np.array([1.0 - sounding_beats / notes.length if notes.length else 1.0]),
    }


def _harmonic_intervals(tones):
    order = np.argsort(tones.start, kind="stable")
    start, pitch = tones.start[order], tones.pitch[order]
    end = start + tones.duration[order]
    beats = np.zeros(HARMONIC.max() + 1)
    for index, until in enumerate(np.searchsorted(start, end)):  # those that begin during this note
        later = slice(index + 1, until)
        interval = np.abs(pitch[later] - pitch[index]) % 12
        overlap = np.minimum(end[later], end[index]) - start[later]
        beats += np.bincount(HARMONIC[np.minimum(interval, 12 - interval)], weights=overlap, minlength=len(beats))
    return _shares(beats)


def _metrical_positions(notes):
    """Metrical position of each onset in the metre in force, from 0 for the beginning of a bar to 4, int `[n]`."""
    begins, beats_of_bar, denominators = np.array([(0.0, 4, 4), *notes.time_signatures]).T
    metre = np.searchsorted(begins, notes.start, "right") - 1
    ticks = np.rint((notes.start - begins[metre]) * denominators[metre] / 4 * TICKS).astype(int)
    is_at = [
        ticks % (TICKS * beats_of_bar[metre]) == 0,
        *(ticks % grid == 0 for grid in (TICKS, TICKS // 2, TICKS // 4)),
    ]
    return np.argmax([*is_at, np.ones(len(ticks), bool)], axis=0)


def _histogram(values, size):
    return _shares(np.bincount(values.astype(int), minlength=size))


def _shares(counts):
    return counts / max(counts.sum(), 1e-12)
