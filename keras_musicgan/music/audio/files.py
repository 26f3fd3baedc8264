"""Audio files to arrays and back."""

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from keras_musicgan.music.audio import truncation
from keras_musicgan.music.audio.arrays import AudioError, as_audio, resample, to_channels
from keras_musicgan.utils.checks import check_choice, check_positive_int
from keras_musicgan.utils.files import replacing

SUBTYPES = {"pcm16": "PCM_16", "float": "FLOAT"}
SYSTEM_ERROR = 2  # libsndfile's code for an error of the operating system, with a file that may be whole
BLOCK = 2**18  # frames decoded at a time
MAX_FRAMES = 2**48  # libsndfile gives 2**63 - 1 for a header without the length
MARGIN = 512  # samples at the lower of two rates, more than the resampler's filter reaches
MP3_PADDING = 1152  # frames that MP3 decoders may leave out at the ends


def read(path: str | Path) -> tuple[np.ndarray, int]:
    """Reads an audio file of any format of libsndfile (WAV, FLAC, OGG, MP3 …).

    Returns:
        float32 `[samples, channels]` and the sample rate in Hz.

    Raises:
        FileNotFoundError: If there is no such file.
        AudioError: If it is empty, cut off, damaged, not audio, or holds NaN. The message names the file.
    """
    _, sample_rate, _ = info(path)
    return np.concatenate(list(blocks(path))), sample_rate


def info(path: str | Path) -> tuple[int, int, int]:
    """Frames (for some MP3 files an estimate), sample rate in Hz and channels of an audio file, from its header.

    Raises: as `read`, for errors that show without decoding.
    """
    with _opened(path) as file:
        return file.frames, file.samplerate, file.channels


def blocks(path: str | Path, sample_rate: int | None = None, channels: int | None = None) -> Iterator[np.ndarray]:
    """Reads a file of any length in blocks, with a few seconds of it in memory.

    Args:
        path: The file.
        sample_rate: Rate in Hz to resample to; by default the file's own.
        channels: 1 or 2, as in `to_channels`; by default the file's own.

    Yields:
        float32 `[samples, channels]`; concatenated they are the whole file.

    Raises: as `read`, at the block with the error.
    """
    with _opened(path) as file:
        new_rate, channels = sample_rate or file.samplerate, channels or file.channels
        stream = _Resampler(file.samplerate, new_rate, min(channels, file.channels))
        n_frames = 0
        while len(block := _next_frames(file, BLOCK, path)):
            n_frames += len(block)
            block = stream.next(to_channels(block, min(channels, file.channels)))
            if len(block):
                yield to_channels(block, channels)
        if not n_frames:
            raise AudioError(f"An audio file must hold samples. Received: {path}, which holds none")
        if n_frames < _min_frames(file, path):
            raise AudioError(
                f"An audio file must be whole. Received: {path}, which ends after {n_frames} of {file.frames} frames"
            )
        if len(block := stream.last()):
            yield to_channels(block, channels)


def read_part(path: str | Path, first: int, n_samples: int, sample_rate: int, channels: int) -> np.ndarray:
    """Reads a part of a file that `blocks` has checked, and decodes little else (in OGG files, all that comes before).

    Args:
        path: The file.
        first: First sample at `sample_rate`.
        n_samples: Number of samples at `sample_rate`.
        sample_rate: Rate in Hz to resample to.
        channels: 1 or 2.

    Returns:
        float32 `[samples, channels]`, fewer than `n_samples` at the end of the file; equal to about 1e-6 to a part of
        the whole file resampled.

    Raises: as `read`.
    """
    with _opened(path) as file:
        # The phase of the resampler repeats where a whole number of frames is a whole number of samples.
        divisor = math.gcd(file.samplerate, sample_rate)
        samples_step, frames_step = sample_rate // divisor, file.samplerate // divisor
        margin = math.ceil(MARGIN * max(1, sample_rate / file.samplerate)) if sample_rate != file.samplerate else 0
        skipped_steps = max(0, first - margin) // samples_step
        stop = math.ceil((first + n_samples + margin) / samples_step * frames_step)
        start = skipped_steps * frames_step
        if file.frames <= start:
            return np.zeros((0, channels), "float32")
        part = to_channels(_frames_between(file, start, stop, path), min(channels, file.channels))
        part = resample(part, file.samplerate, sample_rate)
        begin = first - skipped_steps * samples_step
        return to_channels(part[begin : begin + n_samples], channels)


@contextmanager
def _opened(path):
    """The file opened by soundfile, whose errors become an AudioError that names the file."""
    import soundfile

    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"An audio file must exist to be read. Received: path={str(path)!r}")
    if not path.stat().st_size:
        raise AudioError(f"An audio file must not be empty. Received: {path}")
    try:
        with soundfile.SoundFile(path) as file:
            if file.frames > MAX_FRAMES:
                raise AudioError(f"An audio file's header must hold its length. Received: {path}, without it")
            if truncation.is_cut_off(path):
                raise AudioError(f"An audio file must be whole. Received: {path}, which is cut off")
            yield file
    except soundfile.SoundFileError as error:
        if getattr(error, "code", None) == SYSTEM_ERROR:
            raise OSError(f"An audio file must be readable. Received: {path}: {error}") from error
        raise AudioError(f"An audio file must have a format of libsndfile. Received: {path}: {error}") from error


def _frames_between(file, start, stop, path):
    if file.format != "OGG":
        file.seek(start)
        return _next_frames(file, stop - start, path)
    # Seeking in OGG may miss by some hundred frames (libsndfile issue 885), so the file is read as in `blocks`.
    first = start // BLOCK * BLOCK
    for _ in range(0, first, BLOCK):
        file.read(BLOCK, dtype="float32")
    frames = [_next_frames(file, BLOCK, path) for _ in range(first, stop, BLOCK)]
    return np.concatenate(frames)[start - first : stop - first]


def _min_frames(file, path):
    """Least number of frames of a whole file, as far as its header is reliable."""
    if file.format == "MP3":
        return file.frames - MP3_PADDING if truncation.mp3_has_length(path) else 0
    return file.frames


def _next_frames(file, n_frames, path):
    frames = file.read(n_frames, dtype="float32", always_2d=True)
    if not np.isfinite(frames).all():
        raise AudioError(f"An audio file must hold finite numbers. Received: {path}, which holds NaN or infinity")
    return frames


class _Resampler:
    """`resample` for a signal in blocks."""

    def __init__(self, rate, new_rate, channels):
        import soxr

        self.stream = None if rate == new_rate else soxr.ResampleStream(rate, new_rate, channels, dtype="float32")
        self.nothing = np.zeros((0, channels), "float32")

    def next(self, block):
        return block if self.stream is None else self.stream.resample_chunk(block)

    def last(self):
        return self.nothing if self.stream is None else self.stream.resample_chunk(self.nothing, last=True)


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
