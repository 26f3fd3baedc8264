"""Notes to audio by additive synthesis, vectorized over samples."""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keras_musicgan.music.notes import LONGEST_SECONDS, Notes, PlayWarning
from keras_musicgan.utils.checks import check_choice, check_positive_int


@dataclass(frozen=True)
class Timbre:
    """The sound of one instrument.

    Attributes:
        harmonics: Amplitudes of the partials at 1, 2, 3 … times the fundamental.
        attack: Rise time in seconds.
        release: Time in seconds in which a note fades out after its end.
        half_life: Time in seconds in which a held note falls to half its amplitude; infinite for a steady tone.
        brightness_decay: Additional decay of each partial over the one below, as a share of the fundamental's; 0 for
            none.

    Raises:
        ValueError: If a time is not positive or all amplitudes are 0.
    """

    harmonics: tuple[float, ...] = (1.0,)
    attack: float = 0.01
    release: float = 0.05
    half_life: float = float("inf")
    brightness_decay: float = 0.0

    def __post_init__(self):
        if not any(self.harmonics):
            raise ValueError(f"`harmonics` must hold an amplitude other than 0. Received: harmonics={self.harmonics}")
        for name in ("attack", "release", "half_life"):
            if not getattr(self, name) > 0:
                raise ValueError(f"`{name}` must be above 0 seconds. Received: {name}={getattr(self, name)}")


TIMBRES = {
    "sine": Timbre(),
    "organ": Timbre((1.0, 0.6, 0.35, 0.3, 0.0, 0.18, 0.0, 0.12), attack=0.02, release=0.08),
    "flute": Timbre((1.0, 0.28, 0.1, 0.03), attack=0.05, release=0.08),
    "reed": Timbre((1.0, 0.15, 0.6, 0.1, 0.35, 0.06, 0.2), attack=0.03, release=0.06),
    "strings": Timbre((1.0, 0.5, 0.33, 0.25, 0.2, 0.16, 0.14, 0.12), attack=0.08, release=0.15),
    "pluck": Timbre((1.0, 0.6, 0.4, 0.25, 0.18, 0.12, 0.08), 0.003, 0.08, half_life=0.35, brightness_decay=0.5),
    "piano": Timbre((1.0, 0.45, 0.3, 0.16, 0.1, 0.06), 0.004, 0.12, half_life=0.6, brightness_decay=0.25),
    "bell": Timbre((1.0, 0.0, 0.5, 0.0, 0.35, 0.2), 0.002, 0.3, half_life=0.8, brightness_decay=0.4),
}
# By the sixteen families of eight General MIDI programs.
TIMBRE_OF_FAMILY = (
    *("piano", "bell", "organ", "pluck", "pluck", "strings", "strings", "reed"),
    *("reed", "flute", "organ", "strings", "organ", "pluck", "bell", "sine"),
)
MIX_LEVEL = 0.35  # amplitude of one note at full velocity, so that a few notes together stay below full scale


