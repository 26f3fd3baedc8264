"""Conditions that fit the labels of files."""

from collections.abc import Iterable, Mapping

from keras_musicgan.conditions.conditions import may_name_a_condition
from keras_musicgan.conditions.pitch import Pitch

MAX_NAMES = 64  # of a label; one with more names the files, not their kind


def conditions_from_labels(labels: Iterable[Mapping[str, str]]) -> list[tuple[str, dict]]:
    """The conditions that labels can be given to, as pairs that `MusicGAN` takes.

    `pitch` becomes a `Pitch` from the lowest to the highest; every other label with 2 to 64 names a `Label` of these,
    if it may name a condition.
    Files whose pitch cannot be read count for nothing: a dataset of a model with this condition leaves them out.

    Args:
        labels: A dict from label to value for each file.

    Raises:
        ValueError: If there are pitches, and none can be read.

    Example:
        >>> conditions_from_labels([{"kind": "flute", "pitch": "C4"}, {"kind": "oboe", "pitch": "69"}])
        [('label', {'names': ['flute', 'oboe'], 'name': 'kind'}), ('pitch', {'low': 60, 'high': 69})]
    """
    labels = list(labels)
    pitches = [_pitch(each) for each in labels]
    readable = [each for each, pitch in zip(labels, pitches, strict=True) if "pitch" not in each or pitch is not None]
    if labels and not readable:
        examples = ", ".join(repr(each["pitch"]) for each in labels[:3])
        raise ValueError(
            "The label `pitch` must be a MIDI pitch such as 60 or a note name such as F#3, in some file at least. "
            f"Received: {examples}. Change the pattern or the table of labels, or give this label another name."
        )
    values: dict[str, set[str]] = {}
    for each in readable:
        for name, value in each.items():
            values.setdefault(name, set()).add(value)
    result: list[tuple[str, dict]] = []
    for name, names in values.items():
        if name == "pitch":
            known = [pitch for pitch in pitches if pitch is not None]
            result.append(("pitch", {"low": min(known), "high": max(known)}))
        elif 1 < len(names) <= MAX_NAMES and may_name_a_condition(name):
            result.append(("label", {"names": sorted(names), "name": name}))
    return result


def _pitch(labels):
    """The MIDI pitch of a file's labels; `None` if there is none or it cannot be read."""
    try:
        return int(Pitch(0, 127).number(labels["pitch"])) if "pitch" in labels else None
    except ValueError:
        return None
