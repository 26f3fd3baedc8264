"""Sampled instruments to SoundFont 2 files."""

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from keras_musicgan.music.instruments.instrument import Instrument, Zone, unique_names
from keras_musicgan.utils.checks import check_positive_int
from keras_musicgan.utils.files import replacing

VERSION = (2, 1)
MAX_RECORDS = 65_535  # of a table: others refer to them by 16 bits
MAX_BYTES = 2**32 - 1  # of a RIFF file
PROGRAMS = 128  # of a bank
DRUM_BANK = 128
SPACE = 46  # samples of silence after every recording
AFTER_LOOP = 8  # samples after a loop that repeat its beginning, for players that interpolate
MIN_SAMPLES = 48
FULL_FALL_DB, RELEASE_DB = 100.0, 60.0  # an envelope's time is that of a fall by 100 dB
NEVER_SECONDS = 100.0  # the longest release
NAME = "S20"

PRESET = np.dtype(
    [("name", NAME), ("preset", "<u2"), ("bank", "<u2"), ("bag", "<u2")]
    + [(name, "<u4") for name in ("library", "genre", "morphology")]
)
BAG = np.dtype([("generator", "<u2"), ("modulator", "<u2")])
MODULATOR = np.dtype(
    [("source", "<u2"), ("destination", "<u2"), ("amount", "<i2"), ("amount_source", "<u2"), ("transform", "<u2")]
)
GENERATOR = np.dtype([("kind", "<u2"), ("amount", "<u2")])
INSTRUMENT = np.dtype([("name", NAME), ("bag", "<u2")])
SAMPLE = np.dtype(
    [("name", NAME)]
    + [(name, "<u4") for name in ("start", "end", "loop_start", "loop_end", "sample_rate")]
    + [("root", "u1"), ("correction", "i1"), ("link", "<u2"), ("type", "<u2")]
)
# Generators, by their numbers in the specification.
FILTER_CUTOFF, PAN = 8, 17
HOLD, DECAY, SUSTAIN, RELEASE = 35, 36, 37, 38  # of the volume envelope
INSTRUMENT_INDEX, KEYS, VELOCITIES = 41, 43, 44
SAMPLE_INDEX, SAMPLE_MODES, SCALE_TUNING, EXCLUSIVE_CLASS, ROOT = 53, 54, 56, 57, 58
LOOPED = 1
MONO, RIGHT, LEFT = 1, 2, 4
HARD = 500  # pan of a channel of a stereo recording, in tenths of a percent
ROOT_COLUMN = 6  # of a sample header
# Velocity sets the loudness alone: by default it closes a filter too, in some players.
VELOCITY_LEAVES_FILTER = (0x0102, FILTER_CUTOFF, 0, 0, 0)


def write_soundfont(path: str | Path, name: str, instruments: Sequence[Instrument], sample_rate: int) -> None:
    """Writes instruments as the presets of a SoundFont 2.01 file (.sf2), with recordings of 16 bits.

    Tones are the programs of bank 0, of more than 128 those of the next banks; drums those of bank 128. Players set
    the loudness by the square of the velocity, the default of the format.

    Args:
        path: The file; it appears whole or not at all.
        name: Name of the collection.
        instruments: The instruments; names become different ones of at most 19 ASCII characters.
        sample_rate: Rate of all recordings in Hz.

    Raises:
        ValueError: If the format cannot hold as many presets, zones or samples.

    Reference: SoundFont Technical Specification, version 2.01 (E-mu Systems, 1998).
    """
    check_positive_int("sample_rate", sample_rate)
    recordings = _Recordings(sample_rate)
    tables = _tables(instruments, recordings)
    info = b"".join(
        (
            _chunk(b"ifil", struct.pack("<HH", *VERSION)),
            _chunk(b"isng", _text("EMU8000")),
            _chunk(b"INAM", _text(unique_names([name], 255)[0])),
            _chunk(b"ISFT", _text("keras_musicgan")),
        )
    )
    hydra = b"".join(_chunk(tag.encode(), table.tobytes()) for tag, table in tables.items())
    n_bytes = 2 * recordings.n_samples
    size = 4 + sum(12 + length for length in (len(info), 8 + n_bytes, len(hydra)))
    if size > MAX_BYTES:
        raise ValueError(
            f"A SoundFont must be smaller than {MAX_BYTES / 1e9:.1f} GB. Received: {len(instruments)} presets with "
            f"{n_bytes / 1e9:.1f} GB of samples. Write fewer presets or keys, or several files."
        )
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write(b"RIFF" + struct.pack("<I", size) + b"sfbk" + _list_header(b"INFO", len(info)) + info)
        file.write(_list_header(b"sdta", 8 + n_bytes) + b"smpl" + struct.pack("<I", n_bytes))
        recordings.write(file)
        file.write(_list_header(b"pdta", len(hydra)) + hydra)


