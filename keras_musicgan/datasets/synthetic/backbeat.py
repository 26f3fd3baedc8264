"""Drums to a tune."""

from dataclasses import replace

import numpy as np

from keras_musicgan.music.notes import Notes, Track

KICK, SNARE, CLOSED_HIHAT, OPEN_HIHAT, CRASH = 36, 38, 42, 46, 49  # of General MIDI
BEATS = 4.0  # of a bar
LENGTH = 0.25  # of a stroke, in beats


def with_backbeat(notes: Notes) -> Notes:
    """A tune in four-four time with a track of drums: kick on one and three, snare on two and four, hi-hats in eighths.

    Every eighth bar ends with an open hi-hat, and the next begins with a crash.

    Example:
        >>> from keras_musicgan.datasets.synthetic.melodies import compose
        >>> tune = with_backbeat(compose(1, seed=3, bars=8)[0])
        >>> [track.name for track in tune.tracks], int((tune.track == 2).sum())
        (['melody', 'chords', 'drums'], 97)
    """
    strokes = []  # beat, pitch, velocity
    for bar in range(int(np.ceil(notes.length / BEATS))):
        begin = BEATS * bar
        strokes += [(begin + beat, KICK, 110) for beat in (0.0, 2.0)]
        strokes += [(begin + beat, SNARE, 100) for beat in (1.0, 3.0)]
        last = bar % 8 == 7
        strokes += [
            (begin + eighth / 2, OPEN_HIHAT if last and eighth == 7 else CLOSED_HIHAT, 80 if eighth % 2 == 0 else 55)
            for eighth in range(8)
        ]
        if bar % 8 == 0:
            strokes.append((begin, CRASH, 90))
    start, pitch, velocity = np.array(strokes).T
    n = len(strokes)
    return replace(
        notes,
        start=np.concatenate([notes.start, start]),
        duration=np.concatenate([notes.duration, np.full(n, LENGTH)]),
        pitch=np.concatenate([notes.pitch, pitch.astype("int64")]),
        velocity=np.concatenate([notes.velocity, velocity.astype("int64")]),
        track=np.concatenate([notes.track, np.full(n, len(notes.tracks))]),
        tracks=(*notes.tracks, Track("drums", is_drum=True)),
    )
