"""MIDI files byte by byte."""

END = b"\x00\xff\x2f\x00"


def midi_bytes(*tracks, kind=1, ticks_per_beat=480):
    """A MIDI file of track contents, each ended by an end of track."""
    chunks = [b"MTrk" + (len(track) + 4).to_bytes(4, "big") + track + END for track in tracks]
    header = b"".join(number.to_bytes(2, "big") for number in (kind, len(tracks), ticks_per_beat))
    return b"MThd\x00\x00\x00\x06" + header + b"".join(chunks)


def tempo(bpm):
    """An event without its delta time."""
    return b"\xff\x51\x03" + round(60e6 / bpm).to_bytes(3, "big")


def note(pitch, channel=0, length=b"\x83\x60"):
    """A note of a beat of 480 ticks, at once."""
    return bytes((0, 0x90 | channel, pitch, 100)) + length + bytes((0x80 | channel, pitch, 0))


def as_one_whole_track(content):
    """A MIDI file, damaged or not, as one with a single track that lasts to the end of the file."""
    return content[:10] + b"\x00\x01" + content[12:18] + (len(content) - 22).to_bytes(4, "big") + content[22:]
