"""Clips of one length cut from decoded audio."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_musicgan.datasets.batches import Batches
from keras_musicgan.datasets.decoding.decoded_audio import DecodedAudio
from keras_musicgan.music import audio
from keras_musicgan.utils.checks import check_choice, check_number, check_positive_int

CUTS = ("first", "slices", "random")
FADE_SECONDS = 0.01


class AudioClips(Batches):
    """Batches of clips cut from audio files, read from a cache or decoded ahead of training.

    Args:
        decoded: `DecodedAudio` of the files.
        files: Files to cut, from those.
        length: Samples in a clip. Shorter sounds are filled up with zeros at the end.
        batch_size: Clips in a batch; the last batch of an epoch is dropped if it is not full, unless it is the only
            one.
        clip: `"first"` for one clip a file, its beginning; `"slices"` for all clips that fit, one after the other;
            `"random"` for as many clips as fit without overlap, at new random places in every epoch.
        overlap: Share of a clip, in [0, 1), that the next of the `"slices"` repeats.
        normalize: Level of each clip as by `audio.normalize`: `"peak"`, `"rms"` or `None`.
        fade: Whether clips that end before their files do fade out over their last 10 ms, as single sounds do.
        seed: Seed of the order and of random places.
        file_labels: Dict from a label's name to one value for each file, or `None`.
        workers: Threads that decode batches ahead of training. If the cache holds everything, batches are read when
            they are needed.
        **options: `conditions`, `held_out` and `skipped`, as for `Batches`.

    Attributes:
        files: The files, in the order of their clips.
        file_of_clip: Array `[n_clips]`, the place in `files` of each clip's file.
        labels: Dict from a label's name to an array `[n_clips]`.

    Raises:
        ValueError: If an option is unknown or out of range.
    """

    def __init__(
        self,
        decoded: DecodedAudio,
        files: Sequence[Path],
        length: int,
        batch_size: int,
        clip: str = "first",
        overlap: float = 0.0,
        normalize: str | None = None,
        fade: bool = False,
        seed: int = 0,
        file_labels: dict[str, Sequence[str]] | None = None,
        workers: int = 2,
        **options,
    ):
        check_cut(clip, overlap, normalize)
        check_positive_int("length", length)
        self.decoded = decoded
        self.files = list(files)
        self.length = length
        self.clip = clip
        self.normalize = normalize
        n_faded = min(round(FADE_SECONDS * decoded.sample_rate), length) if fade else 0
        self._fade = np.linspace(1, 0, n_faded, dtype="float32")[:, None]
        lengths = np.array([decoded.lengths[file] for file in self.files], int)
        hop = max(1, round(length * (1 - overlap)))
        counts = {
            "first": np.ones_like(lengths),
            "slices": np.maximum(lengths - length, 0) // hop + 1,
            "random": np.maximum(lengths // length, 1),
        }[clip]
        self.file_of_clip = np.repeat(np.arange(len(lengths)), counts)
        number_in_file = np.arange(len(self.file_of_clip)) - np.repeat(np.cumsum(counts) - counts, counts)
        self._first = number_in_file * hop
        self._last_first = np.maximum(lengths - length, 0)[self.file_of_clip]
        super().__init__(
            len(self.file_of_clip),
            batch_size,
            seed,
            labels={name: np.asarray(values)[self.file_of_clip] for name, values in (file_labels or {}).items()},
            workers=1 if decoded.complete else workers,
            description=f"of {length} samples at {decoded.sample_rate} Hz",
            **options,
        )

    def read(self, indices, rng):
        """Clips by their numbers, float32 `[len(indices), length, channels]` in [−1, 1]."""
        return self.read_rows(indices, rng, slice(None))

    def read_rows(self, indices, rng, rows):
        """As `read`, some rows of it alone."""
        first = self._first[indices]
        if self.clip == "random":
            first = rng.integers(self._last_first[indices], endpoint=True)
        indices, first = indices[rows], first[rows]
        clips = np.zeros((len(indices), self.length, self.decoded.channels), "float32")
        for clip, file, begin in zip(clips, self.file_of_clip[indices], first, strict=True):
            part = self.decoded.read(self.files[file], int(begin), self.length)
            clip[: len(part)] = audio.normalize(part, self.normalize)
            if len(self._fade) and begin + self.length < self.decoded.lengths[self.files[file]]:
                clip[-len(self._fade) :] *= self._fade
        return clips


def check_cut(clip: str, overlap: float, normalize: str | None) -> None:
    """Raises ValueError unless the options of cutting are known, in range and fit together."""
    check_choice("clip", clip, CUTS)
    check_number("overlap", overlap, at_least=0, below=1)
    if overlap and clip != "slices":
        raise ValueError(f"`overlap` is for clip='slices'. Received: overlap={overlap} with clip={clip!r}")
    if normalize is not None:
        check_choice("normalize", normalize, audio.NORMALIZATIONS)