class _Recordings:
    """The sample headers and the samples of zones; zones with the same array share one recording."""

    def __init__(self, sample_rate):
        self.sample_rate = sample_rate
        self.headers: list[tuple] = []
        self.n_samples = 0
        self._zones: list[Zone] = []
        self._first_of: dict[tuple, int] = {}  # by array and loop

    def add(self, zone: Zone, name: str) -> int:
        """The index of the first header of a zone's recording; a stereo one has the right channel next."""
        key = (id(zone.samples), zone.loop)
        if key not in self._first_of:
            first = self._first_of[key] = len(self.headers)
            self._zones.append(zone)
            n_channels = zone.samples.shape[1]
            length = _length(zone)
            loop_start, loop_stop = zone.loop or (AFTER_LOOP, length - AFTER_LOOP)  # readers want one that fits
            for channel in range(n_channels):
                start = self.n_samples
                kind = MONO if n_channels == 1 else (LEFT, RIGHT)[channel]
                link = 0 if n_channels == 1 else first + 1 - channel
                points = (start, start + length, start + loop_start, start + loop_stop)
                self.headers.append((name, *points, self.sample_rate, _root(zone), 0, link, kind))
                self.n_samples += length + SPACE
        return self._first_of[key]

    def write(self, file: BinaryIO) -> None:
        """Writes all samples as 16-bit integers."""
        for zone in self._zones:
            samples = np.rint(np.clip(zone.samples, -1, 1) * 32767).astype("<i2")
            if zone.loop:
                start, stop = zone.loop
                samples = np.concatenate([samples[:stop], samples[start:][:AFTER_LOOP], samples[stop:]])
            n_silent = max(_length(zone) - len(samples), 0) + SPACE
            for column in np.pad(samples, ((0, n_silent), (0, 0))).T:
                file.write(column.tobytes())


def _tables(instruments, recordings):
    """The nine tables of a SoundFont by their tags, each with the record that ends it."""
    names = unique_names([instrument.name for instrument in instruments])
    preset_bags, preset_generators = [], []
    rows, bags, generators, modulators = [], [], [], []
    for index, instrument in enumerate(instruments):
        preset_bags.append((len(preset_generators), 0))
        preset_generators.append((INSTRUMENT_INDEX, index))
        rows.append((names[index], len(bags)))
        bags.append((len(generators), len(modulators)))
        generators += _common(instrument)
        modulators.append(VELOCITY_LEAVES_FILTER)
        for zone in instrument.zones:
            for of_channel in _of_zone(zone, instrument, recordings, names[index]):
                bags.append((len(generators), len(modulators)))
                generators += of_channel
    places = zip(names, _places(instruments), strict=True)
    presets = [(name, *place, bag, 0, 0, 0) for bag, (name, place) in enumerate(places)]
    headers = recordings.headers
    sample_names = unique_names([header[0] for header in headers])
    samples = [(name, *header[1:]) for name, header in zip(sample_names, headers, strict=True)]
    for what, records in (("zones", bags), ("properties of zones", generators), ("recordings", samples)):
        if len(records) > MAX_RECORDS:
            raise ValueError(
                f"A SoundFont holds at most {MAX_RECORDS:,} {what}. Received: {len(records):,}. Write fewer presets, "
                "keys or velocity layers, or several files."
            )
    no_modulator = (0, 0, 0, 0, 0)
    return {
        "phdr": np.array([*presets, ("EOP", 0, 0, len(preset_bags), 0, 0, 0)], PRESET),
        "pbag": np.array([*preset_bags, (len(preset_generators), 0)], BAG),
        "pmod": np.array([no_modulator], MODULATOR),
        "pgen": np.array([*preset_generators, (0, 0)], GENERATOR),
        "inst": np.array([*rows, ("EOI", len(bags))], INSTRUMENT),
        "ibag": np.array([*bags, (len(generators), len(modulators))], BAG),
        "imod": np.array([*modulators, no_modulator], MODULATOR),
        "igen": np.array([*generators, (0, 0)], GENERATOR),
        "shdr": np.array([*samples, ("EOS", *[0] * 9)], SAMPLE),
    }


