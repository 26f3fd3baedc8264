"""Raw audio as its own representation."""

import math

import numpy as np
from keras import ops

from keras_musicgan.music.audio import SILENCE
from keras_musicgan.representations.base import AudioRepresentation
from keras_musicgan.utils.checks import check_memory, check_number, check_positive_int
from keras_musicgan.utils.registration import serializable


@serializable
class Waveform(AudioRepresentation):
    """Audio `[batch, length, channels]` in [−1, 1], the range of tanh.

    Args:
        duration: Least duration of a clip in seconds. The length is the next one that is 16 to 31 times a power of
            two, which stacks of strided layers can produce: 1 s at 16 kHz becomes 16,384 samples.
        sample_rate: Rate in Hz.
        channels: 1 for mono, 2 for stereo.
        length: Samples in a clip, instead of `duration`.

    Example:
        >>> Waveform(duration=4.0).encoded_shape
        (65536, 1)
    """

    loudness_keys = ("rms", "silence_rate")

    def __init__(
        self,
        duration: float = 1.0,
        sample_rate: int = 16000,
        channels: int = 1,
        length: int | None = None,
        **kwargs,
    ):
        length = clip_length(duration, sample_rate) if length is None else length
        super().__init__(length=length, sample_rate=sample_rate, channels=channels, **kwargs)
        self.encoded_shape = (length, channels)

    def call(self, x):
        """The audio itself, `[batch, length, channels]`, in the compute dtype."""
        return ops.cast(self.check_audio(x), self.compute_dtype)

    def compute_output_shape(self, input_shape):
        """The shape of the input."""
        return input_shape

    def waveform(self, encoded):
        """The audio of encoded clips, as a tensor; float32 `[batch, length, channels]` in [−1, 1]."""
        return ops.clip(ops.cast(encoded, "float32"), -1.0, 1.0)

    def loudness(self, encoded):
        """`rms`, the mean root mean square of the clips, and `silence_rate`, the share of clips below −60 dB."""
        rms = ops.sqrt(ops.mean(ops.square(self.waveform(encoded)), axis=(1, 2)))
        return {"rms": ops.mean(rms), "silence_rate": ops.mean(ops.cast(rms < SILENCE, "float32"))}

    def decode(self, encoded: np.ndarray) -> np.ndarray:
        """The audio of encoded clips, float32 `[n, length, channels]` in [−1, 1]."""
        return np.clip(np.asarray(encoded, "float32"), -1.0, 1.0)


def clip_length(duration: float, sample_rate: int) -> int:
    """`next_length` of a duration in seconds; a ValueError unless both numbers are positive."""
    check_number("duration", duration, above=0)
    check_positive_int("sample_rate", sample_rate)
    check_memory(f"clips of {duration:g} seconds", 4.0 * duration * sample_rate, "Take a smaller `duration`.")
    return next_length(duration * sample_rate)


def next_length(n_samples: float) -> int:
    """The smallest number that is 16 to 31 times a power of two and not below `n_samples`.

    Example:
        >>> next_length(16_000), next_length(8_192), next_length(8_193)
        (16384, 8192, 8704)
    """
    step = 2 ** max(0, math.ceil(math.log2(max(n_samples, 16) / 16)) - 1)
    return max(math.ceil(n_samples / step), 16) * step
