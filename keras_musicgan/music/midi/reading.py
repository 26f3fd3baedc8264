"""MIDI files to notes."""

from pathlib import Path

import numpy as np

from keras_musicgan.music.midi.errors import MidiError
from keras_musicgan.music.midi.events import META, SYSEX, parse
from keras_musicgan.music.midi.states import RESET_CONTROLLERS, SUSTAIN, in_force, sustained_ends, unplayed
from keras_musicgan.music.notes import LONGEST_SECONDS, MAJOR_KEYS, MINOR_KEYS, Notes, Track

LONGEST_BEATS = 50_000  # seven hours at 120 beats per minute
LARGEST_BYTES = 16 * 2**20
DRUM_CHANNEL = 9
TRACK_NAME, PORT, TEMPO, METRE, KEY = 0x03, 0x21, 0x51, 0x58, 0x59
DEFAULT_TEMPO = 120.0


def read(path: str | Path) -> Notes:
    """Reads a MIDI file.

    Args:
        path: A Standard MIDI File of type 0 or 1.

    Returns:
        `Notes` with the file's tempos, metres and keys, each from its beat on; of several at one time the last holds.
        A chunk's notes make one track for each program, in a type 0 file for each channel and program. Notes last as
        long as the sustain pedal holds them. `unplayed` counts what notes cannot hold.

    Raises:
        FileNotFoundError: If there is no such file.
        MidiError: If the file is empty, truncated, damaged, not MIDI, of type 2, too long, or holds no note. The
            message names the file.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise FileNotFoundError(f"A MIDI file must exist to be read. Received: path={str(path)!r}")
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        raise MidiError(f"A MIDI file must be at most {LARGEST_BYTES:,} bytes. Received: {path} of {size:,} bytes")
    content = path.read_bytes()
    if not content:
        raise MidiError(f"A MIDI file must not be empty. Received: {path}")
    if content[:4] != b"MThd":
        raise MidiError(f"A MIDI file must begin with the bytes 'MThd'. Received: {path}, which does not")
    try:
        kind, ticks_per_beat, tracks = parse(content)
    except MidiError as error:
        raise MidiError(f"A MIDI file must be whole. Received: {path}, damaged: {error}") from None
    if kind > 2 or (kind == 2 and len(tracks) > 1):
        raise MidiError(f"A MIDI file must be of type 0 or 1. Received: {path} of type {kind}. Export it as one piece.")
    if not 1 <= ticks_per_beat < 0x8000:
        raise MidiError(
            f"A MIDI file must count at least one tick a beat. Received: {path}, which counts "
            f"{ticks_per_beat if ticks_per_beat < 0x8000 else 'frames of film'}"
        )
    longest = max((int(track.tick[-1]) for track in tracks if len(track.tick)), default=0) / ticks_per_beat
    if longest > LONGEST_BEATS:
        raise MidiError(
            f"A MIDI file must be at most {LONGEST_BEATS:,} beats long. Received: {path} of {longest:,.0f} beats, "
            "probably damaged"
        )
    try:
        notes = _notes(tracks, ticks_per_beat, by_channel=kind == 0)
    except ValueError as error:
        raise MidiError(f"A MIDI file must hold sensible numbers. Received: {path}: {error}") from error
    if notes is None:
        raise MidiError(f"A MIDI file must hold at least one note. Received: {path}")
    if notes.seconds > LONGEST_SECONDS:
        raise MidiError(
            f"A MIDI file must be at most {LONGEST_SECONDS / 3600:g} hours long. Received: {path} of "
            f"{notes.seconds / 3600:,.1f} hours"
        )
    return notes


def _notes(tracks, ticks_per_beat, by_channel):
    """`Notes` of the events of all tracks, or `None` without a note."""
    tracks = [track for track in tracks if len(track.tick)]
    if not tracks:
        return None
    chunk = np.repeat(np.arange(len(tracks)), [len(track.tick) for track in tracks])
    tick = np.concatenate([track.tick for track in tracks])
    status = np.concatenate([track.status for track in tracks])
    data = np.concatenate([track.data for track in tracks])
    channel = (status & 0x0F) + 16 * np.concatenate([_ports(track) for track in tracks])
    order = np.empty(len(tick), "int64")  # of events in time, those at one tick as they stand in the file
    order[np.argsort(tick, kind="stable")] = np.arange(len(tick))
    kind = np.where(status < SYSEX, status & 0xF0, META)

    on, off = _pairs(kind, data, chunk * 4096 + channel, tracks, chunk)
    if not len(on):
        return None
    columns = {"channel": channel[on], "pitch": data[on, 0], "start": tick[on], "end": tick[off]}
    columns["end_order"] = order[off]
    is_pedal = (kind == 0xB0) & np.isin(data[:, 0], (SUSTAIN, RESET_CONTROLLERS))
    if is_pedal.any():
        rows = np.flatnonzero(is_pedal)
        rows = rows[np.argsort(order[rows])]
        down = (data[rows, 0] == SUSTAIN) & (data[rows, 1] >= 64)
        pedal = {"channel": channel[rows], "order": order[rows], "tick": tick[rows], "down": down.astype("int64")}
        columns["end"] = sustained_ends(columns, pedal, int(tick.max()))
    program = _programs(kind, data, chunk, channel, order, on)
    is_drum = channel[on] % 16 == DRUM_CHANNEL
    track_of_note, made = _tracks(tracks, chunk[on], channel[on] if by_channel else is_drum, program, is_drum)
    sort = np.argsort(track_of_note, kind="stable")
    states, senseless = _states(tracks, ticks_per_beat, columns["start"].min() / ticks_per_beat)
    return Notes(
        columns["start"][sort] / ticks_per_beat,
        np.maximum(columns["end"] - columns["start"], 1)[sort] / ticks_per_beat,
        columns["pitch"][sort],
        data[on, 1][sort],
        track_of_note[sort],
        tracks=made,
        unplayed={**unplayed(status[kind != META], data[kind != META]), **senseless},
        **states,
    )


def _ports(track):
    """The port of each event: that of the last port event before it, 0 at the beginning."""
    ports = np.zeros(len(track.tick), "int64")
    for row, kind, content in track.meta:
        if kind == PORT and len(content) == 1:
            ports[row:] = content[0]
    return ports


def _pairs(kind, data, key, tracks, chunk):
    """Rows of the onset and the end of each note, by onset: the first onset of a pitch belongs to its first end.

    A note that never ends lasts until the end of its track.
    """
    is_on = (kind == 0x90) & (data[:, 1] > 0)
    is_off = (kind == 0x80) | ((kind == 0x90) & (data[:, 1] == 0))
    rows = np.flatnonzero(is_on | is_off)
    if not is_on.any():
        return rows[:0], rows[:0]
    note = key[rows] * 128 + data[rows, 0]
    sort = np.argsort(note, kind="stable")
    rows, note = rows[sort], note[sort]
    step = np.where(is_on[rows], 1, -1)
    begins = np.flatnonzero(np.diff(note, prepend=-1))
    group = np.repeat(np.arange(len(begins)), np.diff(np.append(begins, len(note))))
    sounding = np.cumsum(step)
    sounding -= (sounding[begins] - step[begins])[group]
    # An end without an onset takes the sum to a new low below 0; groups are kept apart by their distance.
    span = 2 * len(rows) + 1
    low = np.minimum.accumulate(np.minimum(sounding, 0) - group * span) + group * span
    before = np.concatenate([[0], low[:-1]])
    before[begins] = 0
    belongs = (step > 0) | (low == before)
    rows, step, group = rows[belongs], step[belongs], group[belongs]
    on, off = rows[step > 0], rows[step < 0]
    ons, offs = (np.bincount(group[step == sign], minlength=len(begins)) for sign in (1, -1))
    rank = np.arange(len(on)) - np.repeat(np.cumsum(ons) - ons, ons)
    first_off = np.repeat(np.cumsum(offs) - offs, ons)
    ended = rank < np.repeat(offs, ons)
    last_row = np.cumsum([len(track.tick) for track in tracks]) - 1
    end = last_row[chunk[on]]
    end[ended] = off[(first_off + rank)[ended]]
    by_onset = np.argsort(on)
    return on[by_onset], end[by_onset]


def _programs(kind, data, chunk, channel, order, on):
    """The program of each note: the last one of its channel in its own chunk, or else in any."""
    rows = np.flatnonzero(kind == 0xC0)
    everywhere = in_force(channel[rows], order[rows], data[rows, 0], channel[on], order[on], 0)
    key = chunk * 4096 + channel
    return in_force(key[rows], order[rows], data[rows, 0], key[on], order[on], everywhere)


def _tracks(tracks, chunk, channel, program, is_drum):
    """The track of each note, and the `Track`s: one for each chunk, channel and program, in the order of onsets."""
    key = (chunk * 4096 + channel) * 128 + program
    _, firsts, track_of_note = np.unique(key, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(firsts))
    names = [_name(track) for track in tracks]
    made = tuple(Track(names[chunk[row]], int(program[row]), bool(is_drum[row])) for row in np.sort(firsts))
    return rank[track_of_note.reshape(-1)], made


def _name(track):
    names = [content for _, kind, content in track.meta if kind == TRACK_NAME]
    if not names:
        return ""
    try:
        return names[-1].decode()
    except UnicodeDecodeError:
        return names[-1].decode("latin-1")


def _states(tracks, ticks_per_beat, first_onset):
    """Tempos, metres and keys as arguments of `Notes`, and the number of those that cannot be."""
    found = {TEMPO: {}, METRE: {}, KEY: {}}
    senseless = 0
    events = (
        (int(track.tick[row]) / ticks_per_beat, number, kind, content)
        for number, track in enumerate(tracks)
        for row, kind, content in track.meta
        if kind in found
    )
    for beat, _, kind, content in sorted(events, key=lambda event: event[:2]):
        value = _VALUES[kind](content)
        if value is None:
            senseless += 1
        else:
            found[kind][beat] = value
    tempos = dict.fromkeys([0.0], DEFAULT_TEMPO) | found[TEMPO]
    metres = found[METRE]
    if not metres or first_onset < min(metres):
        metres = {0.0: (4, 4)} | metres
    states = {
        "tempo": tempos[0.0],
        "tempo_changes": tuple(_changes(tempos))[1:],
        "time_signatures": tuple((beat, *metre) for beat, metre in metres.items()),
        "keys": tuple(found[KEY].items()),
    }
    return states, {"senseless tempos, metres or keys": senseless} if senseless else {}


def _changes(values):
    """(beat, value) without those that repeat the one before."""
    before = None
    for beat, value in values.items():
        if value != before:
            yield beat, value
        before = value


def _tempo(content):
    microseconds = int.from_bytes(content[:3], "big")
    return 60e6 / microseconds if len(content) >= 3 and microseconds else None


def _metre(content):
    if len(content) < 2 or not content[0] or content[1] > 15:
        return None
    return content[0], 2 ** content[1]


def _key(content):
    if len(content) < 2 or content[1] > 1:
        return None
    sharps = content[0] - 256 if content[0] > 127 else content[0]
    return (MINOR_KEYS if content[1] else MAJOR_KEYS)[sharps + 7] if -7 <= sharps <= 7 else None


_VALUES = {TEMPO: _tempo, METRE: _metre, KEY: _key}
