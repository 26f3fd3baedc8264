"""A piece of notes played on a generator that is conditioned on pitch."""

import warnings
from collections.abc import Sequence

import keras
import numpy as np

from keras_musicgan.generation.note_inputs import note_conditions, note_latents, playable
from keras_musicgan.generation.sustain import sustained_sound
from keras_musicgan.music.audio import SILENCE
from keras_musicgan.music.notes import Notes, PlayWarning
from keras_musicgan.music.synthesizer import MIX_LEVEL, check_renderable, frequency, not_played
from keras_musicgan.utils.batching import batches
from keras_musicgan.utils.checks import check_number, check_positive_int

MAX_PAN = 0.6  # of tracks that are spread by default
SINE_RMS = 0.5**0.5  # of amplitude 1


def play(
    gan: keras.Model,
    notes: Notes,
    seed: int | None = None,
    timbre: str = "held",
    *,
    latents: np.ndarray | None = None,
    attack_ms: float = 10.0,
    release_ms: float = 300.0,
    pan: float | Sequence[float] | None = None,
    level: float = MIX_LEVEL,
    truncation: float | None = None,
    batch_size: int = 32,
    **conditions: object,
) -> np.ndarray:
    """Plays notes on a model that was trained with the condition `Pitch`.

    Every note is generated at its pitch, begins at its onset, is held for its duration and released; notes longer than
    a clip loop its steady part. Velocities alone set the loudness. Notes outside the model's range are moved into it
    by octaves and drums are left out; a `PlayWarning` reports how many, and counts the events of a MIDI file that are
    not played.

    Args:
        gan: `MusicGAN` of the audio domain with the condition `Pitch`.
        notes: `keras_musicgan.notes.Notes`.
        seed: Seed of drawn timbres and conditions; the same seed gives the same sound.
        timbre: `"held"` for one timbre per track; `"wandering"` for one that changes along the piece, from one drawn
            timbre to the next in eight seconds.
        latents: Latents instead of drawn ones: for held timbres `[latent_dim]` for all tracks or
            `[tracks, latent_dim]`; for a wandering timbre `[n, latent_dim]`, a path from the beginning of the piece to
            its end, for all tracks.
        attack_ms: Milliseconds in which a note fades in, at least 0.
        release_ms: Milliseconds in which a note fades out after its end, at least 0.
        pan: Position from −1 (left) to 1 (right), one for all tracks or one for each; by default several tracks are
            spread from left to right.
        level: Loudness of one note at velocity 127, as the amplitude of a sine of the same power, in (0, 1].
        truncation: Largest number in drawn latents, or `None`.
        batch_size: Notes generated at a time.
        **conditions: The model's other conditions, each one value or a list of one for each track of
            `notes.tracks`. Those left out are drawn once for each track.

    Returns:
        float32 `[samples, 2]` in [−1, 1] at `gan.representation.sample_rate` Hz, as long as the piece and its last
        release; a mix that would exceed full scale is turned down as a whole.

    Raises:
        TypeError: If the model is not one of audio.
        ValueError: If the model has no `Pitch`, the piece holds no note or only drums, a pitch cannot be brought into
            the model's range, or an option is out of range.

    Reference: GANSynth: Adversarial Neural Audio Synthesis (Engel et al., 2019).
    """
    _check_model(gan)
    check_number("attack_ms", attack_ms, at_least=0)
    check_number("release_ms", release_ms, at_least=0)
    check_positive_int("batch_size", batch_size)
    if not 0 < level <= 1:
        raise ValueError(f"`level` must lie in (0, 1]. Received: level={level}")
    check_renderable(notes)
    gains = _pan_gains(pan, len(notes.tracks))
    notes, changes = playable(notes, gan.conditions["pitch"].low, gan.conditions["pitch"].high)
    latents = note_latents(gan, notes, timbre, seed, latents, truncation)
    numbers = note_conditions(gan, notes, conditions, seed)

    sample_rate = gan.representation.sample_rate
    starts, durations = notes.seconds_of_notes
    attack, release = (round(ms / 1000 * sample_rate) for ms in (attack_ms, release_ms))
    audio = np.zeros((round(notes.seconds * sample_rate) + release, 2), "float32")
    n_silent = 0
    for clip, members in _clips(gan, latents, numbers, batch_size):
        source = sustained_sound(clip, sample_rate, float(frequency(notes.pitch[members[0]])))
        if source.loudness < SILENCE:
            n_silent += len(members)
            continue
        for index in members:
            first = round(starts[index] * sample_rate)
            held = max(round(durations[index] * sample_rate), 1)
            loudness = level * notes.velocity[index] / 127.0 * SINE_RMS / source.loudness
            sound = source.held(min(held + release, len(audio) - first))
            sound *= _envelope(len(sound), held, attack, release)[:, None] * np.float32(loudness)
            audio[first : first + len(sound)] += sound * gains[notes.track[index]]
    peak = max(audio.max(initial=0.0), -audio.min(initial=0.0))
    if peak > 1.0:
        audio /= peak
    if n_silent:
        changes.append(f"{n_silent} of {len(notes)} notes silent: the model's clips for them are silent")
    for change in [*changes, *not_played(notes)]:
        warnings.warn(change, PlayWarning, stacklevel=2)
    return audio


