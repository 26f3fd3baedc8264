"""Lead sheets: a melody of one note at a time, and the chords below it."""

import numpy as np
from keras import ops

from keras_musicgan.music.notes import Notes
from keras_musicgan.representations.pianoroll import PianoRoll, runs
from keras_musicgan.representations.sustain import later, sustain
from keras_musicgan.utils.registration import serializable

LIKELY, UNLIKELY = 0.5, 0.2  # between them a note of a chord goes on, so that none is broken by a step of doubt


@serializable
class LeadSheet(PianoRoll):
    """Piano rolls encoded as `[batch, steps, features]` of 0 and 1: events of a melody, then the rolls of the chords.

    At each step the melody, the first track, has one event of `n_pitches + 2`, one-hot: the onset of a pitch, a hold of
    the note before, or a rest. So a repeated note differs from a long one, and no step has two notes: of notes that
    begin together the highest remains, and each ends where the next begins. The rolls of the other tracks follow,
    `n_pitches` features each. `from_notes`, `transpose` and `fit` have the rolls of `PianoRoll`.

    Takes the arguments of `PianoRoll`, with the same errors.

    Example:
        >>> LeadSheet(bars=2, metre="6/8").encoded_shape
        (24, 122)

    Reference: one event a step as in MusicVAE (Roberts et al., 2018).
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.encoded_shape = (self.roll_shape[0], self.n_pitches * len(self.tracks) + 2)

    def call(self, x):
        """Rolls `[batch, steps, pitches, tracks]` of 0 and 1 as events and rolls, in the compute dtype."""
        rolls = ops.cast(x, self.compute_dtype)
        melody = rolls[..., 0]
        begins = ops.relu(melody - later(melody))
        begins_above = ops.flip(ops.cumsum(ops.flip(begins, axis=2), axis=2), axis=2) - begins
        onsets = begins * ops.cast(begins_above < 0.5, begins.dtype)
        any_onset = ops.sum(onsets, axis=2, keepdims=True)
        last_pitch = sustain(onsets, 1.0 - any_onset)
        sounds = ops.sum(last_pitch * melody, axis=2, keepdims=True)
        # Rolls show that a note is repeated by an empty step before it.
        repeats = ops.sum(last_pitch[:, :-1] * onsets[:, 1:], axis=2, keepdims=True)
        gaps = ops.pad(repeats, ((0, 0), (0, 1), (0, 0))) * later(sounds) * (1.0 - sounds)
        holds = sounds - any_onset + gaps
        chords = [rolls[..., track] for track in range(1, len(self.tracks))]
        return ops.concatenate([onsets, holds, 1.0 - any_onset - holds, *chords], axis=2)

    def compute_output_shape(self, input_shape):
        """Events and rolls, `[batch, steps, features]`."""
        return (input_shape[0], *self.encoded_shape)

    def to_rolls(self, encoded: np.ndarray) -> np.ndarray:
        """Rolls `[n, steps, pitches, tracks]`, bool, from encoded clips `[n, steps, features]`."""
        events, chords = self._split(encoded)
        melodies = np.zeros((*chords.shape[:3], 1), bool)
        for roll, clip in zip(melodies[..., 0], events, strict=True):
            for row, first, last in self._melody(clip):
                repeated = last < len(clip) and clip[last] == row
                roll[first : max(last - repeated, first + 1), row] = True
        return np.concatenate([melodies, chords], axis=-1)

    def to_notes(self, encoded: np.ndarray) -> list[Notes]:
        """Notes from encoded clips `[n, steps, features]`: one for each onset of the melody and each run of chords."""
        pieces = []
        for events, roll in zip(*self._split(encoded), strict=True):
            row, first, last = np.array(self._melody(events), int).reshape(-1, 3).T
            track, *of_chords = runs(roll)
            columns = zip((np.zeros_like(row), row, first, last), (track + 1, *of_chords), strict=True)
            pieces.append(self._to_notes(*map(np.concatenate, columns)))
        return pieces

    def _split(self, encoded):
        """The events of the melodies, int `[n, steps]`, and the rolls of the chords, bool `[n, steps, pitches, n]`."""
        events, chords = np.split(np.asarray(encoded), [self.n_pitches + 2], axis=2)
        rolls = _steady(chords).reshape(*chords.shape[:2], len(self.tracks) - 1, self.n_pitches)
        return events.argmax(axis=2), rolls.swapaxes(2, 3)

    def _melody(self, events):
        """(row, first step, step after the last) of each note of the events `[steps]`."""
        begins = np.flatnonzero(events != self.n_pitches)  # all but holds
        ends = [*begins, len(events)][1:]
        return [(events[n], n, end) for n, end in zip(begins, ends, strict=True) if events[n] < self.n_pitches]


def _steady(probabilities):
    """Which notes sound, bool `[n, steps, notes]`: one begins when it is likely and ends when it is unlikely."""
    sounds = np.zeros(probabilities.shape, bool)
    for step in range(probabilities.shape[1]):
        before = sounds[:, step - 1] if step else False
        sounds[:, step] = probabilities[:, step] > np.where(before, UNLIKELY, LIKELY)
    return sounds
