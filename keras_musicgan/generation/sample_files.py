"""Generated clips as files: WAV, MIDI in the notes domain, and their latents and conditions."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import keras
import numpy as np

from keras_musicgan.generation.continuous import continuous_notes, generate_continuous
from keras_musicgan.music import audio, midi
from keras_musicgan.music.synthesizer import render
from keras_musicgan.representations import NotesRepresentation
from keras_musicgan.utils.checks import check_positive_int
from keras_musicgan.utils.files import replacing

PREFIX = "condition_"  # of the conditions' names in latents.npz


def write_samples(
    model: keras.Model,
    directory: str | Path,
    latents: np.ndarray,
    conditions: dict[str, np.ndarray] | None = None,
    subtype: str = "pcm16",
    batch_size: int = 32,
) -> list[Path]:
    """Generates clips and writes `sample_01.wav`, `sample_01.mid` … and `latents.npz` into a folder.

    Args:
        model: `MusicGAN`.
        directory: The folder; created if missing.
        latents: `[n, latent_dim]`; any number, since only one batch of clips is in memory.
        conditions: Dict of `[n]` by name, as `MusicGAN.draw` returns them; those left out are drawn.
        subtype: `"pcm16"` or `"float"`, as for `audio.write_wav`.
        batch_size: Clips generated at a time.

    Returns:
        Paths of the WAV files, in the notes domain each followed by that of its MIDI file.
    """
    check_positive_int("batch_size", batch_size)
    directory = Path(directory).expanduser()
    representation = model.representation
    latents, numbers = model.draw(latents=latents, **(conditions or {}))
    digits = max(2, len(str(len(latents))))
    paths = [directory / f"sample_{number:0{digits}d}.wav" for number in range(1, len(latents) + 1)]
    endings = (".wav", ".mid") if isinstance(representation, NotesRepresentation) else (".wav",)
    for first in range(0, len(latents), batch_size):
        part = slice(first, first + batch_size)
        options = {"latents": latents[part], "batch_size": batch_size, **{name: v[part] for name, v in numbers.items()}}
        if isinstance(representation, NotesRepresentation):
            pieces = model.generate_notes(**options)
            clips = [render(notes, representation.sample_rate) for notes in pieces]
            for path, notes in zip(paths[part], pieces, strict=True):
                midi.write(path.with_suffix(".mid"), notes)
        else:
            clips = model.generate(**options)
        for path, clip in zip(paths[part], clips, strict=True):
            audio.write_wav(path, clip, representation.sample_rate, subtype)
    with replacing(directory / "latents.npz") as temporary:
        save_latents(temporary, latents, numbers)
    return [path.with_suffix(ending) for path in paths for ending in endings]


def write_continuous(
    model: keras.Model,
    directory: str | Path,
    seconds: float,
    seed: int | None = None,
    truncation: float | None = None,
    conditions: dict | None = None,
    subtype: str = "pcm16",
) -> list[Path]:
    """Generates music of any length and writes `continuous.wav`, in the notes domain also `continuous.mid`.

    Args:
        model: `MusicGAN`.
        directory: The folder; created if missing.
        seconds: Length.
        seed: Seed of drawn latents and conditions.
        truncation: Largest number in drawn latents, or `None`.
        conditions: Conditions of the model, one value each.
        subtype: `"pcm16"` or `"float"`, as for `audio.write_wav`.

    Returns:
        Paths of the files.
    """
    options = {"truncation": truncation, **(conditions or {})}
    directory = Path(directory).expanduser()
    paths = [directory / "continuous.wav"]
    seed = int(np.random.default_rng().integers(2**31)) if seed is None else seed  # the same music in both files
    music = generate_continuous(model, seconds, seed, **options)
    audio.write_wav(paths[0], music, model.representation.sample_rate, subtype)
    if isinstance(model.representation, NotesRepresentation):
        paths.append(directory / "continuous.mid")
        midi.write(paths[1], continuous_notes(model, seconds, seed, **options))
    return paths


def save_latents(file: Path | BinaryIO, latents: np.ndarray, numbers: Mapping[str, np.ndarray]) -> None:
    """Writes latents `[n, latent_dim]` and conditions, a dict of `[n]`, as `read_latents` reads them."""
    arrays: dict[str, Any] = {PREFIX + name: values for name, values in numbers.items()}
    np.savez(file, latents=latents, **arrays)


def read_latents(file: str | Path | BinaryIO) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The latents `[n, latent_dim]` and conditions, a dict of `[n]`, from a `latents.npz` of `write_samples`.

    Args:
        file: Its path, or a file that is open.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it holds no latents.
    """
    if isinstance(file, str | Path):
        file = Path(file).expanduser()
        if not file.is_file():
            raise FileNotFoundError(f"Latents must be in a latents.npz. Received: path={str(file)!r}, which is no file")
    try:
        with np.load(file) as content:
            conditions = {name[len(PREFIX) :]: content[name] for name in content.files if name.startswith(PREFIX)}
            return content["latents"], conditions
    except (EOFError, KeyError, OSError, ValueError, zipfile.BadZipFile, TypeError) as error:
        described = file if isinstance(file, Path) else "a file"
        raise ValueError(
            f"Latents must be in an .npz file under the name `latents`, as `musicgan generate` writes it. Received: "
            f"{described}: {error}"
        ) from error
