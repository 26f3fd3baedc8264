"""Which notes of a piece belong together, from the melody downwards."""

import numpy as np

from keras_musicgan.music.notes import Notes
from keras_musicgan.representations.base import UnusablePieceError

BY_HAND = 1 / 8  # beats by which notes that are played by hand begin apart, or outlast the beginning of the next


def melodic_tracks(notes: Notes) -> list[int]:
    """Indices of the tracks with notes other than drums, from the highest mean pitch to the lowest.

    Raises:
        UnusablePieceError: If there are none.
    """
    melodic = (index for index, track in enumerate(notes.tracks) if not track.is_drum)
    pitches = {index: notes.pitch[notes.track == index] for index in melodic if np.any(notes.track == index)}
    if not pitches:
        raise UnusablePieceError("it holds no melodic track, only drums")
    return sorted(pitches, key=lambda index: -pitches[index].mean())


def assign_voices(notes: Notes, n_voices: int) -> np.ndarray:
    """The voice of each note, from 0 for the melody; −1 for drums.

    Each melodic track is a voice, the highest the melody, and the last voice takes all tracks that are left. Where one
    track is missing, as in music for the piano, the highest is divided into its top line and the notes below.

    Args:
        notes: The piece.
        n_voices: Number of voices.

    Returns:
        Int `[n]`; each voice has notes.

    Raises:
        UnusablePieceError: If the piece has fewer voices.
    """
    melodic = melodic_tracks(notes)
    highest = notes.track == melodic[0]
    below = highest.copy()
    below[highest] = ~top_line(notes.of_track(melodic[0]))
    divides = len(melodic) == n_voices - 1 and below.any()
    if len(melodic) + divides < n_voices:
        raise UnusablePieceError(
            f"it has {len(melodic)} melodic track(s), too few for {n_voices} (representation.tracks)"
        )
    numbers = np.full(len(notes.tracks), -1)
    numbers[melodic] = np.minimum(np.arange(len(melodic)) + divides, n_voices - 1)
    found = numbers[notes.track]
    if divides:
        found[highest & ~below] = 0
    return found


def top_line(notes: Notes) -> np.ndarray:
    """Whether each note is the highest that sounds when it begins, bool `[n]`.

    Example:
        >>> top_line(Notes(start=[0, 0, 1, 2], duration=[2, 1, 1, 1], pitch=[72, 48, 52, 55])).tolist()
        [True, False, False, True]

    Reference: the skyline of Manipulation of music for melody matching (Uitdenbogerd and Zobel, 1998).
    """
    top = np.ones(len(notes), bool)
    starts = np.rint(notes.start / BY_HAND) * BY_HAND
    order = np.lexsort((-notes.pitch, starts))
    sounding: list[tuple[float, int]] = []  # (end, pitch) of the notes of the top line that may still sound
    for index in order:
        start, pitch = starts[index], notes.pitch[index]
        sounding = [note for note in sounding if note[0] > start + BY_HAND]
        top[index] = all(pitch >= higher for _, higher in sounding)
        if top[index]:
            sounding.append((start + notes.duration[index], pitch))
    return top