def _places(instruments) -> Iterator[tuple[int, int]]:
    """Program and bank of each instrument."""
    n_drums = n_tones = 0
    for instrument in instruments:
        if instrument.is_drums:
            place, n_drums = (n_drums, DRUM_BANK), n_drums + 1
        else:
            place, n_tones = (n_tones % PROGRAMS, n_tones // PROGRAMS), n_tones + 1
        if n_drums > PROGRAMS or n_tones > PROGRAMS * DRUM_BANK:
            raise ValueError(
                f"A SoundFont holds {PROGRAMS} kits of drums and {PROGRAMS * DRUM_BANK:,} other presets. Received: "
                f"{len(instruments):,} presets. Write several files."
            )
        yield place


def _common(instrument):
    """Generators of all zones of an instrument."""
    release = instrument.release_seconds
    seconds = NEVER_SECONDS if release is None else release * FULL_FALL_DB / RELEASE_DB
    return [(RELEASE, _timecents(seconds)), (SAMPLE_MODES, _mode(instrument.zones[0]))]


def _of_zone(zone, instrument, recordings, name):
    """Lists of generators, one for each channel, in the order that the specification asks for."""
    first = recordings.add(zone, name if zone.root is None else f"{name} {zone.root}")
    generators = [(KEYS, zone.keys[0] | zone.keys[1] << 8)]
    if zone.velocities != (1, 127):
        generators.append((VELOCITIES, zone.velocities[0] | zone.velocities[1] << 8))
    if zone.loop and zone.decay_db > 0:
        hold = _timecents(zone.loop[0] / recordings.sample_rate)
        fall = _timecents(FULL_FALL_DB / zone.decay_db)
        generators += [(HOLD, hold), (DECAY, fall), (SUSTAIN, round(10 * FULL_FALL_DB))]
    if _mode(zone) != _mode(instrument.zones[0]):
        generators.append((SAMPLE_MODES, _mode(zone)))
    if zone.root is None and zone.keys[0] < zone.keys[1]:
        generators.append((SCALE_TUNING, 0))
    if zone.cut_group:
        generators.append((EXCLUSIVE_CLASS, zone.cut_group))
    if recordings.headers[first][ROOT_COLUMN] != _root(zone):
        generators.append((ROOT, _root(zone)))
    if zone.samples.shape[1] == 1:
        return [[*generators, (SAMPLE_INDEX, first)]]
    return [[*generators, (PAN, pan & 0xFFFF), (SAMPLE_INDEX, first + i)] for i, pan in enumerate((-HARD, HARD))]


def _length(zone):
    """Samples of a zone's recording in the file."""
    return max(len(zone.samples) + (AFTER_LOOP if zone.loop else 0), MIN_SAMPLES)


def _mode(zone):
    return LOOPED if zone.loop else 0


def _root(zone):
    """The key at which a zone sounds as recorded; an unpitched one does at every key."""
    return zone.keys[0] if zone.root is None else zone.root


def _timecents(seconds):
    """A time in 1/1200 of an octave above a second, as 16 bits."""
    return round(np.clip(1200 * np.log2(max(seconds, 1e-9)), -12000, 8000)) & 0xFFFF


def _text(words):
    """Text as ASCII that ends in a zero and has an even length."""
    return words.encode("ascii") + b"\0" * (2 - len(words) % 2)


def _chunk(tag, content):
    return tag + struct.pack("<I", len(content)) + content


def _list_header(tag, length):
    return b"LIST" + struct.pack("<I", 4 + length) + tag
