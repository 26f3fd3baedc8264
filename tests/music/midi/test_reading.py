import numpy as np
import pytest

from keras_musicgan import midi
from keras_musicgan.music.notes import Notes, Track
from tests.support.midi_bytes import midi_bytes, note, tempo


@pytest.fixture
def read(tmp_path):
    """A function from the bytes of a file to its notes."""

    def of(content):
        (tmp_path / "piece.mid").write_bytes(content)
        return midi.read(tmp_path / "piece.mid")

    return of


@pytest.mark.parametrize(
    ("track", "message"),
    [
        (b"\x57\x9f\xbf\x70", "without its data at byte 23"),  # ends symusic 0.5.9 with a segmentation fault
        (b"\x00\xc0\xc8" + note(60), "without its data"),
        (b"\x00\x3c\x40", "data without an event"),
        (b"\x00\x90\x3c", "without its data"),
        (b"\xff\xff\xff\xff\x00\x90\x3c\x40", "no event after the time"),
        (b"\x00\xff\x01\x7fabc", "longer than its track"),
        (b"\x00\xf0\x8f\xff\xff\xff\x7f", "event"),
        (b"\x00\xf8" + note(60), "0xf8"),
        (note(60) + b"\xff\xff\xff\x7f" * 2, ""),
        (b"", "at least one note"),
        (b"\xff\xff\xff\x7f\xff\x01\x00" + note(60), "50,000 beats long"),
        (b"\x00" + tempo(4) + b"\x80\xda\xc4\x00\xff\x01\x00" + note(60), "hours long|beats long"),
    ],
)
def test_damaged_events_are_named(read, track, message):
    with pytest.raises(midi.MidiError, match=f"piece.mid.*{message}|{message}.*piece.mid"):
        read(midi_bytes(track))


def test_headers_and_lengths_are_checked(read, tmp_path):
    good = midi_bytes(note(60))
    for content, message in {
        good[:12]: "header is cut off",
        midi_bytes(note(60), note(62), kind=2): "type 2",
        midi_bytes(note(60), kind=3): "type 3",
        midi_bytes(note(60), ticks_per_beat=0): "at least one tick",
        midi_bytes(note(60), ticks_per_beat=0xE728): "frames of film",
        good[:18] + b"\xff\xff\xff\xff" + good[22:]: "0 whole track",
    }.items():
        with pytest.raises(midi.MidiError, match=f"piece.mid.*{message}|{message}.*piece.mid"):
            read(content)
    with open(tmp_path / "large.mid", "wb") as file:
        file.truncate(midi.LARGEST_BYTES + 1)
    with pytest.raises(midi.MidiError, match="bytes.*large.mid"):
        midi.read(tmp_path / "large.mid")


def test_a_long_piece_at_a_slow_tempo_is_refused(read):
    with pytest.raises(midi.MidiError, match="4 hours long.*piece.mid"):
        read(midi_bytes(b"\x00" + tempo(4) + b"\x84\xba\xd8\x00\xff\x01\x00" + note(60)))  # 20,000 beats


def test_running_status_and_long_times(read):
    notes = read(midi_bytes(b"\x00\x90\x3c\x40\x81\x70\x3c\x00\x00\xff\x01\x01x\x87\x40\x3e\x40\x83\x60\x3e\x00"))
    assert notes.start.tolist() == [0, 2.5] and notes.duration.tolist() == [0.5, 1]
    pressure = read(midi_bytes(b"\x00\xd0\x10\x60\x11\x60\x12\x81\x40\x90\x3c\x40\x83\x60\x80\x3c\x00"))
    assert pressure.start.tolist() == [0.8] and pressure.unplayed == {"changes of pressure": 3}


