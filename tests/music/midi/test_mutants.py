"""Damaged MIDI files: notes, or an error that names the file."""

import numpy as np
import pytest

from keras_musicgan import midi
from keras_musicgan.music.notes import Notes
from tests.music.midi.test_writing import random_piece
from tests.support.midi_bytes import midi_bytes, note, tempo

SEEDS = (
    midi_bytes(b"\x00\xc0\x05\x00\xb0\x40\x7f" + note(60) + b"\x00\xe0\x00\x50\x00\x90\x3c\x40\x60\x3c\x00", kind=0),
    midi_bytes(b"\x00" + tempo(90) + b"\x8f\x00" + tempo(200), note(60) + b"\x00\xd0\x10\x60\x11" + note(62, 15)),
    bytes.fromhex("4d546864000000060001000104004d54726b00000004579fbf70"),
)


def mutant(rng, seeds):
    """A file with some bytes flipped, deleted, inserted, or replaced by a part of another one.

    In half of the files the first track then has the length that its chunk states.
    """
    content = bytearray(seeds[rng.integers(len(seeds))])
    whole = rng.random() < 0.5
    for _ in range(rng.integers(1, 4)):
        at, n = int(rng.integers(22 * whole, len(content))), int(rng.integers(1, 9))
        other = seeds[rng.integers(len(seeds))]
        begin = int(rng.integers(len(other)))
        match rng.integers(4):
            case 0:
                content[at] ^= 1 << int(rng.integers(8))
            case 1 if len(content) > 40:
                del content[at : at + n]
            case 2:
                content[at:at] = rng.bytes(n)
            case _:
                content[at : at + n] = other[begin : begin + n]
    if whole:
        content[10:12] = b"\x00\x01"
        content[18:22] = (len(content) - 22).to_bytes(4, "big")
    return bytes(content)


@pytest.mark.parametrize("n", [300, pytest.param(20_000, marks=pytest.mark.slow)])
def test_no_damage_escapes_the_reader(n, tmp_path):
    rng = np.random.default_rng(0)
    midi.write(tmp_path / "seed.mid", random_piece(3))
    seeds = (*SEEDS, (tmp_path / "seed.mid").read_bytes())
    path = tmp_path / "mutant.mid"
    read = 0
    for _ in range(n):
        path.write_bytes(mutant(rng, seeds))
        try:
            notes = midi.read(path)
        except midi.MidiError as error:
            assert "mutant.mid" in str(error)
        else:
            read += 1
            assert isinstance(notes, Notes) and 0 < notes.seconds <= 4 * 3600
    assert 0.05 * n < read < 0.95 * n
