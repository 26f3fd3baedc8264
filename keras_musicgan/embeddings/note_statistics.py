"""Musical statistics of pieces: the embedding of notes."""

import numpy as np

from keras_musicgan.embeddings.base import Embedding
from keras_musicgan.embeddings.musical_statistics import musical_statistics

# Number of values and smallest scale of each statistic: one that hardly varies in the reference set must not turn
# inaudible differences into large distances.
STATISTICS = {
    "pitch_classes": (12, 0.05),
    "melodic_intervals": (5, 0.05),
    "harmonic_intervals": (4, 0.05),
    "onsets_in_bar": (5, 0.05),
    "note_lengths": (5, 0.05),
    "rising_share": (1, 0.05),
    "mean_pitch": (1, 1.0),
    "range_semitones": (1, 1.0),
    "notes_per_beat": (1, 0.1),
    "polyphony": (1, 0.1),
    "silent_share": (1, 0.02),
}


class NoteStatistics(Embedding):
    """Pitches, intervals, rhythm and density of a piece as 37 numbers, scaled by a reference set.

    Each of the 11 `musical_statistics` is centred and divided by the root of its total variance over the reference
    set, so that a histogram counts as much as a single number. A piece is one patch. Pieces without notes are embedded
    as silence; drums have onsets and lengths, but no pitch.

    Raises:
        ValueError: `fit` raises it for fewer than two pieces, or pieces that are all equal.

    Example:
        >>> import keras_musicgan as km
        >>> embedding = NoteStatistics().fit(km.datasets.compose(20, seed=1, bars=8))
        >>> embedding.name, embedding(km.datasets.compose(3, seed=2, bars=8)).shape
        ('note-statistics', (3, 1, 37))
    """

    name = "note-statistics"
    takes = "notes"
    dims = sum(size for size, _ in STATISTICS.values())

    def __init__(self):
        self.fitted = False

    def _fit(self, music, sample_rate):
        rows = _rows(music)
        if len(rows) < 2 or not np.ptp(rows, axis=0).any():
            raise ValueError(
                "A reference set must have at least two pieces that differ. Received: "
                f"{len(rows)} {'pieces, all equal' if len(rows) > 1 else 'piece'}. Give music that differs more."
            )
        self._mean = rows.mean(axis=0)
        variances = rows.var(axis=0, ddof=1)
        ends = np.cumsum([size for size, _ in STATISTICS.values()])
        total = [part.sum() for part in np.split(variances, ends[:-1])]
        scales = [max(np.sqrt(one), minimum) for one, (_, minimum) in zip(total, STATISTICS.values(), strict=True)]
        self._scale = np.repeat(scales, [size for size, _ in STATISTICS.values()])
        self.fitted = True

    def _embed(self, music, sample_rate):
        return ((_rows(music) - self._mean) / self._scale)[:, None]


def _rows(pieces):
    """The statistics of pieces side by side, float64 `[n, dims]`."""
    found = [musical_statistics(piece) for piece in pieces]
    return np.array([np.concatenate([each[name] for name in STATISTICS]) for each in found])
