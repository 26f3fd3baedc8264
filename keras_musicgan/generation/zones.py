"""Generated clips as the zones of sampled instruments."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from keras_musicgan.generation.recordings import PADS, TONES, Recordings
from keras_musicgan.generation.sustain import one_shot, sustained_sound
from keras_musicgan.music.audio import SILENCE
from keras_musicgan.music.drums import EXCLUSIVE
from keras_musicgan.music.instruments import Instrument, Zone, ranges_around
from keras_musicgan.music.synthesizer import frequency

FADE_MS = 5.0  # at the beginning of a recording, to its onset
STRETCH = 12  # semitones by which the outermost recordings are played beyond their pitches
PEAK_DB = -3.0  # of the loudest recording
NO_DECAY_DB = 0.1  # per second; falls slower than this are none


@dataclass(frozen=True, eq=False)
class Take:
    """A clip as it is recorded.

    Attributes:
        samples: float32 `[samples, channels]` from the onset on.
        loop: First sample of the loop and the one after its last; `None` without a loop.
        decay_db: Decibels per second by which it falls in the loop.
        loudness: Of a tone the root mean square of its loudest moment, of other sounds the peak; 0 for silence.
    """

    samples: np.ndarray
    loop: tuple[int, int] | None
    decay_db: float
    loudness: float


def take(clip: np.ndarray, sample_rate: int, pitch: int | None) -> Take:
    """A clip `[samples, channels]` from its onset on, with a loop if it is a tone of this MIDI pitch.

    Example:
        >>> sine = 0.5 * np.sin(2 * np.pi * 440 * np.arange(8000) / 8000)[:, None]
        >>> recorded = take(np.concatenate([np.zeros((2000, 1)), sine]), 8000, 69)
        >>> len(recorded.samples) == recorded.loop[1], abs(recorded.samples[40:120]).max().round(2)
        (True, np.float32(0.5))
    """
    if pitch is None:
        sound = one_shot(clip, sample_rate)
    else:
        sound = sustained_sound(clip, sample_rate, float(frequency(pitch)))
    if sound.loudness < SILENCE:
        return Take(sound.begin, None, 0.0, 0.0)
    fade = round(FADE_MS / 1000 * sample_rate)
    lead = min(sound.onset, fade)
    begin = sound.begin[sound.onset - lead :]
    cycle = begin[:0] if sound.cycle is None else sound.cycle
    samples = np.concatenate([begin, cycle])
    n_rise = min(lead if pitch is None else fade, len(samples))  # a drum that begins with its clip keeps its stroke
    samples[:n_rise] *= np.sin(0.5 * np.pi * np.arange(n_rise, dtype="float32") / max(n_rise, 1))[:, None] ** 2
    decay_db = -20 * np.log10(sound.decay) * sample_rate
    loop = (len(begin), len(samples)) if len(cycle) else None
    return Take(samples, loop, float(decay_db) if decay_db > NO_DECAY_DB else 0.0, sound.loudness)


def instruments(plan: Recordings, takes: Sequence[Take], release_ms: float) -> list[Instrument]:
    """The presets of a plan from its takes, one for each row.

    The loudness of notes at one velocity follows the model, relative to each other; the velocity layers and the hits
    of a key are brought to the level of its loudest, since velocities set the loudness in players. Keys without a
    sound are played by the nearest.
    """
    members: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))  # rows by preset and key
    for row, recorded in enumerate(takes):
        if recorded.loudness:
            members[int(plan.preset[row])][int(plan.key[row])].append(row)
    gains = np.zeros(len(takes))
    for keys in members.values():
        for rows in keys.values():
            loudest = max(takes[row].loudness for row in rows)
            gains[rows] = [loudest / takes[row].loudness for row in rows]
    peak = max((gain * np.abs(each.samples).max() for gain, each in zip(gains, takes, strict=True) if gain), default=0)
    gains *= 10 ** (PEAK_DB / 20) / max(peak, 1e-9)
    result = []
    for preset, keys in sorted(members.items()):
        zones = _zones(plan, takes, gains, keys)
        release = release_ms / 1000 if plan.kind == TONES else None
        name = plan.names[preset]
        result.append(Instrument(name, tuple(zones), release, is_drums=plan.kind not in (TONES, PADS)))
    return result


def _zones(plan, takes, gains, rows_of_key):
    """Zones of a preset."""
    keys = sorted(rows_of_key)
    ranges = [(key, key) for key in keys]
    if plan.kind == TONES:
        ranges = ranges_around(keys, max(keys[0] - STRETCH, 0), min(keys[-1] + STRETCH, 127))
    scaled: dict[tuple, np.ndarray] = {}  # one array for one sound, which is written once
    for key, key_range in zip(keys, ranges, strict=True):
        for row, velocities in _velocity_ranges(plan, takes, rows_of_key[key]):
            each = takes[row]
            samples = scaled.setdefault((id(each), gains[row]), each.samples * np.float32(gains[row]))
            zone = Zone(samples, key_range, key if plan.kind == TONES else None, velocities, each.loop, each.decay_db)
            yield zone if plan.kind in (TONES, PADS) else replace(zone, cut_group=_cut_group(key))


def _velocity_ranges(plan, takes, rows):
    """Rows of a key with their velocities; hits of one layer share its velocities, the softest first."""
    layers = sorted({int(plan.velocity[row]) for row in rows})
    for layer, (low, high) in zip(layers, ranges_around(layers, 1, 127), strict=True):
        hits = sorted((row for row in rows if plan.velocity[row] == layer), key=lambda row: takes[row].loudness)
        hits = hits[: high - low + 1]
        edges = np.linspace(low, high + 1, len(hits) + 1).round().astype(int).tolist()
        yield from ((row, (first, after - 1)) for row, first, after in zip(hits, edges[:-1], edges[1:], strict=True))


def _cut_group(key):
    """Number of the drums that cut each other off, of which the key is one; 0 for others."""
    return next((number for number, group in enumerate(EXCLUSIVE, 1) if key in group), 0)
