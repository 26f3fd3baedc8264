"""Notes to MIDI files."""

from pathlib import Path

import numpy as np

from keras_musicgan.music.midi.reading import DRUM_CHANNEL
from keras_musicgan.music.notes import MAJOR_KEYS, MINOR_KEYS, Notes
from keras_musicgan.utils.files import replacing

TICKS_PER_BEAT = 480
LONGEST_DELTA = 2**28 - 1  # ticks between two events
PITCHED_CHANNELS = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)
PORTS = 128
SLOWEST, FASTEST = 60e6 / (2**24 - 1), 60e6  # beats per minute: 24 bits of microseconds a beat


def write(path: str | Path, notes: Notes) -> None:
    """Writes notes as a MIDI file of type 1 and 480 ticks a beat, with tempos, metres, keys and track names.

    Notes of one pitch that overlap on a track get another channel of the same program. More than 15 channels of
    pitches are spread over ports.

    Args:
        path: The file to write; it appears whole or not at all.
        notes: `Notes`.

    Raises:
        ValueError: If a number is beyond what MIDI files can hold; the message gives the limit. Nothing is written.
    """
    chunks = [_conductor(notes), *_chunks(notes)]
    header = b"".join(number.to_bytes(2, "big") for number in (1, len(chunks), TICKS_PER_BEAT))
    content = b"MThd" + len(header).to_bytes(4, "big") + header
    content += b"".join(b"MTrk" + len(chunk).to_bytes(4, "big") + chunk for chunk in chunks)
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def _conductor(notes):
    """The chunk of tempos, metres and keys."""
    events = []
    for beat, tempo in notes.tempos:
        if not SLOWEST <= tempo <= FASTEST:
            raise ValueError(
                f"A MIDI file holds tempos from {SLOWEST:.4g} to {FASTEST:,.0f} beats per minute. "
                f"Received: tempo={tempo}"
            )
        events.append((_ticks(beat), 0, _meta(0x51, round(60e6 / tempo).to_bytes(3, "big"))))
    for beat, numerator, denominator in notes.time_signatures:
        exponent = int(denominator).bit_length() - 1
        if not 1 <= numerator <= 255 or denominator != 2**exponent or exponent > 15:
            raise ValueError(
                "A MIDI file holds metres of 1 to 255 over a power of two up to 32,768. Received: "
                f"{numerator}/{denominator}"
            )
        events.append((_ticks(beat), 1, _meta(0x58, bytes((int(numerator), exponent, 24, 8)))))
    for beat, key in notes.keys:
        keys = MAJOR_KEYS if key in MAJOR_KEYS else MINOR_KEYS
        events.append((_ticks(beat), 2, _meta(0x59, bytes(((keys.index(key) - 7) % 256, keys is MINOR_KEYS)))))
    events.sort(key=lambda event: event[:2])
    return _chunk(events, max(_ticks(notes.length), max((tick for tick, *_ in events), default=0)))


