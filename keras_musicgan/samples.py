"""Generated clips as files: WAV, MIDI in the notes domain, and the latents they were made from."""

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from keras_musicgan import audio, midi
from keras_musicgan.files import replacing
from keras_musicgan.representations import NotesRepresentation

if TYPE_CHECKING:
    from keras_musicgan.gan import MusicGAN


def write_samples(
    model: "MusicGAN", latents: np.ndarray, directory: str | Path, subtype: str = "pcm16", batch_size: int = 32
) -> list[Path]:
    """Generates clips and writes `sample_01.wav`, `sample_01.mid` … and `latents.npz` into a folder.

    Args:
        model: `MusicGAN`.
        latents: `[n, latent_dim]`; any number of them, since only one batch of clips is in memory.
        directory: The folder; it is made where it is missing.
        subtype: `"pcm16"` or `"float"`, as for `audio.write_wav`.
        batch_size: Clips generated at a time.

    Returns:
        Paths of the WAV files.
    """
    directory = Path(directory)
    representation = model.representation
    digits = max(2, len(str(len(latents))))
    paths = [directory / f"sample_{number:0{digits}d}.wav" for number in range(1, len(latents) + 1)]
    for first in range(0, len(latents), batch_size):
        encoded = model.generate_encoded(latents=latents[first : first + batch_size], batch_size=batch_size)
        batch = paths[first : first + batch_size]
        for path, clip in zip(batch, representation.decode(encoded), strict=True):
            audio.write_wav(path, clip, representation.sample_rate, subtype)
        if isinstance(representation, NotesRepresentation):
            for path, notes in zip(batch, representation.to_notes(encoded), strict=True):
                midi.write(path.with_suffix(".mid"), notes)
    with replacing(directory / "latents.npz") as temporary:
        np.savez(temporary, latents=latents)
    return paths


def read_latents(path: str | Path) -> np.ndarray:
    """The latents `[n, latent_dim]` that `write_samples` left in a `latents.npz`.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it holds no latents.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"Latents must be in a latents.npz. Received: path={str(path)!r}, which is no file")
    try:
        with np.load(path) as content:
            return content["latents"]
    except (EOFError, KeyError, OSError, ValueError, zipfile.BadZipFile, TypeError) as error:
        raise ValueError(
            f"Latents must be in an .npz file under the name `latents`, as `musicgan generate` writes it. Received: "
            f"{path}: {error}"
        ) from error
