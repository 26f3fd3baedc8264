"""The bytes of a MIDI file as events.

Every length is checked against the bytes that are there, so that no file can make a reader run past its end.
"""

import re
from dataclasses import dataclass

import numpy as np

from keras_musicgan.music.midi.errors import MidiError

META, SYSEX, ESCAPE = 0xFF, 0xF0, 0xF7
END_OF_TRACK = 0x2F
DELTA = re.compile(rb"[\x80-\xff]{0,3}[\x00-\x7f]")
# Many events of a channel, all with two bytes of data; without a status byte an event has that of the one before.
TWO_DATA_EVENTS = re.compile(rb"(?:[\x80-\xff]{0,3}[\x00-\x7f][\x80-\xbf\xe0-\xef]?[\x00-\x7f]{2}){1,4096}")


@dataclass(frozen=True, eq=False)
class TrackEvents:
    """The events of a track chunk, one a row, in their order.

    Attributes:
        tick: Times in ticks, int64 `[n]`.
        status: Status bytes, 0x80 to 0xEF, and `META` for the rows of `meta`; int64 `[n]`.
        data: Bytes of data, the second 0 where an event has one; int64 `[n, 2]`.
        meta: (row, kind, content) of each meta event.
    """

    tick: np.ndarray
    status: np.ndarray
    data: np.ndarray
    meta: list[tuple[int, int, bytes]]


def parse(content: bytes) -> tuple[int, int, list[TrackEvents]]:
    """The format, the ticks a beat and the tracks of a file that begins with `MThd`.

    Raises:
        MidiError: If the file is damaged; the message says what is wrong, without the file's name.
    """
    header = 8 + int.from_bytes(content[4:8], "big")
    if header < 14 or header > len(content):
        raise MidiError("its header is cut off")
    kind, announced, division = (int.from_bytes(content[at : at + 2], "big") for at in (8, 10, 12))
    tracks, position = [], header
    while position + 8 <= len(content):
        begin, length = position + 8, int.from_bytes(content[position + 4 : position + 8], "big")
        if begin + length > len(content):
            break
        if content[position : position + 4] == b"MTrk":
            tracks.append(_track(content, begin, begin + length))
        position = begin + length
    if len(tracks) < announced:
        raise MidiError(f"{len(tracks)} whole track(s) of {announced}: it is cut off")
    return kind, division, tracks


def _track(content, position, end):
    """Brings every event into one form, delta time, status and two bytes below 0x80, and decodes all at once."""
    pieces, meta = [], []
    n_rows = running = 0
    while position < end:
        delta = DELTA.match(content, position, end)
        if not delta or delta.end() >= end:
            raise MidiError(f"no event after the time at byte {position}")
        first = delta.end()
        status = content[first]
        if status in (META, SYSEX, ESCAPE):
            number = content[first + 1] if status == META and first + 1 < end else 0
            begin, position = _block(content, first + 1 + (status == META), end)
            pieces.append(delta.group() + b"\xff\0\0")
            meta.append((n_rows, number if status == META else -1, content[begin:position]))
            n_rows += 1
            if status == META and number == END_OF_TRACK:
                break
            continue
        if status > SYSEX:
            raise MidiError(f"an event 0x{status:02x} at byte {first}, which files cannot hold")
        is_running = status < 0x80
        if is_running and not running:
            raise MidiError(f"data without an event at byte {first}")
        if (running if is_running else status) & 0xE0 == 0xC0:  # one byte of data
            running = running if is_running else status
            at = first + (not is_running)
            if at >= end or content[at] > 0x7F:
                raise MidiError(f"an event without its data at byte {first}")
            pieces.append(delta.group() + bytes((running, content[at], 0)))
            position, n_rows = at + 1, n_rows + 1
            continue
        many = TWO_DATA_EVENTS.match(content, delta.start(), end)
        if not many:
            raise MidiError(f"an event without its data at byte {first}")
        piece, position = many.group(), many.end()
        pieces.append(piece)
        low = np.frombuffer(piece, "uint8") < 0x80
        n_rows += int(low.sum()) // 3
        running = _last_status(piece) or running
    return _decode(b"".join(pieces), meta)


def _block(content, position, end):
    """Begin and end of the bytes that a length at `position` announces."""
    length = DELTA.match(content, position, end)
    if not length:
        raise MidiError(f"an event without a length at byte {position}")
    begin = length.end()
    stop = begin + _number(length.group())
    if stop > end:
        raise MidiError(f"an event at byte {position} that is longer than its track")
    return begin, stop


def _number(digits):
    """A number of variable length: seven bits a byte."""
    value = 0
    for digit in digits:
        value = value << 7 | digit & 0x7F
    return value


def _last_status(events):
    """The status of the last event that has one; 0 if none has."""
    at = len(events) - 3
    while at >= 0:
        if events[at] > 0x7F:
            return events[at]
        while at > 0 and events[at - 1] > 0x7F:  # the delta time of an event without a status
            at -= 1
        at -= 3
    return 0


def _decode(events, meta):
    """Columns of events that have three bytes below 0x80 each: the end of the delta time, and two of data."""
    values = np.frombuffer(events, "uint8").astype("int64")
    last, first_data, second_data = np.flatnonzero(values < 0x80).reshape(-1, 3).T
    delta = values[last]
    before = np.concatenate([[-1], second_data[:-1]])
    for place in (1, 2, 3):
        more = np.flatnonzero(last - place > before)
        if not len(more):
            break
        delta[more] += (values[last[more] - place] & 0x7F) << 7 * place
    status = np.where(first_data - 1 > last, values[first_data - 1], 0)
    in_force = np.where((status > 0) & (status < SYSEX), np.arange(len(status)), 0)
    status = np.where(status == 0, status[np.maximum.accumulate(in_force)], status)
    return TrackEvents(np.cumsum(delta), status, np.stack([values[first_data], values[second_data]], axis=1), meta)
