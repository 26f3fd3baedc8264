"""Where the sound of a file begins and ends, measured while the file is decoded block by block."""

import numpy as np

from keras_musicgan.music import audio
from keras_musicgan.music.audio.onsets import ATTACK_DB

FRAME = 256  # samples of which the peak decides about silence
HEAD_SECONDS = 60  # of a file in which its onset is looked for
TRIMS = ("onset", "level")
DEFAULT_TRIM_DB = 60.0


class SoundBounds:
    """The first and the last sample of a sound that is added in blocks.

    Args:
        sample_rate: Rate in Hz.
        trim: `"level"` to begin and end where a frame of 256 samples is within `trim_db` of the peak, `"onset"` to
            begin by `audio.find_onset` instead, or `None` to keep everything. A sound whose onset is later than a
            minute begins by its level.
        trim_db: Level in dB below the peak.

    Attributes:
        n_samples: Number of samples added.
    """

    def __init__(self, sample_rate: int, trim: str | None, trim_db: float):
        self.sample_rate = sample_rate
        self.trim = trim
        self.trim_db = trim_db
        self.n_samples = 0
        self._starts: list[np.ndarray] = []
        self._peaks: list[np.ndarray] = []
        self._head: list[np.ndarray] = []

    def add(self, block: np.ndarray) -> None:
        """Adds the next samples, `[samples, channels]`."""
        edges = np.arange(0, len(block), FRAME)
        self._peaks.append(np.maximum.reduceat(np.abs(block).max(axis=1), edges))
        self._starts.append(self.n_samples + edges)
        if self.trim == "onset" and self.n_samples < HEAD_SECONDS * self.sample_rate:
            self._head.append(block.mean(axis=1, keepdims=True))
        self.n_samples += len(block)

    @property
    def peak(self) -> float:
        """The greatest magnitude so far."""
        return float(max((peaks.max() for peaks in self._peaks), default=0.0))

    def bounds(self) -> tuple[int, int]:
        """The first sample, and the one after the last."""
        if self.trim is None:
            return 0, self.n_samples
        starts, peaks = np.concatenate([*self._starts, [self.n_samples]]), np.concatenate(self._peaks)
        loud = np.flatnonzero(peaks >= peaks.max() * 10 ** (-self.trim_db / 20))
        first, last = int(starts[loud[0]]), int(starts[loud[-1] + 1])
        if self.trim == "onset":
            head = np.concatenate(self._head)
            if np.abs(head).max() >= peaks.max() * 10 ** (-ATTACK_DB / 20):
                first = min(audio.find_onset(head, self.sample_rate), last - 1)
        return first, last
