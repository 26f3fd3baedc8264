"""What a finished run leaves to listen to and to play: a tune or a beat by its model, and a page."""

import warnings
from pathlib import Path
from typing import Any

import keras

from keras_musicgan import page, synth
from keras_musicgan.conditions import Label
from keras_musicgan.datasets.synthetic.backbeat import with_backbeat
from keras_musicgan.datasets.synthetic.melodies import compose
from keras_musicgan.generation.continuous import continuous_notes
from keras_musicgan.music import audio, midi
from keras_musicgan.representations import AudioRepresentation
from keras_musicgan.runs.band import load_band, play_with_band
from keras_musicgan.utils.files import replacing_folder

BARS = 8
SECONDS = 16.0  # of a composed tune, at least: 8 bars at 120 beats a minute
OCTAVE = 12  # pitches, into which every tune can be moved
MAX_LABELS = {True: 4, False: 16}  # names of a label on the page: beside a keyboard, and as rows of pads


def write_outcome(model: keras.Model, folder: str | Path, title: str, drums: bool = False, seed: int = 0) -> list[Path]:
    """Writes a tune, as a model plays or composes it, and for a model of sounds a page to play on.

    A model that is conditioned on an octave of pitches or more plays melody and chords of a built-in tune, one of drums
    the backbeat. A model of notes composes the tune, which the models of the package play.

    Args:
        model: Trained `MusicGAN`.
        folder: The folder; it appears whole, and replaces an earlier one.
        title: Name of the model on the page.
        drums: Whether the sounds are drums.
        seed: Seed of the tune and of all sounds.

    Returns:
        Paths of `tune.wav`, `tune.mid` and `page/index.html`, without those that do not apply.
    """
    folder = Path(folder)
    with replacing_folder(folder) as temporary:
        temporary.mkdir(exist_ok=True)
        if isinstance(model.representation, AudioRepresentation):
            names = [*_write_played(model, temporary, drums, seed), *_write_page(model, temporary, title, seed)]
        else:
            names = _write_composed(model, temporary, seed)
    return [folder / name for name in names]


def _write_composed(model, folder, seed):
    """Writes a tune by a model of notes; the names of the files."""
    tune = continuous_notes(model, SECONDS, seed)
    if not len(tune):
        return []
    samples, rate, tune = play_with_band(tune, *load_band(), seed)
    return _write(folder, samples, rate, tune)


def _write_played(model, folder, drums, seed):
    """Writes a built-in tune by a model of tones or of drums; the names of the files."""
    tune = compose(1, seed, BARS)[0]
    if "pitch" in model.conditions:
        pitch = model.conditions["pitch"]
        if pitch.high - pitch.low + 1 < OCTAVE:
            return []
        models: Any = model
    elif drums:
        tune = with_backbeat(tune)
        models = {"drums": model}
    else:
        return []
    with warnings.catch_warnings(action="ignore", category=synth.PlayWarning):  # of tracks that move or stay silent
        samples = synth.play(models, tune, seed)
    return _write(folder, samples, model.representation.sample_rate, tune)


def _write(folder, samples, rate, tune):
    audio.write_wav(folder / "tune.wav", samples, rate)
    midi.write(folder / "tune.mid", tune)
    return ["tune.wav", "tune.mid"]


def _write_page(model, folder, title, seed):
    """Writes a small page; its name, or nothing for a model with too many values of its conditions."""
    n_names = MAX_LABELS["pitch" in model.conditions]
    labels: dict[str, Any] = {
        condition.name: condition.names[:n_names] for condition in model.conditions if isinstance(condition, Label)
    }
    try:
        page.write(model, folder / "page", title, sounds=2, steps=1, seed=seed, **labels)
    except ValueError:  # several conditions whose values do not fit into a page together
        return []
    return ["page/index.html"]
