"""A tune played by the models that come with the package: an orchestra and a drum machine."""

import warnings

import numpy as np

from keras_musicgan import synth
from keras_musicgan.datasets.synthetic.backbeat import with_backbeat
from keras_musicgan.gan import MusicGAN
from keras_musicgan.music.notes import Notes
from keras_musicgan.runs.demo_folder import DRUM_MACHINE, ORCHESTRA

INSTRUMENTS = ("flute", "harp", "piano")  # of the tracks in turn; that of the drums does not count


def load_band() -> tuple[MusicGAN, MusicGAN]:
    """The orchestra and the drum machine."""
    return MusicGAN.from_pretrained(ORCHESTRA), MusicGAN.from_pretrained(DRUM_MACHINE)


def play_with_band(
    tune: Notes, orchestra: MusicGAN, drum_machine: MusicGAN, seed: int = 0
) -> tuple[np.ndarray, int, Notes]:
    """Plays a tune without drums by the orchestra, with a backbeat by the drum machine.

    Args:
        tune: A piece in four-four time without drums.
        orchestra: As by `load_band`.
        drum_machine: The same.
        seed: Seed of all sounds.

    Returns:
        Samples float32 `[n, channels]` in [−1, 1], their rate in Hz, and the tune with its drums.
    """
    whole = with_backbeat(tune)
    instruments = np.resize(INSTRUMENTS, len(whole.tracks)).tolist()
    with warnings.catch_warnings(action="ignore", category=synth.PlayWarning):  # of tracks that move by octaves
        samples = synth.play(orchestra, whole, seed, drums=drum_machine, instrument=instruments)
    return samples, max(each.representation.sample_rate for each in (orchestra, drum_machine)), whole