def _check_model(gan):
    representation = gan.representation
    if not hasattr(representation, "waveform"):
        raise TypeError(
            "`play` needs a model of the audio domain. Received: a model whose representation is "
            f"{type(representation).__name__}. `synth.render` plays the notes of other models."
        )
    if "pitch" not in gan.conditions:
        names = ", ".join(condition.name for condition in gan.conditions)
        raise ValueError(
            "`play` needs a model that was trained with the condition `Pitch`. Received: a model "
            + (f"with {names}" if names else "without conditions")
            + ". Train one with conditions=[Pitch(low, high)]."
        )


def _pan_gains(pan, n_tracks):
    """Gains of left and right for each track, float32 `[tracks, 2]`, of equal power."""
    if pan is None:
        pan = np.linspace(-MAX_PAN, MAX_PAN, n_tracks) if n_tracks > 1 else 0.0
    places = np.asarray(pan, "float64")
    if places.shape not in ((), (n_tracks,)) or not (np.abs(places) <= 1).all():
        raise ValueError(
            f"`pan` must be one number from −1 to 1, or one for each of {n_tracks} tracks. Received: pan={pan}"
        )
    angles = np.broadcast_to((places + 1) * np.pi / 4, (n_tracks,))
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype("float32")


def _clips(gan, latents, numbers, batch_size):
    """Each different clip `[samples, channels]` once, with the indices of its notes; one batch at a time in memory."""
    columns = np.concatenate([np.stack(list(numbers.values()), axis=1), latents], axis=1)
    _, firsts, clip_of_note = np.unique(columns, axis=0, return_index=True, return_inverse=True)
    clip_of_note = clip_of_note.reshape(-1)
    order = np.argsort(clip_of_note, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(clip_of_note))[:-1])
    for indices, n_new in batches(len(firsts), batch_size):
        rows = firsts[indices]
        conditions = gan.conditions.values({name: column[rows] for name, column in numbers.items()})
        clips = gan.generate(latents=latents[rows], batch_size=batch_size, **conditions)
        yield from zip(clips[:n_new], (members[index] for index in indices[:n_new]), strict=True)


def _envelope(n_samples, held, attack, release):
    """The gain of a note over time `[n_samples]`: a rise at the onset, 1 while it is held, a fall after its end."""
    envelope = np.ones(n_samples, "float32")
    n_rise = min(attack, held, n_samples)
    envelope[:n_rise] = np.sin(0.5 * np.pi * np.arange(n_rise) / max(n_rise, 1)) ** 2
    n_fall = max(n_samples - held, 0)
    envelope[n_samples - n_fall :] = np.cos(0.5 * np.pi * np.arange(n_fall) / max(release, 1)) ** 2
    return envelope
