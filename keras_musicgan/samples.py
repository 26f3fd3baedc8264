"""Generated clips as files: WAV, MIDI in the notes domain, and the latents they were made from."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from keras_musicgan import audio, midi
from keras_musicgan.files import replacing
from keras_musicgan.representations import NotesRepresentation

if TYPE_CHECKING:
    from keras_musicgan.gan import MusicGAN


def write_samples(model: "MusicGAN", latents: np.ndarray, directory: str | Path, subtype: str = "pcm16") -> list[Path]:
    """Generates clips and writes `sample_01.wav`, `sample_01.mid` … and `latents.npz` into a folder.

    Args:
        model: `MusicGAN`.
        latents: `[n, latent_dim]`.
        directory: The folder; it is made where it is missing.
        subtype: `"pcm16"` or `"float"`, as for `audio.write_wav`.

    Returns:
        Paths of the WAV files.
    """
    directory = Path(directory)
    representation = model.representation
    encoded = model.generate_encoded(latents=latents)
    paths = []
    for number, clip in enumerate(representation.decode(encoded), start=1):
        paths.append(directory / f"sample_{number:02d}.wav")
        audio.write_wav(paths[-1], clip, representation.sample_rate, subtype)
    if isinstance(representation, NotesRepresentation):
        for path, notes in zip(paths, representation.to_notes(encoded), strict=True):
            midi.write(path.with_suffix(".mid"), notes)
    with replacing(directory / "latents.npz") as temporary:
        np.savez(temporary, latents=latents)
    return paths
