"""Notes to audio by additive synthesis, vectorized over samples."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keras_musicgan.checks import check_choice, check_positive_int
from keras_musicgan.notes import Notes


@dataclass(frozen=True)
class Timbre:
    """The sound of one instrument.

    Attributes:
        harmonics: Amplitudes of the partials at 1, 2, 3 … times the fundamental.
        attack: Rise time in seconds.
        release: Time in seconds in which a note dies away after its end.
        half_life: Time in seconds in which a held note falls to half its amplitude; infinite for a steady tone.
        brightness_decay: How much faster each higher partial dies than the one below, 0 for alike.
    """

    harmonics: tuple[float, ...] = (1.0,)
    attack: float = 0.01
    release: float = 0.05
    half_life: float = float("inf")
    brightness_decay: float = 0.0


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
# One timbre for each of the sixteen families of eight General MIDI programs.
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

    Every track is split into voices in which one note follows another. The phase of a voice goes on from note
    to note and every note fades in and out, so nothing clicks. Partials above half the sample rate are left out,
    and a mix that would exceed full scale is turned down as a whole.

    Args:
        notes: `keras_musicgan.notes.Notes`.
        sample_rate: Rate in Hz.
        timbre: Name of a timbre (`TIMBRES`) or a `Timbre` for all tracks; by default each track's General MIDI
            program chooses one. Drums are noise bursts.
        envelope: Whether notes have attack, decay and release; without, each lasts exactly its time.
        continuous_phase: Whether a note takes up the phase in which the one before it ended.
        level: Amplitude of one note at velocity 127, in (0, 1].
        sound_font: Path of a SoundFont (.sf2, .sf3) that symusic plays instead, with its own envelopes.

    Returns:
        float32 `[samples, 1]` in [−1, 1], as long as the piece and its last release; SoundFonts give `[samples, 2]`.

    Raises:
        ValueError: If the timbre is unknown or a number is out of range.
        FileNotFoundError: If there is no such SoundFont.

    Example:
        >>> from keras_musicgan.notes import Notes
        >>> render(Notes([0], [1], [69], tempo=60), sample_rate=8000, envelope=False).shape
        (8000, 1)
    """
    check_positive_int("sample_rate", sample_rate)
    if not 0 < level <= 1:
        raise ValueError(f"`level` must lie in (0, 1]. Received: level={level}")
    if sound_font is not None:
        return _render_sound_font(notes, sample_rate, sound_font)
    if isinstance(timbre, str):
        check_choice("timbre", timbre, TIMBRES)
    timbres = [_timbre_of(track, timbre) for track in notes.tracks]
    tail = max((each.release for each in timbres), default=0.0) if envelope else 0.0
    seconds_per_beat = 60.0 / notes.tempo
    audio = np.zeros(round((notes.length * seconds_per_beat + tail) * sample_rate))
    for index, track in enumerate(notes.tracks):
        of_track = notes.of_track(index)
        starts = of_track.start * seconds_per_beat
        durations = of_track.duration * seconds_per_beat
        if track.is_drum:
            sounds = _drum_sounds(of_track, sample_rate)
        else:
            sounds = _tone_sounds(
                starts, durations, of_track.pitch, timbres[index], sample_rate, envelope, continuous_phase
            )
        for start, velocity, sound in zip(starts, of_track.velocity, sounds, strict=True):
            first = round(start * sample_rate)
            heard = sound[: len(audio) - first]
            audio[first : first + len(heard)] += (velocity / 127.0) * level * heard
    peak = np.abs(audio).max(initial=0.0)
    return (audio / max(peak, 1.0)).astype("float32")[:, None]


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
    for f0, duration, phase in zip(frequencies, durations, phases, strict=True):
        n = round(duration * sample_rate)
        if envelope:
            n += round(timbre.release * sample_rate)
        time = np.arange(n) / sample_rate
        sound = _partials(timbre, f0, phase, time, sample_rate, decays=envelope)
        yield sound * _envelope(timbre, n, duration, sample_rate) if envelope else sound


def _continued_phases(starts, durations, frequencies):
    """Phase in radians at which each note begins so that it continues the note before it in its voice."""
    phases = np.zeros(len(starts))
    voices = []  # of each voice: (time it is free again, phase at that time)
    for index in np.lexsort((frequencies, starts)):
        free = [voice for voice in range(len(voices)) if voices[voice][0] <= starts[index] + 1e-9]
        voice = free[0] if free else len(voices)
        if not free:
            voices.append((0.0, 0.0))
        phases[index] = voices[voice][1]
        end_phase = phases[index] + 2 * np.pi * frequencies[index] * durations[index]
        voices[voice] = (starts[index] + durations[index], end_phase % (2 * np.pi))
    return phases


def _partials(timbre, f0, phase, time, sample_rate, decays):
    """The sum of a note's partials below half the sample rate, scaled to a peak of at most 1.

    sin(kx) and the decay of each partial follow from those of the partials before it: two sines for any number.
    """
    angle = 2 * np.pi * f0 * time + phase
    twice_cosine = 2 * np.cos(angle)
    before, partial = np.zeros(len(time)), np.sin(angle)
    sound = np.zeros(len(time))
    total = 0.0
    decay = faster = 1.0
    if decays and np.isfinite(timbre.half_life):
        decay = np.exp2(-time / timbre.half_life)
        faster = np.exp2(-timbre.brightness_decay * time / timbre.half_life)
    for number, amplitude in enumerate(timbre.harmonics, start=1):
        if number > 1 and number * f0 >= sample_rate / 2:
            break
        if amplitude:
            sound += amplitude * decay * partial
            total += amplitude
        before, partial = partial, twice_cosine * partial - before
        decay = decay * faster
    return sound / total


def _envelope(timbre, n, duration, sample_rate):
    """Attack and release as raised cosines; the release begins at the note's end."""
    time = np.arange(n) / sample_rate
    rise = np.clip(time / min(timbre.attack, duration), 0, 1)
    fall = np.clip((duration + timbre.release - time) / timbre.release, 0, 1)
    return np.sin(0.5 * np.pi * np.minimum(rise, fall)) ** 2


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

    from keras_musicgan import midi

    if not Path(sound_font).is_file():
        raise FileNotFoundError(f"`sound_font` must be a SoundFont file. Received: sound_font={str(sound_font)!r}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "notes.mid"
        midi.write(path, notes)
        score = symusic.Score(path)
    audio = symusic.Synthesizer(str(sound_font), sample_rate).render(score, stereo=True)
    audio = np.asarray(audio, "float32").T
    return audio / max(float(np.abs(audio).max(initial=0.0)), 1.0)