def render(
    notes: Notes,
    sample_rate: int = 44100,
    timbre: str | Timbre | None = None,
    *,
    envelope: bool = True,
    continuous_phase: bool = True,
    level: float = MIX_LEVEL,
    sound_font: str | Path | None = None,
) -> np.ndarray:
    """Plays notes.

    Every track is split into voices in which one note follows another. The phase of a voice is continuous from note to
    note and every note fades in and out, so nothing clicks. Partials above half the sample rate are left out, and a
    mix that would exceed full scale is turned down as a whole. A `PlayWarning` counts the events of a MIDI file
    that are not played.

    Args:
        notes: `keras_musicgan.notes.Notes`.
        sample_rate: Rate in Hz.
        timbre: Name of a timbre (`TIMBRES`) or a `Timbre` for all tracks; by default that of each track's General MIDI
            program. Drums are noise bursts.
        envelope: Whether notes have attack, decay and release; otherwise each lasts exactly its duration.
        continuous_phase: Whether a note begins in the phase in which the previous one ended.
        level: Amplitude of one note at velocity 127, in (0, 1].
        sound_font: Path of a SoundFont (.sf2, .sf3) that symusic plays instead, with its own sounds and envelopes for
            the tracks' programs; `envelope`, `continuous_phase` and `level` do not apply.

    Returns:
        float32 `[samples, 1]` in [−1, 1], as long as the piece and its last release; SoundFonts give `[samples, 2]`.

    Raises:
        ValueError: If the timbre is unknown, a number is out of range, the piece is longer than four hours, or the
            SoundFont is damaged.
        FileNotFoundError: If there is no such SoundFont.

    Example:
        >>> from keras_musicgan.notes import Notes
        >>> render(Notes([0], [1], [69], tempo=60), sample_rate=8000, envelope=False).shape
        (8000, 1)
    """
    check_positive_int("sample_rate", sample_rate)
    if not 0 < level <= 1:
        raise ValueError(f"`level` must lie in (0, 1]. Received: level={level}")
    check_renderable(notes)
    for words in not_played(notes):
        warnings.warn(words, PlayWarning, stacklevel=2)
    if sound_font is not None:
        return _render_sound_font(notes, sample_rate, sound_font)
    if isinstance(timbre, str):
        check_choice("timbre", timbre, TIMBRES)
    timbres = [_timbre_of(track, timbre) for track in notes.tracks]
    tail = max((each.release for each in timbres), default=0.0) if envelope else 0.0
    audio = np.zeros(round((notes.seconds + tail) * sample_rate))
    for index, track in enumerate(notes.tracks):
        part = notes.of_track(index)
        starts, durations = part.seconds_of_notes
        if track.is_drum:
            sounds = _drum_sounds(part, sample_rate)
        else:
            sounds = _tone_sounds(
                starts, durations, part.pitch, timbres[index], sample_rate, envelope, continuous_phase
            )
        for start, velocity, sound in zip(starts, part.velocity, sounds, strict=True):
            first = round(start * sample_rate)
            sound = sound[: len(audio) - first]
            sound *= (velocity / 127.0) * level
            audio[first : first + len(sound)] += sound
    peak = max(audio.max(initial=0.0), -audio.min(initial=0.0))
    if peak > 1.0:
        audio /= peak
    return audio.astype("float32")[:, None]


def check_renderable(notes: Notes) -> None:
    """Raises ValueError if a piece is longer than `LONGEST_SECONDS`."""
    if not notes.seconds <= LONGEST_SECONDS:
        raise ValueError(
            f"A piece to render must be at most {LONGEST_SECONDS / 3600:g} hours long. Received: a piece of "
            f"{notes.seconds / 3600:,.1f} hours"
        )


def not_played(notes: Notes) -> list[str]:
    """What of a piece's MIDI file is not played, in a sentence; an empty list if nothing.

    Example:
        >>> not_played(Notes([0], [1], [60], unplayed={"pitch bends": 3, "changes of volume": 1}))
        ['Not played: pitch bends (3), changes of volume (1)']
    """
    counted = [f"{kind} ({count})" for kind, count in notes.unplayed.items()]
    return [f"Not played: {', '.join(counted)}"] if counted else []


def frequency(pitch: np.ndarray | float) -> np.ndarray:
    """Frequency in Hz of MIDI pitches; 69 is 440 Hz."""
    return 440.0 * 2.0 ** ((np.asarray(pitch, "float64") - 69.0) / 12.0)


