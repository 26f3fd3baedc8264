"""Real notes and drums as clips of 16,384 samples at 16 kHz with a peak of 1."""

import numpy as np

from keras_musicgan import audio

DRUMS = ("drum_", "tabla_", "perc_", "bd_", "sn_")


def real_notes(folder, n):
    """Notes of all instruments, `[n, 16384, 1]`."""
    return _clips(sorted(folder.rglob("*.mp3")), n)


def real_drums(folder, n):
    """Drum strokes, `[n, 16384, 1]`."""
    return _clips([path for path in sorted(folder.rglob("*.flac")) if path.name.startswith(DRUMS)], n)


def _clips(paths, n):
    clips = np.zeros((n, 16384, 1), "float32")
    paths = [path for path in paths if path.stat().st_size]
    for clip, path in zip(clips, paths[:: len(paths) // n], strict=False):
        samples = audio.read_part(path, 0, len(clip), 16000, 1)
        clip[: len(samples)] = samples / np.abs(samples).max()
    return clips
