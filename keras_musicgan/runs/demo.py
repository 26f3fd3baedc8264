"""Something to hear without any training: a tune, drums and pages to play, by the models that come with the package."""

import html
import string
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from keras_musicgan import page
from keras_musicgan.datasets.synthetic.melodies import compose
from keras_musicgan.generation.sample_files import write_samples
from keras_musicgan.music import audio, midi
from keras_musicgan.runs.band import INSTRUMENTS, load_band, play_with_band
from keras_musicgan.runs.demo_folder import DRUM_MACHINE, ORCHESTRA, check_demo_folder
from keras_musicgan.utils.files import replacing, replacing_folder

ON_THE_KEYBOARD = ("flute", "harp", "marimba", "violin")
KEYS = ("C4", "B5")
BARS = 8
N_DRUMS = 16


def demo(folder: str | Path, seed: int = 0, overwrite: bool = False) -> list[Path]:
    """Writes a folder of music: `song.wav` and `song.mid`, `drums/`, two pages to play, and `index.html` with all.

    Args:
        folder: The folder; it appears whole or not at all.
        seed: Seed of the tune and of all sounds.
        overwrite: Whether to replace an earlier folder.

    Returns:
        The paths of `index.html`, `song.wav` and the folder of drums.

    Raises:
        FileExistsError: If the folder exists and must not be replaced, or holds no earlier demo.
    """
    folder = check_demo_folder(folder, overwrite)
    orchestra, drum_machine = load_band()
    with replacing_folder(folder) as temporary:
        temporary.mkdir(exist_ok=True)
        tune = compose(1, seed=seed, bars=BARS)[0]
        lower = np.where(tune.track == 0, tune.pitch - 12, tune.pitch)  # the melody, into the range of the model
        song, rate, tune = play_with_band(replace(tune, pitch=lower), orchestra, drum_machine, seed)
        audio.write_wav(temporary / "song.wav", song, rate)
        midi.write(temporary / "song.mid", tune)
        labels = drum_machine.conditions[0].names
        kinds: dict[str, Any] = {drum_machine.conditions[0].name: np.resize(labels, N_DRUMS).tolist()}
        latents, numbers = drum_machine.draw(N_DRUMS, seed, **kinds)
        drums = write_samples(drum_machine, temporary / "drums", latents, numbers)
        page.write(drum_machine, temporary / DRUM_MACHINE, DRUM_MACHINE, sounds=2, steps=2, seed=seed)
        keyboard: dict[str, Any] = {"instrument": list(ON_THE_KEYBOARD)}
        page.write(orchestra, temporary / ORCHESTRA, ORCHESTRA, sounds=1, steps=1, seed=seed, pitches=KEYS, **keyboard)
        _write_index(temporary / "index.html", drums, next(iter(kinds.values())))
    return [folder / name for name in ("index.html", "song.wav", "drums")]


def _write_index(path, drums, kinds):
    """The page with the tune, the drums and links to the others."""
    items = [
        f'<li>{html.escape(kind)}<audio controls preload="none" src="drums/{drum.name}"></audio></li>'
        for kind, drum in zip(kinds, drums, strict=True)
    ]
    template = string.Template(files("keras_musicgan.page").joinpath("static/demo.html").read_text())
    with replacing(path) as temporary:
        temporary.write_text(template.substitute(instruments=" and ".join(INSTRUMENTS[:2]), drums="\n".join(items)))
