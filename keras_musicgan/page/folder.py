"""The folder of a page."""

import itertools
import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from keras_musicgan.page.document import MARK, description, document
from keras_musicgan.page.layout import Layout, fitted, in_words, layout_of
from keras_musicgan.page.rendering import rendered
from keras_musicgan.utils.batching import batches
from keras_musicgan.utils.checks import check_seed
from keras_musicgan.utils.files import check_writable, replacing_folder

N_MEASURED = 16  # clips whose size tells that of all


class PageWarning(UserWarning):
    """A page holds fewer sounds than it would without a limit on its size."""


@dataclass(frozen=True)
class Page:
    """A page that was written.

    Attributes:
        path: Its `index.html`.
        n_sounds: Number of sounds.
        n_steps: Steps of the walk from one sound to the next.
        n_clips: Number of clips.
        n_bytes: Size of the folder.
    """

    path: Path
    n_sounds: int
    n_steps: int
    n_clips: int
    n_bytes: int


def write(
    gan: keras.Model,
    folder: str | Path,
    title: str = "Model",
    *,
    sounds: int | None = None,
    steps: int | None = None,
    seed: int | None = None,
    truncation: float | None = None,
    pitches: tuple[object, object] | None = None,
    megabytes: float = 20.0,
    batch_size: int = 32,
    overwrite: bool = False,
    **conditions: object,
) -> Page:
    """Writes a page that plays a model in a browser, without a server or a network.

    A model with the condition `Pitch` has a piano keyboard, on which held keys sustain, another one has pads; for the
    computer keyboard, the mouse, touch and MIDI. There are several sounds to choose from, that is latents, with a walk
    from each to the next; the values of other conditions; a spectrogram; downloads; and a recorder. Every clip is
    generated beforehand. Where all do not fit into `megabytes`, there are fewer sounds, then fewer steps, and
    a `PageWarning`.

    Args:
        gan: `MusicGAN`.
        folder: The folder to write; open its `index.html`.
        title: Name of the model on the page.
        sounds: Number of sounds; by default at most 4, or 16 for a model whose pads are its sounds.
        steps: Steps from each sound to the next; by default at most 4.
        seed: Seed of the sounds, which the page shows; drawn if not given.
        truncation: Largest number in drawn latents, or `None`.
        pitches: Lowest and highest pitch of the keyboard; by default the model's.
        megabytes: Largest size of the page, in millions of bytes, within the accuracy of an estimate from 16 clips.
        batch_size: Clips generated at a time.
        overwrite: Whether to replace an earlier page.
        **conditions: Values to choose from, one or several for each name; by default all labels, and the lowest, middle
            and highest value of a number.

    Returns:
        A `Page`.

    Raises:
        FileExistsError: If the folder exists and is not to be replaced, or holds something else than a page.
        ValueError: If a number or a value is out of range, the model has no such condition, or the clips do not fit.
    """
    check_seed("seed", seed)
    folder = Path(folder).expanduser()
    _check_free(folder, overwrite)
    seed = int(np.random.default_rng().integers(2**31)) if seed is None else seed
    layout = layout_of(gan, sounds, steps, pitches, conditions)
    size = _bytes_per_clip(gan, layout, seed, truncation, batch_size)
    whole, layout = layout, fitted(layout, size, megabytes, sounds, steps)
    if layout != whole:
        warnings.warn(
            f"Not all sounds fit into {megabytes:g} MB: {in_words(layout)} instead of {in_words(whole)}. Fewer values "
            "of a condition, fewer pitches or a larger size make room.",
            PageWarning,
            stacklevel=2,
        )
    with replacing_folder(folder) as temporary:
        (temporary / "sounds").mkdir(parents=True)
        clips = _sounds(gan, layout, np.arange(layout.n_clips), layout.path(gan, seed, truncation), batch_size)
        n_keys = layout.shape[-1]
        for group in range(layout.n_clips // n_keys):
            data = json.dumps([next(clips) for _ in range(n_keys)], separators=(",", ":"))
            (temporary / "sounds" / f"{group:04d}.js").write_text(f"receiveSounds({group},{data});\n")
        (temporary / "index.html").write_text(document(description(gan, layout, title, seed)), encoding="utf-8")
        n_bytes = sum(file.stat().st_size for file in temporary.rglob("*") if file.is_file())
    return Page(folder / "index.html", layout.n_sounds, layout.n_steps, layout.n_clips, n_bytes)


def _check_free(folder, overwrite):
    """Raises FileExistsError unless the folder is absent or empty, or an earlier page that may be replaced."""
    check_writable(folder)
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    index = folder / "index.html"
    if not (index.is_file() and MARK in index.read_text(errors="replace")[:1000]):
        raise FileExistsError(
            f"The page needs a new folder. Received: {folder}, which holds something else. Name another."
        )
    if not overwrite:
        raise FileExistsError(
            f"The page needs a new folder. Received: {folder}, which holds a page. Replace it with overwrite or name "
            "another."
        )


def _sounds(gan: keras.Model, layout: Layout, clips: np.ndarray, path: np.ndarray, batch_size: int) -> Iterator[dict]:
    """The data of the clips with these numbers `[n]`, in order; one batch of audio at a time in memory."""
    for rows, n_new in batches(len(clips), batch_size):
        latents = path[clips[rows] // layout.clips_per_position]
        yield from itertools.islice(rendered(gan, latents, layout.conditions(clips[rows]), batch_size), n_new)


def _bytes_per_clip(gan, layout, seed, truncation, batch_size):
    """The mean size of some clips of all positions and conditions."""
    clips = np.unique(np.linspace(0, layout.n_clips - 1, N_MEASURED).astype(int))
    path = layout.path(gan, seed, truncation)
    return np.mean([len(json.dumps(each)) for each in _sounds(gan, layout, clips, path, batch_size)])
