"""Sound as the value of a notebook's cell."""

import numpy as np

from keras_musicgan.music.audio.arrays import as_audio
from keras_musicgan.music.audio.writing import mp3
from keras_musicgan.utils.checks import check_positive_int
from keras_musicgan.utils.notebook import player

MAX_SECONDS = 60  # that a notebook holds of a clip


class Player:
    """Clips that a notebook plays where this is the value of a cell, as MP3, so that the notebook stays small.

    Of each clip it plays the first minute.

    Args:
        samples: A clip `[samples]` or `[samples, channels]`, or several `[n, samples, channels]`, as `generate` returns
            them.
        sample_rate: Rate in Hz.

    Raises:
        AudioError: If the samples are empty, of a wrong shape or not finite.
        ValueError: If the rate is no positive integer.

    Example:
        >>> Player(np.zeros((2, 8000, 1)), 8000)
        <Player: 2 clips at 8000 Hz>
    """

    def __init__(self, samples: np.ndarray, sample_rate: int):
        check_positive_int("sample_rate", sample_rate)
        samples = np.asarray(samples)
        self.clips = [as_audio(clip, "samples") for clip in (samples if samples.ndim == 3 else [samples])]
        self.sample_rate = sample_rate

    def __repr__(self):
        n = len(self.clips)
        return f"<{type(self).__name__}: {n} {'clip' if n == 1 else 'clips'} at {self.sample_rate} Hz>"

    def _repr_html_(self):
        length = MAX_SECONDS * self.sample_rate
        return "".join(f"<div>{player(mp3(clip[:length], self.sample_rate))}</div>" for clip in self.clips)
