"""A trained generator as an instrument for music programs: SoundFont 2 or SFZ."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np

from keras_musicgan.generation.recordings import DRUMS, REMEDY, TONES, Recordings, recordings
from keras_musicgan.generation.zones import Take, instruments, take
from keras_musicgan.music.drums import DRUM_NAMES
from keras_musicgan.music.instruments import files_of_sfz, write_sfz, write_soundfont
from keras_musicgan.representations import AudioRepresentation
from keras_musicgan.utils.batching import batches
from keras_musicgan.utils.checks import check_number, check_positive_int, check_seed
from keras_musicgan.utils.files import check_writable

SUFFIXES = (".sf2", ".sfz")
MAX_SOUNDFONT_ZONES = 8_000  # each has up to eight properties, of which the format holds 65,535


class PackWarning(UserWarning):
    """An instrument lacks a sound."""


def pack(
    gan: keras.Model,
    filepath: str | Path,
    seed: int | None = None,
    *,
    sounds: int | None = None,
    every: int = 1,
    hits: int | None = None,
    latents: np.ndarray | None = None,
    release_ms: float = 300.0,
    truncation: float | None = None,
    batch_size: int = 32,
    overwrite: bool = False,
    **conditions: object,
) -> list[Path]:
    """Writes an instrument for samplers and music programs: a SoundFont 2 file, or SFZ files with a folder of WAV.

    - A model with the condition `Pitch` becomes a melodic instrument. Each pitch is recorded from its onset on, and
      its steady part loops while the note is held, as in `synth.play`. The outermost pitches are stretched by an
      octave beyond the model's range.
    - A model with a `Label` of drums (kick, snare, hat …) becomes a kit on the keys of General MIDI, each played by
      the nearest drum. A SoundFont has it on bank 128.
    - Any other model becomes a bank of sounds on the keys from 36 on.

    A condition that is the loudness of a note becomes velocity layers: a `Label` of names such as soft and loud, or p
    and f, or of velocities (`velocity`, 25, 50 …); or a `Value` called velocity, dynamics, loudness or intensity.
    Velocities alone set the loudness in players; otherwise the balance of notes is that of the model. The loudest
    recording peaks at −3 dB.

    Args:
        gan: `MusicGAN` of the audio domain; in its method of the same name, the model itself.
        filepath: File that ends in .sf2 or .sfz. Of several presets, the SFZ files have their names at the end.
        seed: Seed of drawn latents and conditions; the same seed gives the same files.
        sounds: Drawn timbres or kits, of which each is a preset, by default one; of a model without pitches and drums
            the number of keys, by default 16.
        every: Distance of recorded pitches in semitones; those between are transposed.
        hits: Different strokes of each drum, by default 3: the softest at low velocities, the loudest at high ones.
        latents: Latents `[sounds, latent_dim]` instead of drawn ones.
        release_ms: Milliseconds in which a tone falls by 60 dB after its end, above 0.
        truncation: Largest number in drawn latents, or `None`.
        batch_size: Clips generated at a time.
        overwrite: Whether to replace existing files.
        **conditions: Other conditions by name: one value; or several, or `"all"` for those of a label, of which each
            becomes a preset. Those left out are drawn once for each preset, or for each drum or key.

    Returns:
        Paths of the .sf2 or .sfz files.

    Raises:
        TypeError: If the model is not of the audio domain.
        ValueError: If `filepath` has another ending, a condition is unknown or set by the keys, a number is out of
            range, the format or the memory cannot hold the instrument, or all clips are silent.
        FileExistsError: If a file exists and is not to be replaced.

    Example:
        Four flutes and four oboes: `gan.pack("winds.sf2", seed=1, sounds=4, instrument=["flute", "oboe"])`.
    """
    if not isinstance(gan.representation, AudioRepresentation):
        raise TypeError(
            "`pack` needs a model of the audio domain. Received: a model whose representation is "
            f"{type(gan.representation).__name__}. Its notes are played with any instrument: write them as MIDI."
        )
    path = Path(filepath).expanduser()
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"`filepath` of an instrument must end in .sf2 or .sfz. Received: filepath={str(path)!r}")
    check_seed("seed", seed)
    for name, number in (("sounds", sounds), ("hits", hits), ("every", every), ("batch_size", batch_size)):
        if number is not None:
            check_positive_int(name, number)
    check_number("release_ms", release_ms, above=0)
    latents = None if latents is None else gan.check_latents(latents)
    plan = recordings(gan, conditions, seed, sounds, every, hits, latents, truncation)
    if plan.names == [""]:
        plan.names[0] = path.stem
    is_soundfont = path.suffix.lower() == ".sf2"
    if is_soundfont:
        _check_zones(len(plan.key), gan.representation.channels)
    _check_free(path, plan.names, is_soundfont, overwrite)

    sample_rate = gan.representation.sample_rate
    takes = _takes(gan, plan, batch_size)
    presets = instruments(plan, takes, release_ms)
    for words in _missing(plan, takes):
        warnings.warn(words, PackWarning, stacklevel=2)
    if not presets:
        raise ValueError(f"A model to pack must make a sound. Received: {len(takes)} clips, all silent")
    if not is_soundfont:
        return write_sfz(path, presets, sample_rate)
    write_soundfont(path, path.stem, presets, sample_rate)
    return [path]


def _check_zones(n_clips, channels):
    if n_clips * channels > MAX_SOUNDFONT_ZONES:
        raise ValueError(
            f"A SoundFont holds at most {MAX_SOUNDFONT_ZONES:,} recordings of one channel. Received: {n_clips:,} of "
            f"{channels}. {REMEDY} SFZ has no such limit."
        )


def _check_free(path, names, is_soundfont, overwrite):
    files = [path]
    if not is_soundfont:
        paths, folder = files_of_sfz(path, names)
        files = [*paths, folder]
    for file in files:
        if file.exists() and not overwrite:
            raise FileExistsError(f"{file} exists. Replace it with `overwrite`, or choose another name.")
        check_writable(file)


def _takes(gan, plan: Recordings, batch_size) -> list[Take]:
    """The take of each row; rows with the same inputs share one."""
    columns = np.concatenate([*(column[:, None] for column in plan.numbers.values()), plan.latents], axis=1)
    _, firsts, take_of_row = np.unique(columns, axis=0, return_index=True, return_inverse=True)
    takes = list(_generated(gan, plan, firsts, batch_size))
    return [takes[index] for index in take_of_row.reshape(-1)]


def _generated(gan, plan, rows, batch_size) -> Iterator[Take]:
    for indices, n_new in batches(len(rows), batch_size):
        own = rows[indices]
        conditions = gan.conditions.values({name: column[own] for name, column in plan.numbers.items()})
        clips = gan.generate(latents=plan.latents[own], batch_size=batch_size, **conditions)
        for row, clip in zip(own[:n_new], clips[:n_new], strict=True):
            pitch = int(plan.key[row]) if plan.kind == TONES else None
            yield take(clip, gan.representation.sample_rate, pitch)


def _missing(plan, takes):
    """What an instrument lacks, in sentences."""
    n_silent = sum(not each.loudness for each in takes)
    if n_silent:
        yield f"{n_silent} of {len(takes)} recordings left out: the model's clips for them are silent"
    n_keys = len(np.unique(plan.key))
    if plan.kind == DRUMS and n_keys < len(DRUM_NAMES):
        left_out = len(DRUM_NAMES) - n_keys
        yield f"{left_out} of {len(DRUM_NAMES)} drums of General MIDI left out: the model has none like them"
