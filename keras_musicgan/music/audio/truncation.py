"""Detects audio files whose end is missing, or that go on after it, but which libsndfile reads without an error."""

import re
from pathlib import Path
from typing import BinaryIO, Literal

from keras_musicgan.music.audio import mp3

OGG_PAGE = 65_307  # bytes, at most
MAX_CHUNKS = 10_000  # of a file; more are a row of zeros
LARGEST = 2**43  # bytes of a file on all systems
PIECE = 2**20  # bytes read at a time
FLAC_START = re.compile(rb"fLaC[\0\x80]\0\0\x22")
OGG_FIRST_PAGE = re.compile(rb"OggS\0[\2\3\6\7]\0{8}")  # of a stream
OGG_LATER_PAGE = re.compile(rb"OggS\0[\0\1\4\5]")


def is_cut_off(path: str | Path) -> bool:
    """Whether a WAV, RF64, Wave64, AIFF, AU, CAF or OGG file is incomplete; `False` for all other formats.

    The headers hold the number of bytes of samples; the last page of an OGG file is marked.
    """
    with open(path, "rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        start = file.read(12)
        if start[:4] == b"OggS":
            return not _ends_with_last_page(file, size)
        return _samples_end(file, start) > size


def goes_on(path: str | Path, kind: str) -> bool:
    """Whether a file holds another one after the first, which libsndfile does not read.

    Args:
        path: The file.
        kind: Its format by `soundfile`.
    """
    if kind == "MP3":
        return mp3.goes_on(path)
    if kind == "FLAC":
        return _occurs_after(path, b"fLaC", FLAC_START, FLAC_START)
    if kind == "OGG":
        return _occurs_after(path, b"OggS", OGG_LATER_PAGE, OGG_FIRST_PAGE)
    return False


def _samples_end(file: BinaryIO, start: bytes) -> int:
    """The end of the samples of an open file that begins with these 12 bytes, or 0 if it is unknown."""
    kind = start[:4]
    if kind in (b"RIFF", b"RIFX", b"RF64"):
        return _chunk_end(file, b"data", 8, "big" if kind == b"RIFX" else "little")
    if kind == b"FORM":
        return _chunk_end(file, b"SSND", 8, "big")
    if kind == b"caff":
        file.seek(8)
        return _chunk_end(file, b"data", 12, "big", alignment=1)
    if kind == b"riff":
        file.seek(40)
        return _chunk_end(file, b"data", 24, "little", alignment=8)
    if kind in (b".snd", b"dns."):
        byte_order: Literal["big", "little"] = "big" if kind == b".snd" else "little"
        size = int.from_bytes(start[8:], byte_order)
        return 0 if _is_unknown(size, 4) else int.from_bytes(start[4:8], byte_order) + size
    return 0


def _chunk_end(file, wanted, header_bytes, byte_order, alignment=2):
    """The end of a chunk, with a header of 4 bytes for its name and 4 or 8 for its size; in Wave64 16 and 8."""
    size_bytes = 4 if header_bytes == 8 else 8
    samples_by_ds64 = 0
    for _ in range(MAX_CHUNKS):
        header = file.read(header_bytes)
        if len(header) < header_bytes:
            return 0
        size = int.from_bytes(header[-size_bytes:], byte_order)
        if header[:4] == wanted and _is_unknown(size, size_bytes):
            return file.tell() + samples_by_ds64 if samples_by_ds64 else 0
        if header_bytes == 24:  # the size is that of the header too
            size = max(0, size - 24)
        if header[:4] == wanted:
            return file.tell() + size
        start = file.tell()
        if header[:4] == b"ds64":  # of RF64: the sizes that do not fit into 32 bits
            samples_by_ds64 = int.from_bytes(file.read(16)[8:], "little")
        file.seek(min(start + size + -size % alignment, LARGEST))
    return 0


def _is_unknown(size, size_bytes):
    """Whether a size is one that programs leave which write into a pipe: 0, the largest number or nearly that."""
    if size_bytes == 8:
        return size == 0 or size >= 2**63 - 1
    return size == 0 or 0x7FFFF000 <= size <= 0x7FFFFFFF or size >= 0xFFFFF000


def _ends_with_last_page(file, size):
    file.seek(max(0, size - OGG_PAGE))
    rest = file.read()
    page = rest[rest.rfind(b"OggS") :]
    if len(page) < 27 or len(page) < 27 + page[26]:
        return False
    n_segments = page[26]
    length = 27 + n_segments + sum(page[27 : 27 + n_segments])
    return bool(page[5] & 4) and len(page) >= length


def _occurs_after(path, word, first, second):
    """Whether a file has a match of the second pattern after one of the first; both begin with a word."""
    with open(path, "rb") as file:
        rest, found = b"", None
        while piece := file.read(PIECE):
            text, place = rest + piece, 0
            if word not in text:  # faster than a pattern
                rest = text[-16:]
                continue
            if found is None and (found := first.search(text)):
                place = found.end()
            if found and second.search(text, place):
                return True
            rest = text[max(place, len(text) - 16) :]  # more than a pattern, without what was found
    return False