def _timbre_of(track, timbre):
    if isinstance(timbre, Timbre):
        return timbre
    return TIMBRES[timbre or TIMBRE_OF_FAMILY[track.program // 8]]


def _tone_sounds(starts, durations, pitches, timbre, sample_rate, envelope, continuous_phase):
    """One array of samples for each note, at amplitude 1."""
    frequencies = frequency(pitches)
    phases = _continued_phases(starts, durations, frequencies) if continuous_phase else np.zeros(len(starts))
    tail = timbre.release if envelope else 0.0
    longest = round((max(durations, default=0.0) + tail) * sample_rate) + 1
    clock = np.arange(longest) / sample_rate
    decays = _decays(timbre, clock) if envelope else (None, None)
    for f0, duration, phase in zip(frequencies, durations, phases, strict=True):
        held, n = round(duration * sample_rate), round(duration * sample_rate) + round(tail * sample_rate)
        sound = _partials(timbre, f0, phase, clock[:n], sample_rate, *(d if d is None else d[:n] for d in decays))
        if envelope:
            rise = clock[: min(held, round(timbre.attack * sample_rate))]
            sound[: len(rise)] *= np.sin(0.5 * np.pi * rise / min(timbre.attack, duration)) ** 2
            sound[held:] *= np.cos(0.5 * np.pi * clock[: n - held] / timbre.release) ** 2
        yield sound


def _continued_phases(starts, durations, frequencies):
    """Phase in radians at the beginning of each note, that of the previous note of its voice at its end."""
    phases = np.zeros(len(starts))
    voices = []  # (end of the last note, phase at that time)
    for index in np.lexsort((frequencies, starts)):
        free = [voice for voice in range(len(voices)) if voices[voice][0] <= starts[index] + 1e-9]
        voice = free[0] if free else len(voices)
        if not free:
            voices.append((0.0, 0.0))
        phases[index] = voices[voice][1]
        end_phase = phases[index] + 2 * np.pi * frequencies[index] * durations[index]
        voices[voice] = (starts[index] + durations[index], end_phase % (2 * np.pi))
    return phases


def _decays(timbre, time):
    """Amplitude over time of the fundamental, and of each partial relative to the one below; `None` for no decay."""
    if not np.isfinite(timbre.half_life):
        return None, None
    fundamental = np.exp2(time * (-1.0 / timbre.half_life))
    if not timbre.brightness_decay:
        return fundamental, None
    return fundamental, np.exp2(time * (-timbre.brightness_decay / timbre.half_life))


def _partials(timbre, f0, phase, time, sample_rate, decay, faster):
    """The sum of a note's partials below half the sample rate, scaled to a peak of at most 1.

    sin(kx) and the decay of each partial follow from those of the partials below: any number takes a sine and a cosine.
    """
    n_partials = sum(number * f0 < sample_rate / 2 for number in range(1, len(timbre.harmonics) + 1))
    amplitudes = np.array(timbre.harmonics[:n_partials])
    if not amplitudes.any():
        return np.zeros(len(time))
    amplitudes = amplitudes / amplitudes.sum()
    angle = time * (2 * np.pi * f0)
    angle += phase
    partial = np.sin(angle)
    sound = amplitudes[0] * partial
    if n_partials > 1:
        twice_cosine = 2 * np.cos(angle)
        before = np.zeros(len(time))
    loudness = 1.0
    for amplitude in amplitudes[1:]:
        before, partial = partial, twice_cosine * partial - before
        if faster is not None:
            loudness = loudness * faster
        if amplitude:
            sound += partial * (amplitude * loudness)
    return sound if decay is None else sound * decay


def _drum_sounds(notes, sample_rate):
    """Short bursts: low pitches (kick, toms) as falling tones, the others as noise."""
    for pitch in notes.pitch:
        low = pitch < 38
        time = np.arange(round((0.25 if low else 0.12) * sample_rate)) / sample_rate
        if low:
            sound = np.sin(2 * np.pi * (50 * time + 4.5 * (1 - np.exp(-20 * time))))
        else:
            sound = np.random.default_rng(int(pitch)).uniform(-1, 1, len(time))
        yield sound * np.exp2(-time / (0.05 if low else 0.02))


def _render_sound_font(notes, sample_rate, sound_font):
    import tempfile

    import symusic

    from keras_musicgan.music import midi

    if not Path(sound_font).is_file():
        raise FileNotFoundError(f"`sound_font` must be a SoundFont file. Received: sound_font={str(sound_font)!r}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "notes.mid"
        midi.write(path, notes)
        score = symusic.Score(path)
    try:
        player = symusic.Synthesizer(str(sound_font), sample_rate)
    except RuntimeError as error:
        raise ValueError(f"`sound_font` must be a whole SoundFont. Received: {sound_font}: {error}") from error
    audio = player.render(score, stereo=True)
    audio = np.asarray(audio, "float32").T
    return audio / max(float(np.abs(audio).max(initial=0.0)), 1.0)