def _chunks(notes):
    """A chunk for each track."""
    if len(notes.tracks) > 0xFFFE:
        raise ValueError(f"A MIDI file holds at most 65,534 tracks. Received: {len(notes.tracks)} tracks")
    port = n_taken = 0
    for index, track in enumerate(notes.tracks):
        part = notes.of_track(index)
        start = _ticks(part.start)
        end = np.maximum(_ticks(part.start + part.duration), start + 1)
        layer = np.zeros(len(start), int) if track.is_drum else _layers(start, end, part.pitch)
        if track.is_drum:
            _check_drums(start, end, part.pitch, track)
            channels, where = (DRUM_CHANNEL,), 0
        else:
            n_layers = int(layer.max(initial=0)) + 1
            if n_layers > len(PITCHED_CHANNELS):
                raise ValueError(
                    f"A MIDI file holds at most {len(PITCHED_CHANNELS)} notes of one pitch at a time on a track. "
                    f"Received: {n_layers} on track {index} ({track.name!r})"
                )
            if n_taken + n_layers > len(PITCHED_CHANNELS):
                port, n_taken = port + 1, 0
            if port >= PORTS:
                raise ValueError(
                    f"A MIDI file holds at most {PORTS * len(PITCHED_CHANNELS):,} channels of pitches. "
                    f"Received: {len(notes.tracks)} tracks, which need more"
                )
            channels, where = PITCHED_CHANNELS[n_taken : n_taken + n_layers], port
            n_taken += n_layers
        events = [(0, 0, 0, event) for event in _heading(track, channels, where)]
        order = np.lexsort((end, start))
        for row in order:
            channel, pitch, velocity = channels[layer[row]], int(part.pitch[row]), int(part.velocity[row])
            events.append((int(start[row]), 2, int(end[row]), bytes((0x90 | channel, pitch, velocity))))
            events.append((int(end[row]), 1, 0, bytes((0x80 | channel, pitch, 0))))
        events.sort(key=lambda event: event[:3])
        yield _chunk([(tick, 0, event) for tick, *_, event in events], events[-1][0])


def _heading(track, channels, port):
    """The name, port and programs of a track."""
    try:
        name = track.name.encode()
    except UnicodeEncodeError:
        raise ValueError(f"A MIDI file holds names of Unicode text. Received: name={track.name!r}") from None
    if len(name) > LONGEST_DELTA:
        raise ValueError(f"A MIDI file holds names of at most {LONGEST_DELTA:,} bytes. Received: {len(name):,} bytes")
    yield _meta(0x03, name)
    if port:
        yield _meta(0x21, bytes((port,)))
    for channel in channels:
        yield bytes((0xC0 | channel, track.program))


def _layers(start, end, pitch):
    """The layer of each note, `[n]`, so that notes of one pitch in one layer do not overlap."""
    layer = np.zeros(len(start), int)
    order = np.lexsort((end, start, pitch))
    free_from: list[int] = []
    before = -1
    for row in order:
        if before < 0 or pitch[before] != pitch[row]:
            free_from = []
        number = next((n for n, tick in enumerate(free_from) if tick <= start[row]), len(free_from))
        free_from[number : number + 1] = [end[row]]
        layer[row] = number
        before = row
    return layer


def _check_drums(start, end, pitch, track):
    """There is one channel of drums, in which the first of two overlapping notes must end first."""
    order = np.lexsort((end, start, pitch))
    same = np.diff(pitch[order]) == 0
    if (same & (np.diff(end[order]) < 0)).any():
        raise ValueError(
            "A MIDI file ends the first of two overlapping notes of one drum first. Received: a drum inside a longer "
            f"one of the same pitch on track {track.name!r}. Shorten the longer one."
        )


def _chunk(events, end):
    """The bytes of (tick, _, event) in the order of time, with delta times and the end of the track."""
    pieces, now = [], 0
    for tick, _, event in [*events, (end, 0, _meta(0x2F, b""))]:
        if tick - now > LONGEST_DELTA:
            raise ValueError(
                f"A MIDI file holds at most {LONGEST_DELTA // TICKS_PER_BEAT:,} beats from one event to the next. "
                f"Received: {(tick - now) / TICKS_PER_BEAT:,.0f} beats"
            )
        pieces += (_variable_length(tick - now), event)
        now = tick
    return b"".join(pieces)


def _meta(kind, content):
    return bytes((0xFF, kind)) + _variable_length(len(content)) + content


def _variable_length(number):
    """Seven bits a byte, the highest first; all bytes but the last have their eighth bit set."""
    digits = [number & 0x7F]
    while number := number >> 7:
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))


def _ticks(beats):
    ticks = np.rint(np.asarray(beats, "float64") * TICKS_PER_BEAT)
    if (ticks > 2**53).any():
        raise ValueError(f"A MIDI file holds beats up to {2**53 // TICKS_PER_BEAT:,}. Received: {np.max(beats):g}")
    return int(ticks) if not ticks.ndim else ticks.astype("int64")
