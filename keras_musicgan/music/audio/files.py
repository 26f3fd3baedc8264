"""Audio files to arrays."""

import errno
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from keras_musicgan.music.audio import mp3, truncation
from keras_musicgan.music.audio.arrays import AudioError, check_peak, resample, to_channels
from keras_musicgan.music.audio.limits import check_header, has_unknown_length
from keras_musicgan.utils.checks import check_memory

UNRECOGNISED = (1, 7)  # libsndfile's codes for what is no audio; the second also for what is no MP3
SYSTEM_ERROR = 2  # its code for an error of the operating system, with a file that may be whole
BLOCK = 2**18  # frames decoded at a time
MARGIN = 512  # samples at the lower of two rates, more than the resampler's filter reaches


def read(path: str | Path) -> tuple[np.ndarray, int]:
    """Reads an audio file of any format of libsndfile (WAV, FLAC, OGG, MP3, AIFF, AU, CAF …).

    Returns:
        float32 `[samples, channels]` and the sample rate in Hz.

    Raises:
        FileNotFoundError: If there is no such file.
        AudioError: If it is empty, cut off, damaged, not audio, holds NaN or numbers beyond ±1000, has a rate below
            1 kHz or above 1 MHz or more than 64 channels, or is followed by another in the same file. The message
            names the file.
        ValueError: If it needs more memory than the machine has.
        OSError: If the system cannot read it.
    """
    n_frames, sample_rate, channels = info(path)
    check_memory(f"{n_frames:,} frames of {path}", 4 * n_frames * channels, "Read it with `audio.blocks`.")
    return np.concatenate(list(blocks(path))), sample_rate


def info(path: str | Path) -> tuple[int, int, int]:
    """Frames (for some MP3 and FLAC files an estimate), sample rate in Hz and channels of a file, from its header.

    Raises: as `read`, for errors that show without decoding.
    """
    path = Path(path).expanduser()
    with _opened(path) as file:
        n_frames = path.stat().st_size // file.channels if has_unknown_length(file) else file.frames
        return n_frames, file.samplerate, file.channels


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
    path = Path(path).expanduser()
    with _opened(path) as file:
        if truncation.goes_on(path, file.format):
            raise AudioError(
                f"An audio file must hold one recording. Received: {path}, where another follows the first. Split "
                "it, or convert it to WAV or FLAC"
            )
        new_rate, channels = sample_rate or file.samplerate, channels or file.channels
        stream = _Resampler(file.samplerate, new_rate, min(channels, file.channels))
        n_frames = 0
        while len(block := _next_frames(file, min(BLOCK, max(1, file.frames - n_frames)), path)):
            n_frames += len(block)
            block = stream.next(to_channels(block, min(channels, file.channels)))
            if len(block):
                yield to_channels(block, channels)
        _check_whole(file, n_frames, path)
        if len(block := stream.last()):
            yield to_channels(block, channels)


def read_part(
    path: str | Path, first: int, n_samples: int, sample_rate: int, channels: int, seek: bool = True
) -> np.ndarray:
    """Reads a part of a file that `blocks` has checked, and decodes little else if it can.

    Args:
        path: The file.
        first: First sample at `sample_rate`.
        n_samples: Number of samples at `sample_rate`.
        sample_rate: Rate in Hz to resample to.
        channels: 1 or 2.
        seek: Whether to go to the part, if the file's format allows it. If not, everything before it is decoded, as
            always in OGG files and where seeking fails.

    Returns:
        float32 `[samples, channels]`, fewer than `n_samples` at the end of the file; equal to about 1e-6 to a part of
        the whole file resampled.

    Raises: as `read`.
    """
    path = Path(path).expanduser()
    with _opened(path) as file:
        # The phase of the resampler repeats where a whole number of frames is a whole number of samples.
        divisor = math.gcd(file.samplerate, sample_rate)
        samples_step, frames_step = sample_rate // divisor, file.samplerate // divisor
        margin = math.ceil(MARGIN * max(1, sample_rate / file.samplerate)) if sample_rate != file.samplerate else 0
        skipped_steps = max(0, first - margin) // samples_step
        stop = math.ceil((first + n_samples + margin) / samples_step * frames_step)
        start = skipped_steps * frames_step
        frames = _frames_after_seeking(file, start, stop, path) if seek else None
        part = _frames_from_beginning(path, start, stop) if frames is None else frames
        if not len(part):
            return np.zeros((0, channels), "float32")
        part = to_channels(part, min(channels, file.channels))
        part = resample(part, file.samplerate, sample_rate)
        begin = first - skipped_steps * samples_step
        return to_channels(part[begin : begin + n_samples], channels)


