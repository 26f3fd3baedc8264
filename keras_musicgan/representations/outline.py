"""The outline of a bar: the pitch of its melody at each step, and the pitch classes of its chords."""

import numpy as np


def outlines(melody: np.ndarray, chords: np.ndarray) -> np.ndarray:
    """The outlines of bars, as numbers with mean 0 and about deviation 1.

    Args:
        melody: Events, int `[n, steps]`: a row of the roll where a note begins, −1 elsewhere. A pitch lasts until the
            next one; the first of a bar also stands before it.
        chords: Their notes, 0 or 1, `[n, steps, pitches, tracks]`.

    Returns:
        float32 `[n, steps + 12]`: the pitches in deviations from that of all bars, 0 in bars without a note, then the
        share of the bar in which each pitch class sounds, in deviations from the mean of this class.
    """
    return np.concatenate([_contours(melody), _pitch_classes(chords)], axis=1).astype("float32")


def _contours(melody):
    begins = melody >= 0
    place = np.maximum.accumulate(np.where(begins, np.arange(melody.shape[1]), -1), axis=1)
    place = np.where(place < 0, begins.argmax(axis=1)[:, None], place)
    pitches, has_notes = np.take_along_axis(melody, place, axis=1), begins.any(axis=1)
    return np.where(has_notes[:, None], _standardized(pitches, pitches[has_notes], axis=None), 0.0)


def _pitch_classes(chords):
    sounding = chords.mean(axis=1).sum(axis=2)
    octaves = np.pad(sounding, ((0, 0), (0, -sounding.shape[1] % 12)))
    shares = octaves.reshape(len(chords), -1, 12).sum(axis=1)
    return _standardized(shares, shares, axis=0)


def _standardized(values, typical, axis):
    if not typical.size:
        return values
    deviation = typical.std(axis=axis)
    return (values - typical.mean(axis=axis)) / np.where(deviation > 0, deviation, 1.0)
