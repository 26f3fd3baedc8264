"""What holds for a channel at a time: its program, its pedal."""

import numpy as np

SUSTAIN, RESET_CONTROLLERS = 64, 121
BEND_CENTRE = 0x40  # of the second byte; the first is 0
# Controllers that change the sound, and the values at which they do not.
CONTROLLERS = {
    1: ("changes of modulation", (0,)),
    2: ("changes of breath", (0, 127)),
    4: ("changes of the foot pedal", (0, 127)),
    5: ("changes of portamento", (0,)),
    7: ("changes of volume", (100, 127)),
    8: ("changes of balance", (64,)),
    10: ("changes of panning", (64,)),
    11: ("changes of expression", (127,)),
    65: ("changes of portamento", (0,)),
    66: ("uses of the sostenuto pedal", (0,)),
    67: ("uses of the soft pedal", (0,)),
    **dict.fromkeys(range(70, 80), ("changes of the timbre", (64,))),
    **dict.fromkeys(range(91, 96), ("changes of effects", (0, 40))),
}


def in_force(keys, order, values, asked_keys, asked_order, default):
    """The last value of each key at or before a place in the order, or `default`: `[n]` as asked.

    `order` are whole numbers from 0; each row of `keys`, `order` and `values` is an event, each asked row a question.
    """
    if not len(keys):
        return np.full(len(asked_keys), default)
    span = max(int(order.max()), int(asked_order.max(initial=0))) + 1
    place = keys * span + order
    sort = np.argsort(place, kind="stable")
    index = np.searchsorted(place[sort], asked_keys * span + asked_order, "right") - 1
    found = sort[np.maximum(index, 0)]
    return np.where((index >= 0) & (keys[found] == asked_keys), values[found], default)


def sustained_ends(notes, pedal, last_tick):
    """Ends of notes in ticks, later while the sustain pedal is down: its release, or the pitch's next onset.

    Args:
        notes: Dict of columns `[n]`: `channel`, `pitch`, `start`, `end`, and `end_order`, the place of the release.
        pedal: Dict of columns: `channel`, `order`, `tick` and `down`, in order.
        last_tick: End of the piece, when a pedal that is never released ends.
    """
    end = notes["end"].copy()
    down_at_end = in_force(
        pedal["channel"], pedal["order"], pedal["down"], notes["channel"], notes["end_order"], 0
    ).astype(bool)
    for channel in np.unique(notes["channel"][down_at_end]):
        held = np.flatnonzero(down_at_end & (notes["channel"] == channel))
        up = np.flatnonzero((pedal["channel"] == channel) & (pedal["down"] == 0))
        next_up = np.searchsorted(pedal["order"][up], notes["end_order"][held], "right")
        release = np.append(pedal["tick"][up], last_tick)[next_up]
        mine = np.flatnonzero(notes["channel"] == channel)
        onsets = np.unique(np.stack([notes["pitch"][mine], notes["start"][mine]]), axis=1)
        span = int(max(last_tick, notes["end"].max())) + 1
        places = onsets[0] * span + onsets[1]
        following = np.searchsorted(places, notes["pitch"][held] * span + notes["end"][held], "left")
        known = np.minimum(following, len(places) - 1)
        same_pitch = (following < len(places)) & (onsets[0][known] == notes["pitch"][held])
        again = np.where(same_pitch, onsets[1][known], release)
        end[held] = np.maximum(end[held], np.minimum(release, again))
    return end


def unplayed(status, data):
    """Number of events that change the sound and that notes cannot hold, by kind, without those of no effect."""
    kind = status & 0xF0
    counts = {
        "pitch bends": int(((kind == 0xE0) & ((data[:, 0] != 0) | (data[:, 1] != BEND_CENTRE))).sum()),
        "changes of pressure": int((((kind == 0xA0) & (data[:, 1] > 0)) | ((kind == 0xD0) & (data[:, 0] > 0))).sum()),
    }
    numbers, values = data[kind == 0xB0].T
    for number in np.unique(numbers):
        if int(number) in CONTROLLERS:
            name, neutral = CONTROLLERS[int(number)]
            count = int((~np.isin(values[numbers == number], neutral)).sum())
            counts[name] = counts.get(name, 0) + count
    return {name: count for name, count in counts.items() if count}
