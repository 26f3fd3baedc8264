"""Damaged MIDI files: notes, or an error that names the file."""

import pytest

from keras_musicgan import midi
from keras_musicgan.music.notes import Notes
from tests.music.midi.test_writing import random_piece
from tests.support.midi_bytes import as_one_whole_track, midi_bytes, note, tempo
from tests.support.mutations import mutants

SEEDS = (
    midi_bytes(b"\x00\xc0\x05\x00\xb0\x40\x7f" + note(60) + b"\x00\xe0\x00\x50\x00\x90\x3c\x40\x60\x3c\x00", kind=0),
    midi_bytes(b"\x00" + tempo(90) + b"\x8f\x00" + tempo(200), note(60) + b"\x00\xd0\x10\x60\x11" + note(62, 15)),
    bytes.fromhex("4d546864000000060001000104004d54726b00000004579fbf70"),
)


@pytest.mark.parametrize("n", [300, pytest.param(20_000, marks=pytest.mark.nightly)])
def test_no_damage_escapes_the_reader(n, tmp_path):
    midi.write(tmp_path / "seed.mid", random_piece(3))
    seeds = (*SEEDS, (tmp_path / "seed.mid").read_bytes())
    path = tmp_path / "mutant.mid"
    read = 0
    for seed, whole in enumerate(seeds):
        for content in mutants(whole, seeds, n // (2 * len(seeds)), seed):
            # Most damage is found by the lengths of chunks, before an event is looked at, unless they are made true.
            for written in (content, as_one_whole_track(content)) if len(content) > 22 else (content,):
                path.write_bytes(written)
                try:
                    notes = midi.read(path)
                except midi.MidiError as error:
                    assert "mutant.mid" in str(error)
                else:
                    read += 1
                    assert isinstance(notes, Notes) and 0 < notes.seconds <= 4 * 3600
    assert 0.05 * n < read < 0.95 * n
