"""Audio files to arrays and back: `[samples, channels]` float32 in [−1, 1]."""

import io
from pathlib import Path

import numpy as np

from keras_musicgan.checks import check_choice, check_positive_int
from keras_musicgan.files import replacing

SUBTYPES = {"pcm16": "PCM_16", "float": "FLOAT"}


class AudioError(ValueError):
    """A file or an array that cannot be used as audio."""


def as_audio(samples: np.ndarray, name: str = "audio") -> np.ndarray:
    """Samples as float32 `[samples, channels]`; integers are scaled by their type's full scale.

    Raises:
        AudioError: If the array is empty, not of one or two dimensions, or holds NaN or infinity.

    Example:
        >>> as_audio(np.array([-32768, 0], "int16"))[:, 0].tolist()
        [-1.0, 0.0]
    """
    samples = np.asarray(samples)
    if samples.ndim == 1:
        samples = samples[:, None]
    if samples.ndim != 2 or not samples.size:
        raise AudioError(f"`{name}` must have the shape [samples, channels]. Received: shape {samples.shape}")
    if np.issubdtype(samples.dtype, np.integer):
        full_scale = 2.0 ** (8 * samples.dtype.itemsize - 1)
        midpoint = full_scale if np.issubdtype(samples.dtype, np.unsignedinteger) else 0.0
        samples = (samples - midpoint) / full_scale
    if not np.isfinite(samples).all():
        raise AudioError(f"`{name}` must be finite numbers. Received: samples with NaN or infinity")
    return samples.astype("float32")


def read(path: str | Path) -> tuple[np.ndarray, int]:
    """Reads an audio file of any kind that libsndfile knows (WAV, FLAC, OGG, MP3 …).

    Returns:
        float32 `[samples, channels]` and the sample rate in Hz.

    Raises:
        FileNotFoundError: If there is no such file.
        AudioError: If it is empty, damaged, not audio, or holds NaN. The message names the file.
    """
    import soundfile

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"An audio file must exist to be read. Received: path={str(path)!r}")
    if not path.stat().st_size:
        raise AudioError(f"An audio file must not be empty. Received: {path}")
    try:
        samples, sample_rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.SoundFileError as error:
        raise AudioError(f"An audio file must be of a kind that libsndfile reads. Received: {path}: {error}") from error
    return as_audio(samples, str(path)), sample_rate


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
    """A WAV file's content; arguments and errors as for `write_wav`."""
    import soundfile

    check_positive_int("sample_rate", sample_rate)
    check_choice("subtype", subtype, SUBTYPES)
    samples = as_audio(samples, "samples")
    if subtype == "pcm16":
        samples = np.rint(np.clip(samples, -1, 1) * 32767).astype("int16")
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, sample_rate, subtype=SUBTYPES[subtype], format="WAV")
    return buffer.getvalue()


def mono(samples: np.ndarray) -> np.ndarray:
    """The mean of the channels: `[samples]` from `[samples, channels]`."""
    return np.asarray(samples).mean(axis=1)
