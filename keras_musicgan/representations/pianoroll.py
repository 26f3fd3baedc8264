"""Piano rolls: bars of several tracks as a grid of steps and pitches."""

import math
import re
from collections.abc import Sequence

import numpy as np
from keras import ops

from keras_musicgan.music.notes import Notes, Track
from keras_musicgan.representations.base import NotesRepresentation, UnusablePieceError
from keras_musicgan.representations.clips import ClipForm
from keras_musicgan.representations.voices import assign_voices
from keras_musicgan.utils.checks import check_memory, check_positive_int
from keras_musicgan.utils.registration import serializable


@serializable
class PianoRoll(NotesRepresentation):
    """Piano rolls `[batch, steps, pitches, tracks]` of 0 and 1.

    The first track is the melody, the piece's track with the highest mean pitch; the last one merges all tracks that
    are left. Where one is missing, as in music for the piano, the highest is divided into its top line and the notes
    below. A note of two steps or more that is repeated at once leaves its last step empty, so that the repetition is
    visible; shorter ones merge.

    Args:
        bars: Bars in a clip.
        beats_per_bar: Quarter notes in a bar, 4 by default; pieces with bars of another length are rejected.
        steps_per_beat: Steps in a quarter note.
        low: MIDI pitch of the lowest row.
        n_pitches: Rows; pitches outside the range are moved into it by octaves.
        tracks: Names of the tracks.
        programs: General MIDI program of each track.
        tempo: Beats per minute of decoded notes.
        sample_rate: Rate in Hz of decoded audio.
        metre: The metre that pieces must have, as `"3/4"` or `"6/8"`, instead of `beats_per_bar`; 3/4 and 6/8 have bars
            of one length, but are not the same.

    Raises:
        ValueError: If a number is out of range, or a bar of the metre is not a whole number of steps.

    Example:
        >>> PianoRoll(bars=2, metre="6/8").encoded_shape
        (24, 60, 2)

    Reference: the multi-track piano roll of MuseGAN (Dong et al., 2018).
    """

    def __init__(
        self,
        bars: int = 4,
        beats_per_bar: float | None = None,
        steps_per_beat: int = 4,
        low: int = 36,
        n_pitches: int = 60,
        tracks: Sequence[str] = ("melody", "chords"),
        programs: Sequence[int] = (73, 0),
        tempo: float = 120.0,
        sample_rate: int = 22050,
        metre: str | None = None,
        **kwargs,
    ):
        super().__init__(tempo=tempo, sample_rate=sample_rate, **kwargs)
        for name, value in (("bars", bars), ("steps_per_beat", steps_per_beat)):
            check_positive_int(name, value)
        pulses, unit = _pulses(metre, beats_per_bar)
        if 4 * steps_per_beat % unit:
            raise ValueError(
                f"A note of 1/{unit} must be a whole number of steps. Received: metre={metre}, "
                f"steps_per_beat={steps_per_beat}. Choose a multiple of {unit // math.gcd(unit, 4)} steps per beat."
            )
        if not (0 <= low and 12 <= n_pitches and low + n_pitches <= 128):
            raise ValueError(
                f"The rows must span at least 12 pitches within 0 to 127. Received: low={low}, n_pitches={n_pitches}"
            )
        if len(tracks) != len(programs) or not tracks:
            raise ValueError(
                f"`tracks` and `programs` must name the same tracks. Received: tracks={tracks}, programs={programs}"
            )
        for name, program in zip(tracks, programs, strict=True):
            Track(name, program)  # raises on a program out of range
        self.bars = bars
        self.metre = metre
        self.beats_per_bar = pulses * 4 / unit if pulses * 4 % unit else pulses * 4 // unit
        self.steps_per_beat = steps_per_beat
        self.low = low
        self.n_pitches = n_pitches
        self.tracks = tuple(tracks)
        self.programs = tuple(programs)
        self.pulses_per_bar = pulses  # in the unit of the metre
        self.steps_per_pulse = 4 * steps_per_beat // unit
        self.steps_per_bar = self.pulses_per_bar * self.steps_per_pulse
        self._time_signature = (pulses, unit)
        self.encoded_shape = self.roll_shape = (bars * self.steps_per_bar, n_pitches, len(tracks))
        check_memory(f"clips of {bars} bars", 4.0 * math.prod(self.roll_shape), "Take fewer `bars`.")

    @property
    def clip_form(self):
        """Rolls of 0 and 1."""
        return ClipForm(
            shape=self.roll_shape,
            axes=("steps", "pitches", "tracks"),
            words="piano rolls of 0 and 1",
            low=0,
            high=1,
            source="`datasets.midi_folder` cuts such clips from MIDI files.",
            remedy="For velocities, pass `x > 0`.",
        )

    def call(self, x):
        """Rolls in the compute dtype; `[batch, steps, pitches, tracks]` in and out."""
        return ops.cast(x, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        """The shape of the input."""
        return input_shape

    def to_rolls(self, encoded: np.ndarray) -> np.ndarray:
        """Rolls `[n, steps, pitches, tracks]`, bool, from encoded clips `[n, *encoded_shape]`."""
        return np.asarray(encoded) > 0.5

    def to_notes(self, encoded: np.ndarray) -> list[Notes]:
        """Notes from rolls `[n, steps, pitches, tracks]`: one for each run of steps above 0.5."""
        return [self._to_notes(*runs(roll)) for roll in self.to_rolls(encoded)]

    def _to_notes(self, track, row, first, last):
        order = np.lexsort((row, first, track))
        return Notes(
            start=first[order] / self.steps_per_beat,
            duration=(last - first)[order] / self.steps_per_beat,
            pitch=row[order] + self.low,
            track=track[order],
            tempo=self.tempo,
            tracks=tuple(Track(name, program) for name, program in zip(self.tracks, self.programs, strict=True)),
            time_signatures=((0.0, *self._time_signature),),
            length=self.bars * self.beats_per_bar,
        )

    def from_notes(self, notes: Notes) -> np.ndarray:
        """Rolls `[n, steps, pitches, tracks]` uint8, one from each bar on in which all tracks play; no duplicates.

        Bars of another metre are left out.
        """
        track = assign_voices(notes, len(self.tracks))
        stretches = self._stretches(notes)
        if not stretches:
            found = ", ".join(f"{numerator}/{denominator}" for _, numerator, denominator in notes.time_signatures[:3])
            own = "{}/{}".format(*self._time_signature)
            raise UnusablePieceError(f"its metre is {found}, not {own} (representation.metre)")
        steps = self.roll_shape[0]
        clips = []
        for begin, end in stretches:
            roll = self._to_roll(notes, track, begin, end)
            windows = (roll[first : first + steps] for first in range(0, len(roll) - steps + 1, self.steps_per_bar))
            clips += [clip for clip in windows if clip.any(axis=(0, 1)).all()]
        if not clips:
            raise UnusablePieceError(f"it has no {self.bars} bars in which every track plays (representation.bars)")
        _, kept = np.unique(np.packbits(np.stack(clips).reshape(len(clips), -1), axis=1), axis=0, return_index=True)
        return np.stack([clips[index] for index in np.sort(kept)])

    def _stretches(self, notes):
        """[first beat, beat after the last] of each stretch of bars in the metre of the rolls."""
        metres = {0.0: (4, 4), **{beat: tuple(metre) for beat, *metre in notes.time_signatures}}  # as MIDI files begin
        ends = [*[*metres][1:], math.inf]
        found: list[list[float]] = []
        for (begin, (numerator, denominator)), end in zip(metres.items(), ends, strict=True):
            same = (numerator, denominator) == self._time_signature
            if not same and (self.metre is not None or numerator * 4 != self.beats_per_bar * denominator):
                continue
            if found and found[-1][1] == begin and (begin - found[-1][0]) % self.beats_per_bar == 0:
                found[-1][1] = end  # the metre was written again
            else:
                found.append([begin, end])
        return found

    def _to_roll(self, notes, track, begin, end):
        """What begins within a stretch of a piece as one roll of whole bars; the last of the piece is padded."""
        onset = np.rint(
            (notes.start - begin) * self.steps_per_beat
        )  # early ones belong to the step that they are nearest to
        kept = (track >= 0) & (onset >= 0) & (onset < (end - begin) * self.steps_per_beat)
        start = onset[kept].astype(int)
        last_beats = np.minimum((notes.start + notes.duration)[kept], end)
        stop = np.rint((last_beats - begin) * self.steps_per_beat).astype(int)
        stop = np.maximum(stop, start + 1)
        row = notes.pitch[kept] - self.low
        row = np.where(row < 0, row % 12, row)
        row = np.where(row >= self.n_pitches, self.n_pitches - 12 + (row - self.n_pitches) % 12, row)
        track = track[kept]
        n_steps = -(-int(stop.max(initial=0)) // self.steps_per_bar) * self.steps_per_bar
        roll = np.zeros((n_steps, self.n_pitches, len(self.tracks)), "uint8")
        onsets = np.zeros_like(roll)
        onsets[start, row, track] = 1
        for first, last, pitch, part in zip(start, stop, row, track, strict=True):
            repeated = last < n_steps and onsets[last, pitch, part]
            roll[first : max(last - repeated, first + 1), pitch, part] = 1
        whole_bars = roll.shape[0] if end == math.inf else int((end - begin) // self.beats_per_bar) * self.steps_per_bar
        return roll[:whole_bars]

    def transpose(self, clips: np.ndarray, semitones: np.ndarray) -> np.ndarray:
        """Rolls transposed by `semitones` as far as their rows allow."""
        moved = np.empty_like(clips)
        used = np.logical_or.reduce(clips, axis=(1, 3))
        lowest = used.argmax(axis=1)
        headroom = used[:, ::-1].argmax(axis=1)
        for index, shift in enumerate(np.clip(semitones, -lowest, headroom)):
            moved[index] = np.roll(clips[index], shift, axis=1)
        return moved

    def get_config(self):
        """Arguments of the constructor."""
        names = ("bars", "beats_per_bar", "steps_per_beat", "low", "n_pitches", "tracks", "programs", "metre")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def runs(roll: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Track, row, first step and step after the last, of each run of steps in a roll `[steps, pitches, tracks]`."""
    edges = np.diff(roll.astype("int8"), axis=0, prepend=0, append=0).transpose(2, 1, 0)
    # In this order the k-th onset and the k-th end belong to the same note of the same track and pitch.
    track, row, first = np.nonzero(edges == 1)
    return track, row, first, np.nonzero(edges == -1)[2]


def _pulses(metre, beats_per_bar):
    """The numerator and the denominator of a metre, or of as many quarter notes a bar."""
    if metre is None:
        beats_per_bar = 4 if beats_per_bar is None else beats_per_bar
        check_positive_int("beats_per_bar", beats_per_bar)
        return beats_per_bar, 4
    match = re.fullmatch(r"(\d{1,3})/(1|2|4|8|16|32|64)", metre) if isinstance(metre, str) else None
    if not match or not 1 <= int(match[1]) <= 255:
        raise ValueError(f"`metre` must be 1 to 255 over a power of two up to 64, as '3/4'. Received: metre={metre!r}")
    pulses, unit = int(match[1]), int(match[2])
    if beats_per_bar is not None and beats_per_bar != pulses * 4 / unit:
        raise ValueError(
            f"`metre` and `beats_per_bar` must agree. Received: metre={metre!r}, beats_per_bar={beats_per_bar}. "
            "Leave `beats_per_bar` out."
        )
    return pulses, unit
