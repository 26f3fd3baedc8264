"""A piece of notes played on generators that are conditioned on pitch, and on generators of drums."""

import warnings
from collections.abc import Sequence

import keras
import numpy as np

from keras_musicgan.generation.note_inputs import check_conditions
from keras_musicgan.generation.parts import drum_part, open_conditions, tone_part
from keras_musicgan.generation.sustain import one_shot, sustained_sound
from keras_musicgan.generation.track_models import Models, distinct, highest_rate, models_of_tracks
from keras_musicgan.music.audio import SILENCE, resample
from keras_musicgan.music.notes import Notes, PlayWarning
from keras_musicgan.music.synthesizer import MIX_LEVEL, check_renderable, frequency, not_played
from keras_musicgan.utils.batching import batches
from keras_musicgan.utils.checks import check_number, check_positive_int

MAX_PAN = 0.6  # of tracks that are spread by default
SINE_RMS = 0.5**0.5  # of amplitude 1
DRUM_PEAK = 2.0  # of a stroke, relative to the amplitude of a tone: drums are short
DRUM_FADE_MS = 5.0  # from silence to the onset
CUT_MS = 20.0  # in which a drum that is cut off fades out


def play(
    gan: Models,
    notes: Notes,
    seed: int | None = None,
    timbre: str = "held",
    *,
    drums: keras.Model | None = None,
    transpose: int = 0,
    latents: np.ndarray | None = None,
    attack_ms: float = 10.0,
    release_ms: float = 300.0,
    pan: float | Sequence[float] | None = None,
    level: float = MIX_LEVEL,
    truncation: float | None = None,
    batch_size: int = 32,
    **conditions: object,
) -> np.ndarray:
    """Plays notes on models that were trained with the condition `Pitch`, and drums on a model of drums.

    Every note is generated at its pitch, has its onset on its beat, is held for its duration and released; notes longer
    than a clip loop its steady part. Velocities alone set the loudness. A track outside its model's range moves into it
    by octaves as a whole, and single notes only where no octave holds all of it.

    A drum sounds for as long as its clip, unless another of its group cuts it off, as a closed hi-hat does the open
    one; all strokes of a drum sound alike. A model with a `Label` of drums (kick, snare, hat …) plays the nearest to
    each drum of General MIDI, another one draws a sound for each.

    A `PlayWarning` reports how many notes are moved or left out, and counts the events of a MIDI file that are not
    played.

    Args:
        gan: `MusicGAN` of the audio domain with the condition `Pitch`; or several, as a dict from a track's index or
            name to its model. Its key `None` is the model of all other tracks, which are left out without one. A track
            of drums takes any model of audio, but only by its own index or name.
        notes: `keras_musicgan.notes.Notes`.
        seed: Seed of drawn timbres and conditions; the same seed gives the same sound.
        timbre: `"held"` for one timbre per track; `"wandering"` for one that changes along the piece, from one drawn
            timbre to the next in eight seconds.
        drums: `MusicGAN` of the audio domain for tracks of drums, which are left out without one.
        transpose: Semitones by which tones move, before they are brought into a model's range.
        latents: Latents of tones instead of drawn ones: for held timbres `[latent_dim]` for all tracks or
            `[tracks, latent_dim]`; for a wandering timbre `[n, latent_dim]`, a path from the beginning of the piece to
            its end, for all tracks.
        attack_ms: Milliseconds in which a tone fades in, at least 0.
        release_ms: Milliseconds in which a tone fades out after its end, at least 0.
        pan: Position from −1 (left) to 1 (right), one for all tracks or one for each; by default several tracks are
            spread from left to right, with drums in the middle.
        level: Loudness of one tone at velocity 127, as the amplitude of a sine of the same power, in (0, 1]; drums
            peak at twice as much.
        truncation: Largest number in drawn latents, or `None`.
        batch_size: Notes generated at a time.
        **conditions: The models' other conditions, each one value or a list of one for each track of
            `notes.tracks`. Those left out are drawn once for each track, or each drum.

    Returns:
        float32 `[samples, 2]` in [−1, 1] at `gan.representation.sample_rate` Hz, of several models the highest; as
        long as the piece, its last release and the clip of its last drum. A mix that would exceed full scale is turned
        down as a whole.

    Raises:
        TypeError: If a model is not one of audio.
        ValueError: If a model of tones has no `Pitch`, no note of the piece has a model, the piece has no track of a
            given name, a pitch cannot be brought into the model's range, or an option is out of range.

    Example:
        Two models and drums: `play({"melody": flute, "bass": cello}, notes, drums=kit)`.

    Reference: GANSynth: Adversarial Neural Audio Synthesis (Engel et al., 2019).
    """
    check_number("attack_ms", attack_ms, at_least=0)
    check_number("release_ms", release_ms, at_least=0)
    check_positive_int("batch_size", batch_size)
    if transpose not in range(-127, 128):
        raise ValueError(f"`transpose` must be whole semitones from −127 to 127. Received: transpose={transpose!r}")
    if not 0 < level <= 1:
        raise ValueError(f"`level` must lie in (0, 1]. Received: level={level}")
    check_renderable(notes)
    models = models_of_tracks(gan, drums, notes)
    gains = _pan_gains(pan, notes.tracks)
    notes, changes = _with_models(notes, models)
    pairs = zip(models, notes.tracks, strict=True)
    names = {name for model, track in pairs if model is not None for name in open_conditions(model, track.is_drum)}
    check_conditions(conditions, sorted(names), len(notes.tracks))
    if drums is not None and not any(model is drums for model in models):
        changes.append("The model of drums has nothing to play: the piece has no track of drums")

    of_tones = {"timbre": timbre, "latents": latents, "transpose": transpose}
    parts = _parts(models, notes, conditions, seed, truncation, of_tones)
    mixes = {}  # by sample rate
    n_silent = 0
    seconds = max(_end(part, release_ms) for part in parts)
    for part in parts:
        if part.sample_rate not in mixes:
            mixes[part.sample_rate] = np.zeros((round(seconds * part.sample_rate), 2), "float32")
        n_silent += _add(mixes[part.sample_rate], part, gains, level, attack_ms, release_ms, batch_size)
    if n_silent:
        changes.append(f"{n_silent} of {len(notes)} notes silent: the models' clips for them are silent")
    for change in [*changes, *(change for part in parts for change in part.changes), *not_played(notes)]:
        warnings.warn(change, PlayWarning, stacklevel=2)
    return _mixed(mixes, seconds, highest_rate(gan, drums))


