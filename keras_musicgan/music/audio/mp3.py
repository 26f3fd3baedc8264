"""The frames of MP3 files, as far as their headers tell."""

from pathlib import Path
from typing import BinaryIO

BIT_RATES = {  # kbit/s by MPEG version (2 for 2 and 2.5) and layer; index 0 is a free format
    (1, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8000)}
LARGEST_FRAME = 1441  # bytes
PADDING = 1152  # samples that decoders may leave out at the ends


def lead(sample_rate: int) -> int:
    """Samples to decode before a place, so that it sounds as in a file that is decoded from its beginning.

    The bits of a frame may begin 511 bytes before it, in up to 9 frames of the lowest bit rate; in MPEG-2, below
    32 kHz, 255 bytes before it, in up to 85 frames. A frame more overlaps with the next.
    """
    return 12 * 1152 if sample_rate >= 32_000 else 90 * 576


def has_length(path: str | Path) -> bool:
    """Whether an MP3 file holds its length, in a Xing or Info tag; otherwise it can only be estimated."""
    with open(path, "rb") as file:
        _skip_tag(file, 0)
        first_frame = file.read(LARGEST_FRAME)
    return b"Xing" in first_frame or b"Info" in first_frame


def n_samples(path: str | Path) -> int:
    """The number of samples of an MP3 file by the headers of its frames, up to the first place without a frame."""
    with open(path, "rb") as file:
        _skip_tag(file, 0)
        content = file.read()
    place, total = 0, 0
    while (frame := _frame(content[place : place + 4])) is not None:
        place, total = place + frame[0], total + frame[1]
    return total


def goes_on(path: str | Path) -> bool:
    """Whether more frames follow where an MP3 file should end by its Xing or Info tag."""
    with open(path, "rb") as file:
        start = _skip_tag(file, 0)
        first_frame = file.read(LARGEST_FRAME)
        tag = max(first_frame.find(b"Xing"), first_frame.find(b"Info"))
        fields = first_frame[tag + 4 : tag + 16]
        if tag < 0 or len(fields) < 12 or fields[3] & 3 != 3:  # without the number of frames or of bytes
            return False
        place = _skip_tag(file, start + int.from_bytes(fields[8:12], "big"))
        for _ in range(3):
            file.seek(place)
            if (frame := _frame(file.read(4))) is None:
                return False
            place += frame[0]
    return True


def _skip_tag(file: BinaryIO, place: int) -> int:
    """Goes to a place of a file, or to the end of the ID3 tag that lies there, and returns it."""
    file.seek(place)
    header = file.read(10)
    if header[:3] == b"ID3" and len(header) == 10:  # followed by its size in four bytes of seven bits
        place += 10 + sum(byte << shift for byte, shift in zip(header[6:], (21, 14, 7, 0), strict=True))
    file.seek(place)
    return place


def _frame(header: bytes) -> tuple[int, int] | None:
    """Bytes and samples of the frame with this header, or `None` if it is none."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer = header[1] >> 3 & 3, 4 - (header[1] >> 1 & 3)
    rate, bit_rate, padding = header[2] >> 2 & 3, header[2] >> 4, header[2] >> 1 & 1
    if version == 1 or layer == 4 or rate == 3 or bit_rate in (0, 15):
        return None
    sample_rate = SAMPLE_RATES[version][rate]
    bits = 1000 * BIT_RATES[1 if version == 3 else 2, layer][bit_rate]
    n_samples = {1: 384, 2: 1152, 3: 1152 if version == 3 else 576}[layer]
    n_bytes = (12 * bits // sample_rate + padding) * 4 if layer == 1 else n_samples // 8 * bits // sample_rate + padding
    return n_bytes, n_samples
