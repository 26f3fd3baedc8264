"""Damage of the kinds that disks, transfers and programs do to files."""

from collections.abc import Iterator, Sequence

import numpy as np

FIELDS = [0, 1, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1]  # numbers at the edges of a header's fields
HEADER = 128  # bytes in which fields are replaced


def mutants(content: bytes, others: Sequence[bytes], n: int, seed: int) -> Iterator[bytes]:
    """Damaged copies of a file, the same for the same seed.

    Args:
        content: The bytes of the file.
        others: The bytes of other files, of which parts are inserted.
        n: Number of copies.
        seed: Seed.
    """
    rng = np.random.default_rng(seed)
    for index in range(n):
        data = bytearray(content)
        kind = index % 6
        if kind == 0:  # bits
            for place in rng.integers(len(data), size=rng.integers(1, 9)):
                data[place] ^= 1 << rng.integers(8)
        elif kind == 1:  # bits of the header
            for place in rng.integers(min(HEADER, len(data)), size=rng.integers(1, 4)):
                data[place] ^= 1 << rng.integers(8)
        elif kind == 2:  # a field of the header
            width, place = int(rng.choice([1, 2, 4, 8])), int(rng.integers(min(HEADER, len(data) - 8)))
            value = int(rng.choice(FIELDS)) % 2 ** (8 * width)
            data[place : place + width] = value.to_bytes(width, str(rng.choice(["little", "big"])))
        elif kind == 3:  # the end
            del data[int(rng.integers(len(data))) :]
        elif kind == 4:  # other bytes, a few more or fewer
            place = int(rng.integers(len(data)))
            data[place : place + int(rng.integers(9))] = rng.bytes(int(rng.integers(9)))
        else:  # a part of another file, or of this one
            source = [content, *others][int(rng.integers(len(others) + 1))]
            begin, place = int(rng.integers(len(source))), int(rng.integers(len(data)))
            length = int(rng.integers(1, 2000))
            data[place : place + int(rng.integers(length + 1))] = source[begin : begin + length]
        yield bytes(data)
