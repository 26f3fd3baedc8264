"""The gallery: what the models that come with the package generate from a fixed seed, as players and pictures.

    python docs/gallery.py                      # half a minute of a core
    python docs/gallery.py --real my_notes/     # real notes beside the generated ones: flute_64_1.wav ...

MkDocs runs it when `docs/gallery/` is missing or older than this file or a model. Nothing of that folder is committed.
"""

import argparse
import html
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

sys.path.insert(0, str(Path(__file__).parents[1]))  # the package of this checkout
import keras_musicgan as km
from keras_musicgan.runs.band import load_band, play_with_band
from keras_musicgan.runs.demo import demo
from keras_musicgan.utils.files import remove, replacing_folder

SEED = 0
PITCH = 64
INSTRUMENTS = ("flute", "violin", "trumpet", "harp", "marimba", "piano")
DRUMS = ("kick", "snare", "hihat", "tom", "clap", "cymbal")
WALK_STEPS = 6
PATH_SECONDS = 10.0
MELODY_SECONDS, MELODY_RATE = 16.0, 22050
LARGEST_BYTES = 5_000_000
UNUSED = ("index.html", "song.wav", "drums")  # of the demo: what the gallery shows in its own way


class Gallery:
    """A folder of OGG files and pictures, and the page's HTML with their players.

    Args:
        folder: Where they are written.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        self.parts = []

    def heading(self, title: str, text: str) -> None:
        """Begins a section."""
        self.parts.append(f"<h2>{html.escape(title)}</h2>\n<p>{text}</p>")

    def sounds(self, clips: dict[str, np.ndarray], rate: int) -> None:
        """Adds a player for each clip `[samples, channels]`, by its title."""
        figures = []
        for title, samples in clips.items():
            name = f"{title.lower().replace(' ', '_').replace(',', '')}.ogg"
            soundfile.write(self.folder / name, samples, rate, format="OGG", subtype="VORBIS")
            player = (
                f'<audio controls preload="metadata" src="gallery/{name}" data-seconds="{len(samples) / rate}"></audio>'
            )
            figures.append(f"<figure><figcaption>{html.escape(title)}</figcaption>{player}</figure>")
        self.parts.append(f'<div class="sounds">{"".join(figures)}</div>')

    def picture(self, name: str, groups: dict[str, np.ndarray], rate: int) -> None:
        """Adds the spectrograms of groups of clips."""
        (self.folder / name).write_bytes(km.plots.png(km.plots.grid(groups, rate, columns=3)))
        self.parts.append(f'<img src="gallery/{name}" alt="Spectrograms of {", ".join(groups)}">')

    def write(self) -> None:
        """Writes the HTML that `gallery.md` includes.

        Raises:
            ValueError: If the folder became too large for a site.
        """
        (self.folder / "players.html").write_text("\n\n".join(self.parts) + "\n")
        size = sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())
        if size > LARGEST_BYTES:
            raise ValueError(f"The gallery must be smaller than {LARGEST_BYTES:,} bytes. Received: {size:,}")


def real_notes(folder: Path, orchestra: km.MusicGAN) -> np.ndarray:
    """The first note of each instrument at the gallery's pitch, cut as for training, `[n, length, 1]`.

    Raises:
        ValueError: If an instrument has none.
    """
    data = km.datasets.audio_folder(folder, orchestra, labels="{instrument}_{pitch}_*", held_out=0.0)
    pitches = np.array([orchestra.conditions["pitch"].number(pitch) for pitch in data.labels["pitch"]])
    clips = data.load()
    chosen = []
    for name in INSTRUMENTS:
        found = np.flatnonzero((data.labels["instrument"] == name) & (pitches == PITCH))
        if not len(found):
            raise ValueError(f"Each instrument needs a note of pitch {PITCH}. Received: none of {name} in {folder}")
        chosen.append(clips[found[0]])
    return np.stack(chosen)


def make(folder: Path, real: Path | None) -> None:
    """Writes the gallery into a folder, beside the pages and the tune of `musicgan demo`."""
    demo(folder, SEED)
    gallery = Gallery(folder)
    add_demo(gallery)
    add_instruments(gallery, km.MusicGAN.from_pretrained("orchestra"), real)
    add_drums(gallery, km.MusicGAN.from_pretrained("drum-machine"))
    add_melody(gallery, km.MusicGAN.from_pretrained("lecture"))
    add_piece(gallery, km.MusicGAN.from_pretrained("tunes"))
    gallery.write()


def add_demo(gallery: Gallery) -> None:
    """The tune of the demo, and links to its pages."""
    tune, rate = km.audio.read(gallery.folder / "song.wav")
    for name in UNUSED:
        remove(gallery.folder / name)
    gallery.heading("A tune", f"Notes by {code('orchestra')}, drums by {code('drum-machine')}.")
    gallery.sounds({"Tune": tune}, rate)
    gallery.heading("Play", "Keyboard, pads and a walk between sounds, without a server.")
    links = [f'<li><a href="gallery/{name}/index.html">{name}</a></li>' for name in ("orchestra", "drum-machine")]
    gallery.parts.append(f"<ul>{''.join(links)}</ul>")


def add_instruments(gallery: Gallery, orchestra: km.MusicGAN, real: Path | None) -> None:
    """One note on each instrument, beside real ones if there are any, and a path of latents."""
    rate = orchestra.representation.sample_rate
    notes = orchestra.generate(len(INSTRUMENTS), SEED, pitch=PITCH, instrument=list(INSTRUMENTS))
    gallery.heading("Six instruments", f"One note of {code('orchestra')} on each, all E4.")
    gallery.sounds(titled(INSTRUMENTS, notes), rate)
    groups = {"generated": notes}
    if real is not None:
        groups["real"] = real_notes(real, orchestra)
        gallery.sounds(titled([f"real {name}" for name in INSTRUMENTS], groups["real"]), rate)
    gallery.picture("instruments.png", groups, rate)
    path = orchestra.generate_continuous(PATH_SECONDS, SEED, pitch=PITCH, instrument="strings")
    gallery.heading("A path of latents", "One sound of any length, here ten seconds of strings.")
    gallery.sounds({"Strings, ten seconds": path}, rate)


def add_drums(gallery: Gallery, kit: km.MusicGAN) -> None:
    """One sound of each kind, and a walk between two."""
    rate = kit.representation.sample_rate
    drums = kit.generate(len(DRUMS), SEED, kind=list(DRUMS))
    gallery.heading("Six drums", f"One sound of {code('drum-machine')} of each kind.")
    gallery.sounds(titled(DRUMS, drums), rate)
    gallery.picture("drums.png", {"generated": drums}, rate)
    walk = kit.generate(latents=km.latents.interpolate(kit.sample_latents(2, SEED), WALK_STEPS), kind="snare")
    gallery.heading("A walk between two sounds", f"From one snare to another in {WALK_STEPS} steps.")
    gallery.sounds({"Walk between two snares": walk.reshape(-1, walk.shape[-1])}, rate)


def add_melody(gallery: Gallery, lecture: km.MusicGAN) -> None:
    """The beginning of a melody."""
    melody = km.synth.render(lecture.generate_notes(1, SEED)[0], MELODY_RATE)[: round(MELODY_SECONDS * MELODY_RATE)]
    gallery.heading("A melody", f"The beginning of one that {code('lecture')} generated, on a synthetic piano.")
    gallery.sounds({"Melody": melody}, MELODY_RATE)


def add_piece(gallery: Gallery, tunes: km.MusicGAN) -> None:
    """Four bars of melody and chords."""
    samples, rate, _ = play_with_band(tunes.generate_notes(1, SEED)[0], *load_band(), SEED)
    gallery.heading(
        "Four bars", f"Composed by {code('tunes')}, played by {code('orchestra')} and {code('drum-machine')}."
    )
    gallery.sounds({"Four bars": samples}, rate)


def titled(names: Sequence[str], clips: np.ndarray) -> dict[str, np.ndarray]:
    """Clips by their names with a capital."""
    return dict(zip(map(str.capitalize, names), clips, strict=True))


def code(name: str) -> str:
    """A name in HTML."""
    return f"<code>{html.escape(name)}</code>"


def main() -> None:
    """Parses the options."""
    parser = argparse.ArgumentParser(description="Makes the gallery of the documentation.")
    parser.add_argument("--real", type=Path, help="folder of real notes named {instrument}_{pitch}_*")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("gallery"))
    options = parser.parse_args()
    with replacing_folder(options.out) as temporary:
        make(temporary, options.real)


if __name__ == "__main__":
    main()
