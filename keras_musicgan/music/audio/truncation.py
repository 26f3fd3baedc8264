"""Detects audio files that are cut off but which libsndfile reads without an error."""

from pathlib import Path

OGG_PAGE = 65_307  # bytes, at most
MP3_FRAME = 1_441  # bytes, at most


def is_cut_off(path: str | Path) -> bool:
    """Whether a WAV, AIFF or OGG file is incomplete; `False` for all other formats.

    The headers of WAV and AIFF hold the number of bytes of samples; the last page of an OGG file is marked.
    """
    with open(path, "rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        kind = file.read(12)[:4]
        if kind == b"RIFF":
            return _samples_end(file, b"data", "little") > size
        if kind == b"FORM":
            return _samples_end(file, b"SSND", "big") > size
        if kind == b"OggS":
            return not _ends_with_last_page(file, size)
    return False


def mp3_has_length(path: str | Path) -> bool:
    """Whether an MP3 file holds its length, in a Xing or Info tag; otherwise it can only be estimated."""
    with open(path, "rb") as file:
        header = file.read(10)
        tags = 0
        if header[:3] == b"ID3":  # followed by its size in four bytes of seven bits
            tags = 10 + sum(byte << shift for byte, shift in zip(header[6:10], (21, 14, 7, 0), strict=True))
        file.seek(tags)
        first_frame = file.read(MP3_FRAME)
    return b"Xing" in first_frame or b"Info" in first_frame


def _samples_end(file, wanted, byte_order):
    """The end of the chunk of samples of an open RIFF or FORM file, or 0 if its size is unknown."""
    while len(header := file.read(8)) == 8:
        size = int.from_bytes(header[4:], byte_order)
        if header[:4] == wanted:
            # Programs that write into a pipe leave 0, the largest number or nearly that.
            unknown = size == 0 or 0x7FFFF000 <= size <= 0x7FFFFFFF or size >= 0xFFFFF000
            return 0 if unknown else file.tell() + size
        file.seek(size + size % 2, 1)
    return 0


def _ends_with_last_page(file, size):
    file.seek(max(0, size - OGG_PAGE))
    rest = file.read()
    page = rest[rest.rfind(b"OggS") :]
    if len(page) < 27 or len(page) < 27 + page[26]:
        return False
    n_segments = page[26]
    length = 27 + n_segments + sum(page[27 : 27 + n_segments])
    return bool(page[5] & 4) and len(page) >= length
