"""Labels of a piece of notes: tempo, metre and key as written; where no key is written, an estimate."""

from keras_musicgan.datasets.keys import estimate_key, respelled
from keras_musicgan.music.notes import Notes


def piece_labels(notes: Notes) -> dict[str, float | str]:
    """Labels of a piece, on which a model can be conditioned.

    Args:
        notes: A piece.

    Returns:
        Dict of `tempo` in beats per minute, with changes of tempo the mean over the piece's time; `metre` as `"4/4"`
        and `key` as `"D minor"` with a tonic of `keys.TONICS`, each the one in force for most beats; and `mode`,
        `"major"` or `"minor"`. Without a written key, key and mode are estimates.

    Example:
        >>> scale = Notes(start=range(8), duration=[1] * 8, pitch=[62, 64, 66, 67, 69, 71, 73, 74])
        >>> piece_labels(scale)
        {'tempo': 120.0, 'metre': '4/4', 'key': 'D major', 'mode': 'major'}
    """
    seconds = notes.seconds
    tempo = notes.length * 60 / seconds if notes.tempo_changes and seconds else notes.tempo
    metre = _most(notes, [(beat, f"{upper}/{lower}") for beat, upper, lower in notes.time_signatures]) or "4/4"
    written = _most(notes, notes.keys)
    key = respelled(written) if written else estimate_key(notes)
    return {"tempo": tempo, "metre": metre, "key": key, "mode": key.split(" ")[1]}


def _most(notes, values):
    """The value of (beat, value) in force for most beats of the piece, the first of equals; `None` without values."""
    if not values:
        return None
    beats: dict[str, float] = {}
    ends = [beat for beat, _ in values[1:]] + [notes.length]
    for (begin, value), end in zip(values, ends, strict=True):
        beats[value] = beats.get(value, 0.0) + max(min(end, notes.length) - begin, 0.0)
    return max(beats, key=beats.__getitem__)
