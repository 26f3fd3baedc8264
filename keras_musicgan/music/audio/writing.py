"""Audio arrays to WAV files, and to MP3 in memory."""

import io
from pathlib import Path

import numpy as np

from keras_musicgan.music.audio import mp3 as mp3_format
from keras_musicgan.music.audio.arrays import as_audio, resample, to_channels
from keras_musicgan.utils.checks import check_choice, check_positive_int
from keras_musicgan.utils.files import replacing

SUBTYPES = {"pcm16": "PCM_16", "float": "FLOAT"}


def write_wav(path: str | Path, samples: np.ndarray, sample_rate: int, subtype: str = "pcm16") -> None:
    """Writes a WAV file.

    Args:
        path: The file; it appears whole or not at all.
        samples: `[samples]` or `[samples, channels]`; values beyond ±1 are clipped in 16-bit files.
        sample_rate: Rate in Hz.
        subtype: `"pcm16"` for 16-bit integers or `"float"` for 32-bit floats.

    Raises:
        AudioError: If the samples are empty, of a wrong shape or not finite.
        ValueError: If the rate or the subtype is wrong.
    """
    content = wav(samples, sample_rate, subtype)
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def wav(samples: np.ndarray, sample_rate: int, subtype: str = "pcm16") -> bytes:
    """The content of a WAV file; arguments and errors as in `write_wav`."""
    import soundfile

    check_positive_int("sample_rate", sample_rate)
    check_choice("subtype", subtype, SUBTYPES)
    samples = as_audio(samples, "samples")
    if subtype == "pcm16":
        samples = np.rint(np.clip(samples, -1, 1) * 32767).astype("int16")
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, sample_rate, subtype=SUBTYPES[subtype], format="WAV")
    return buffer.getvalue()


def mp3(samples: np.ndarray, sample_rate: int) -> bytes:
    """The content of an MP3 file of variable bit rate, for players: small, and with losses.

    Args:
        samples: `[samples]` or `[samples, channels]`; of more than two channels the first two.
        sample_rate: Rate in Hz; the file has the nearest that the format knows.

    Raises:
        AudioError: If the samples are empty, of a wrong shape or not finite.
    """
    import soundfile

    samples = as_audio(samples, "samples")
    known = (rate for rates in mp3_format.SAMPLE_RATES.values() for rate in rates)
    rate = min(known, key=lambda each: abs(each - sample_rate))
    samples = resample(to_channels(samples, min(samples.shape[1], 2)), sample_rate, rate)
    buffer = io.BytesIO()
    options = {"format": "MP3", "subtype": "MPEG_LAYER_III", "bitrate_mode": "VARIABLE", "compression_level": 0.7}
    soundfile.write(buffer, np.clip(samples, -1, 1), rate, **options)
    return buffer.getvalue()
