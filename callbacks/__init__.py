"""Callbacks for `fit`, imported as `keras_musicgan.callbacks`."""

from keras_musicgan.callbacks.audio_quality import AudioQuality
from keras_musicgan.callbacks.checkpoints import Checkpoints
from keras_musicgan.callbacks.collapse_monitor import CollapseMonitor, CollapseWarning
from keras_musicgan.callbacks.history_file import HistoryFile
from keras_musicgan.callbacks.progress import Progress
from keras_musicgan.callbacks.scalar_logger import ScalarLogger
from keras_musicgan.callbacks.spectrogram_logger import SpectrogramLogger
from keras_musicgan.callbacks.wav_writer import WavWriter

__all__ = [
    "AudioQuality",
    "Checkpoints",
    "CollapseMonitor",
    "CollapseWarning",
    "HistoryFile",
    "Progress",
    "ScalarLogger",
    "SpectrogramLogger",
    "WavWriter",
]