def test_of_several_states_at_a_time_the_last_holds(read):
    metres = b"\x00\xff\x58\x04\x03\x02\x18\x08\x00\xff\x58\x04\x06\x03\x18\x08"
    keys = b"\x00\xff\x59\x02\x00\x00\x00\xff\x59\x02\xfe\x01"
    programs = b"\x00\xc0\x05\x00\xc0\x49"
    notes = read(midi_bytes(b"\x00" + tempo(120) + b"\x00" + tempo(90) + metres + keys + programs + note(60)))
    assert notes.tempo == pytest.approx(90, abs=1e-3) and notes.tempo_changes == ()
    assert notes.time_signatures == ((0.0, 6, 8),) and notes.keys == ((0.0, "G minor"),)
    assert [track.program for track in notes.tracks] == [73]


def test_tempo_changes_set_the_seconds(read):
    notes = read(midi_bytes(b"\x00" + tempo(60) + b"\x8f\x00" + tempo(240), note(60) + b"\x9a\x20" + note(62)[1:]))
    assert notes.tempos == ((0.0, 60.0), (4.0, 240.0))
    assert notes.start.tolist() == [0, 8] and notes.seconds == pytest.approx(4 + 5 / 4)
    np.testing.assert_allclose(notes.seconds_of_notes, [[0, 5], [1, 0.25]])
    later = read(midi_bytes(b"\x83\x60" + tempo(60), note(60) + note(62)))
    assert later.tempos == ((0.0, 120.0), (1.0, 60.0)), "120 holds until the first tempo"


def test_the_pedal_holds_notes(read):
    down, up = b"\x00\xb0\x40\x7f", b"\x00\xb0\x40\x00"
    wait = b"\x83\x60\xff\x01\x00"  # a beat
    held = read(midi_bytes(down + note(60) + note(64) + note(60) + wait + up + note(72)))
    assert dict(zip(held.start.tolist(), held.duration.tolist(), strict=True)) == {0: 2, 1: 3, 2: 2, 4: 1}
    never_up = read(midi_bytes(down + note(60) + wait))
    assert never_up.duration.tolist() == [2]
    other_channel = read(midi_bytes(down + note(60, channel=1) + wait + up))
    assert other_channel.duration.tolist() == [1]
    other_chunk = read(midi_bytes(note(60) + wait, down + wait + wait + up))
    assert other_chunk.duration.tolist() == [2], "a channel is one instrument, whichever chunk plays it"


def test_a_program_holds_until_the_next(read):
    notes = read(midi_bytes(note(60) + b"\x00\xc0\x05" + note(62), kind=0))
    assert notes.tracks == (Track(), Track(program=5)) and notes.track.tolist() == [0, 1]
    elsewhere = read(midi_bytes(b"\x00\xc0\x05", note(60), b"\x00\xc0\x07" + note(62)))
    assert [track.program for track in elsewhere.tracks] == [5, 7]


def test_ports_are_channels_of_their_own(read):
    ports = [b"\x00\xff\x21\x01" + bytes((port,)) + bytes((0, 0xC0, 10 + port)) for port in (0, 1)]
    notes = read(midi_bytes(*ports, *(b"\x00\xff\x21\x01" + bytes((port,)) + note(60) for port in (0, 1))))
    assert [track.program for track in notes.tracks] == [10, 11]


def test_notes_without_an_end_or_an_onset(read):
    notes = read(midi_bytes(b"\x00\x80\x3c\x00" + note(60) + b"\x00\x90\x40\x40\x83\x60\xff\x01\x00"))
    assert notes.pitch.tolist() == [60, 64] and notes.duration.tolist() == [1, 1]


def test_what_is_not_played_is_counted(read):
    bends = b"\x00\xe0\x00\x40\x00\xe0\x00\x50\x00\xe0\x10\x40"
    controllers = b"\x00\xb0\x07\x64\x00\xb0\x07\x20\x00\xb0\x01\x10"
    senseless = b"\x00\xff\x51\x03\x00\x00\x00\x00\xff\x58\x04\x04\xff\x18\x08\x00\xff\x59\x02\x20\x00"
    notes = read(midi_bytes(bends + controllers + senseless + note(60)))
    assert notes.unplayed == {
        "pitch bends": 2,
        "changes of modulation": 1,
        "changes of volume": 1,
        "senseless tempos, metres or keys": 3,
    }
    assert isinstance(notes, Notes) and notes.tempo == 120
