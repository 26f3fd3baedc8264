"""The lecture's representation: a melody as a sequence of pitches, one number per note."""

import numpy as np
from keras import ops

from keras_musicgan.music.notes import Notes, Track
from keras_musicgan.representations.base import NotesRepresentation, UnusablePieceError
from keras_musicgan.representations.clips import ClipForm
from keras_musicgan.representations.voices import melodic_tracks
from keras_musicgan.utils.checks import check_memory, check_positive_int
from keras_musicgan.utils.registration import serializable


@serializable
class PitchSequence(NotesRepresentation):
    """MIDI pitches `[batch, length]` as numbers in [−1, 1], the range of tanh.

    Args:
        length: Notes in a clip.
        beats_per_note: Duration of every note in beats; rhythm is not represented.
        tempo: Beats per minute of decoded notes.
        sample_rate: Rate in Hz of decoded audio.

    Example:
        >>> tuple(PitchSequence(length=3)(np.array([[0, 60, 127]])).shape)
        (1, 3)
    """

    def __init__(
        self,
        length: int = 128,
        beats_per_note: float = 1.0,
        tempo: float = 120.0,
        sample_rate: int = 44100,
        **kwargs,
    ):
        super().__init__(tempo=tempo, sample_rate=sample_rate, **kwargs)
        check_positive_int("length", length)
        if not beats_per_note > 0:
            raise ValueError(f"`beats_per_note` must be above 0. Received: beats_per_note={beats_per_note}")
        self.length = length
        self.beats_per_note = beats_per_note
        check_memory(f"clips of {length} notes", 4.0 * length, "Take a smaller `length`.")
        self.encoded_shape = (length,)

    @property
    def clip_form(self):
        """MIDI pitches."""
        return ClipForm(
            shape=(self.length,),
            axes=("notes",),
            words="MIDI pitches from 0 to 127",
            low=0,
            high=127,
            source="`datasets.midi_folder` cuts such clips from MIDI files.",
            remedy="Pass the pitches as they are: the model scales them itself.",
        )

    def call(self, x):
        """MIDI pitches 0 to 127 as numbers in [−1, 1]; `[batch, length]` in and out."""
        return ops.cast(x, self.compute_dtype) / 63.5 - 1.0

    def compute_output_shape(self, input_shape):
        """The shape of the input."""
        return input_shape

    def to_notes(self, encoded: np.ndarray) -> list[Notes]:
        """Notes from encoded clips `[n, *encoded_shape]`: the pitches of `to_pitches`, one after the other."""
        pitches = self.to_pitches(np.asarray(encoded, "float64"))
        start = np.arange(self.length) * self.beats_per_note
        duration = np.full(self.length, self.beats_per_note)
        return [Notes(start, duration, pitch, tempo=self.tempo, tracks=(Track("melody"),)) for pitch in pitches]

    def to_pitches(self, encoded: np.ndarray) -> np.ndarray:
        """MIDI pitches `[n, length]` of encoded clips: the nearest whole ones."""
        return np.rint((np.clip(encoded, -1, 1) + 1) * 63.5).astype(int)

    def from_notes(self, notes: Notes) -> np.ndarray:
        """Clips of `length` pitches from the top line of the highest track; a shorter melody is repeated."""
        line = notes.of_track(melodic_tracks(notes)[0])
        order = np.lexsort((-line.pitch, line.start))  # by onset, the highest first
        onsets, pitches = line.start[order], line.pitch[order]
        pitches = pitches[np.diff(onsets, prepend=-1.0) > 0]
        if len(pitches) < 2:
            raise UnusablePieceError("its melody has fewer than 2 notes")
        hop = max(self.length // 2, 1)
        n_clips = max((len(pitches) - self.length) // hop + 1, 1)
        firsts = np.arange(n_clips)[:, None] * hop
        return pitches[(firsts + np.arange(self.length)) % len(pitches)].astype("uint8")

    def transpose(self, clips: np.ndarray, semitones: np.ndarray) -> np.ndarray:
        """Clips transposed by `semitones` as far as the pitches 0 to 127 allow."""
        clips = clips.astype("int64")
        shift = np.clip(semitones, -clips.min(axis=1), 127 - clips.max(axis=1))
        return (clips + shift[:, None]).astype("uint8")

    def get_config(self):
        """Arguments of the constructor."""
        return {**super().get_config(), "length": self.length, "beats_per_note": self.beats_per_note}
