"""Audio as arrays `[samples, channels]` of float32 in [−1, 1], read from files and written to WAV."""

from keras_musicgan.music.audio.arrays import (
    MIN_PEAK,
    NORMALIZATIONS,
    SILENCE,
    AudioError,
    as_audio,
    mono,
    normalize,
    resample,
    to_channels,
)
from keras_musicgan.music.audio.files import blocks, info, read, read_part
from keras_musicgan.music.audio.onsets import find_onset
from keras_musicgan.music.audio.player import Player
from keras_musicgan.music.audio.writing import wav, write_wav

__all__ = [
    "MIN_PEAK",
    "NORMALIZATIONS",
    "SILENCE",
    "AudioError",
    "Player",
    "as_audio",
    "blocks",
    "find_onset",
    "info",
    "mono",
    "normalize",
    "read",
    "read_part",
    "resample",
    "to_channels",
    "wav",
    "write_wav",
]