def _with_models(notes, models):
    """The notes of tracks that have a model, and in words those that are left out."""
    is_drum = np.array([track.is_drum for track in notes.tracks])
    is_left_out = np.array([model is None for model in models])
    if not len(notes):
        raise ValueError("A piece to play must hold a note. Received: no notes")
    if is_left_out[notes.track].all():
        kind = "of drums" if is_drum[notes.track].all() else "of tracks without a model"
        raise ValueError(
            f"A piece to play must hold notes that a model plays. Received: {len(notes)} notes, all {kind}. `drums` "
            "takes a model for drums; `synth.render` plays all tracks without a model."
        )
    changes = []
    for kind, tracks in (("drums", is_left_out & is_drum), ("tracks", is_left_out & ~is_drum)):
        left_out = notes.track[tracks[notes.track]]
        if len(left_out):
            names = ", ".join(sorted({notes.track_name(index) for index in left_out}))
            changes.append(f"{len(left_out)} of {len(notes)} notes left out: {kind} without a model ({names})")
    return notes.where(~is_left_out[notes.track]), changes


def _parts(models, notes, given, seed, truncation, of_tones):
    """A part for each model of tones, and one for each track of drums."""
    is_drum = np.array([track.is_drum for track in notes.tracks])
    parts = []
    for model in distinct(models):
        own = (np.array([each is model for each in models]) & ~is_drum)[notes.track]
        if own.any():
            parts.append(tone_part(model, notes.where(own), given, seed, truncation, **of_tones))
    for index in np.unique(notes.track[is_drum[notes.track]]):
        parts.append(drum_part(models[index], notes.of_track(index), given, seed, truncation))
    return parts


def _pan_gains(pan, tracks):
    """Gains of left and right for each track, float32 `[tracks, 2]`, of equal power."""
    if pan is None:
        is_tone = np.array([not track.is_drum for track in tracks])
        pan = np.zeros(len(tracks))
        if is_tone.sum() > 1:
            pan[is_tone] = np.linspace(-MAX_PAN, MAX_PAN, is_tone.sum())
    places = np.asarray(pan, "float64")
    if places.shape not in ((), (len(tracks),)) or not (np.abs(places) <= 1).all():
        raise ValueError(
            f"`pan` must be one number from −1 to 1, or one for each of {len(tracks)} tracks. Received: pan={pan}"
        )
    angles = np.broadcast_to((places + 1) * np.pi / 4, (len(tracks),))
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype("float32")