@contextmanager
def _opened(path):
    """The file opened by soundfile, whose errors become an AudioError that names the file."""
    import soundfile

    if not path.is_file():
        raise FileNotFoundError(f"An audio file must exist to be read. Received: path={str(path)!r}")
    if not (n_bytes := path.stat().st_size):
        raise AudioError(f"An audio file must not be empty. Received: {path}")
    try:
        if truncation.is_cut_off(path):
            raise AudioError(f"An audio file must be whole. Received: {path}, which is cut off")
        # Names of files need not be text, except on Windows.
        with soundfile.SoundFile(str(path) if os.name == "nt" else os.fsencode(path)) as file:
            file.seekable = lambda: False  # or soundfile seeks after every read, which damages MP3
            check_header(file, path, n_bytes)
            yield file
    except AudioError:
        raise
    except OSError as error:
        if error.filename is not None or str(path) in str(error):
            raise
        raise OSError(error.errno, f"An audio file must be readable. Received: {path}: {error.strerror}") from error
    except MemoryError as error:
        raise OSError(errno.ENOMEM, f"An audio file must fit into memory. Received: {path}") from error
    except soundfile.LibsndfileError as error:
        if error.code == SYSTEM_ERROR:
            raise OSError(f"An audio file must be readable. Received: {path}: {error.error_string}") from error
        words = "" if error.code in UNRECOGNISED else f" ({error.error_string.rstrip('.')})"
        kind = path.suffix[1:].upper()
        raise AudioError(
            f"An audio file must have a format of libsndfile. Received: {path}, which is not {kind} audio{words}"
        ) from error
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
        raise AudioError(f"An audio file must have a format of libsndfile. Received: {path} ({words})") from error


def _frames_after_seeking(file, start, stop, path):
    """Frames from `start` to `stop`, fewer at the end, or `None` if the file must be decoded from its beginning."""
    import soundfile

    # Seeking in OGG may miss by some hundred frames (libsndfile issue 885).
    if file.format == "OGG" or (start >= file.frames and file.format == "MP3"):
        return None
    lead = min(start, mp3.lead(file.samplerate)) if file.format == "MP3" else 0
    try:
        file.seek(min(start, file.frames) - lead)
        frames = _next_frames(file, lead + stop - start, path)[lead:]
    except soundfile.SoundFileError:  # of a FLAC file, for example, with a damaged header
        return None
    return None if len(frames) < min(stop, file.frames) - start else frames


def _frames_from_beginning(path, start, stop):
    """Frames from `start` to `stop`, fewer at the end, read as in `blocks`."""
    first = start // BLOCK * BLOCK
    with _opened(path) as file:
        for _ in range(0, first, BLOCK):
            if not len(_next_frames(file, BLOCK, path)):
                break
        frames = [_next_frames(file, BLOCK, path) for _ in range(first, stop, BLOCK)]
    return np.concatenate(frames)[start - first : stop - first]


def _check_whole(file, n_frames, path):
    """Raises AudioError unless so many decoded frames are all that a file holds, as far as its header is reliable."""
    if not n_frames:
        raise AudioError(f"An audio file must hold samples. Received: {path}, which holds none")
    if file.format != "MP3":
        least = 0 if has_unknown_length(file) else file.frames
    elif mp3.has_length(path):
        least = file.frames - mp3.PADDING
    elif n_frames >= file.frames and (n_samples := mp3.n_samples(path)) > n_frames + 2 * mp3.PADDING:
        raise AudioError(
            f"An MP3 file of variable bit rate must hold its length. Received: {path} without it, of which libsndfile "
            f"would read {n_frames} of {n_samples} frames. Convert it to WAV or FLAC"
        )
    else:
        least = 0
    if n_frames < least:
        raise AudioError(
            f"An audio file must be whole. Received: {path}, which ends after {n_frames} of {file.frames} frames"
        )


def _next_frames(file, n_frames, path):
    frames = file.read(n_frames, dtype="float32", always_2d=True)
    check_peak(frames, "An audio file must hold", path)
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
