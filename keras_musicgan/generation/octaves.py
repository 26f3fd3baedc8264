"""The notes of a piece in the range of a model, by octaves."""

import dataclasses

import numpy as np

from keras_musicgan.music.notes import Notes

OCTAVE = 12


def in_range(notes: Notes, low: int, high: int, transpose: int = 0) -> tuple[Notes, list[str]]:
    """A piece whose pitches lie in a range: whole tracks move by octaves, then the single notes that are still outside.

    A track moves to the octave in which the fewest of its notes are outside, of several to the nearest. So a melody
    keeps its intervals unless no octave holds all of it; then the words name a transposition that would, if there is
    one.

    Args:
        notes: `keras_musicgan.notes.Notes`.
        low: Lowest MIDI pitch.
        high: Highest MIDI pitch.
        transpose: Semitones by which all notes move before.

    Returns:
        `Notes` in [low, high], and a list of the changes in words.

    Raises:
        ValueError: If a pitch is in the range in no octave.

    Example:
        >>> in_range(Notes([0, 1], [1, 1], [59, 60]), 60, 72)[1]
        ['2 of 2 notes moved by octaves into the range 60 to 72: track 0 +1']
    """
    written = notes.pitch + transpose
    octaves = _octaves_of_tracks(written, notes.track, low, high)
    pitch = written + OCTAVE * octaves
    up = -(-np.maximum(low - pitch, 0) // OCTAVE)
    down = -(-np.maximum(pitch - high, 0) // OCTAVE)
    pitch += OCTAVE * (up - down)
    beyond = np.unique(written[(pitch < low) | (pitch > high)])
    if len(beyond):
        raise ValueError(
            "The model's range must hold every pitch of the piece in some octave. Received: a range of "
            f"{low} to {high} and pitch{'es' if len(beyond) > 1 else ''} {', '.join(map(str, beyond[:8]))}. "
            "Transpose the piece, or train with a wider `Pitch`."
        )
    words = []
    for track, of_track in sorted({*zip(notes.track.tolist(), octaves.tolist(), strict=True)}):
        if of_track:
            words.append(f"{notes.track_name(track)} {of_track:+d}")
    if up.any() or down.any():
        words.append(f"single notes {(up > 0).sum()} up and {(down > 0).sum()} down")
        for semitones in sorted(range(transpose - 6, transpose + 7), key=lambda each: abs(each - transpose)):
            others = notes.pitch + semitones
            others = others + OCTAVE * _octaves_of_tracks(others, notes.track, low, high)
            if low <= others.min() and others.max() <= high:
                words[-1] += f" (none with transpose {semitones})"
                break
    moved = (pitch != written).sum()
    changes = [f"{moved} of {len(notes)} notes moved by octaves into the range {low} to {high}: {', '.join(words)}"]
    return dataclasses.replace(notes, pitch=pitch), changes if words else []


def _octaves_of_tracks(pitch, track, low, high):
    """Octaves by which the track of each note moves, upwards if it could as well move down, `[n]`."""
    octaves = np.arange(-256 // OCTAVE, 256 // OCTAVE + 1)
    of_notes = np.empty(len(pitch), int)
    for index in np.unique(track):
        own = track == index
        moved = pitch[own, None] + OCTAVE * octaves
        outside = ((moved < low) | (moved > high)).sum(axis=0)
        of_notes[own] = octaves[np.lexsort((-octaves, np.abs(octaves), outside))[0]]
    return of_notes