def _end(part, release_ms):
    """Seconds after which a part is silent."""
    if part.is_drum and len(part.notes):
        clip_seconds = part.gan.representation.length / part.sample_rate
        return max(part.notes.seconds, part.notes.seconds_of_notes[0].max() + clip_seconds)
    return part.notes.seconds + release_ms / 1000


def _add(mix, part, gains, level, attack_ms, release_ms, batch_size):
    """Adds a part to a mix `[samples, 2]` of its rate; the number of notes whose clips are silent."""
    rate = part.sample_rate
    beats = np.rint(part.notes.seconds_of_notes[0] * rate).astype(int)
    amplitudes = level * part.notes.velocity / 127.0 * (DRUM_PEAK if part.is_drum else SINE_RMS)
    n_silent = 0
    for clip, members in _clips(part, batch_size):
        f0_hz = float(frequency(part.notes.pitch[members[0]]))
        sound = one_shot(clip, rate) if part.is_drum else sustained_sound(clip, rate, f0_hz)
        if sound.loudness < SILENCE:
            n_silent += len(members)
            continue
        longest = len(sound.begin) / rate if part.is_drum else np.inf
        release = round((CUT_MS if part.is_drum else release_ms) / 1000 * rate)
        for index in members:
            lead = min(sound.onset, beats[index])  # samples before the beat
            first = beats[index] - lead
            attack = min(lead, round(DRUM_FADE_MS / 1000 * rate)) if part.is_drum else round(attack_ms / 1000 * rate)
            held = max(round(min(part.seconds[index], longest) * rate), 1)
            samples = sound.held(sound.onset + held + release)[sound.onset - lead :][: len(mix) - first]
            gain = np.float32(amplitudes[index] / sound.loudness)
            samples *= _envelope(len(samples), lead + held, attack, release)[:, None] * gain
            mix[first : first + len(samples)] += samples * gains[part.notes.track[index]]
    return n_silent


def _mixed(mixes, seconds, sample_rate):
    """One mix `[samples, 2]` of several at different rates, turned down to [−1, 1]."""
    audio = mixes.pop(sample_rate, None)
    if audio is None:
        audio = np.zeros((round(seconds * sample_rate), 2), "float32")
    for rate, mix in mixes.items():
        resampled = resample(mix, rate, sample_rate)[: len(audio)]
        audio[: len(resampled)] += resampled
    peak = max(audio.max(initial=0.0), -audio.min(initial=0.0))
    return audio / peak if peak > 1.0 else audio


def _clips(part, batch_size):
    """Each different clip `[samples, channels]` once, with the indices of its notes; one batch at a time in memory."""
    columns = np.concatenate([*(column[:, None] for column in part.numbers.values()), part.latents], axis=1)
    _, firsts, clip_of_note = np.unique(columns, axis=0, return_index=True, return_inverse=True)
    clip_of_note = clip_of_note.reshape(-1)
    order = np.argsort(clip_of_note, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(clip_of_note))[:-1])
    for indices, n_new in batches(len(firsts), batch_size):
        rows = firsts[indices]
        conditions = part.gan.conditions.values({name: column[rows] for name, column in part.numbers.items()})
        clips = part.gan.generate(latents=part.latents[rows], batch_size=batch_size, **conditions)
        yield from zip(clips[:n_new], (members[index] for index in indices[:n_new]), strict=True)


def _envelope(n_samples, held, attack, release):
    """The gain of a note over time `[n_samples]`: a rise at the onset, 1 while it is held, a fall after its end."""
    envelope = np.ones(n_samples, "float32")
    n_rise = min(attack, held, n_samples)
    envelope[:n_rise] = np.sin(0.5 * np.pi * np.arange(n_rise) / max(n_rise, 1)) ** 2
    n_fall = max(n_samples - held, 0)
    envelope[n_samples - n_fall :] = np.cos(0.5 * np.pi * np.arange(n_fall) / max(release, 1)) ** 2
    return envelope
