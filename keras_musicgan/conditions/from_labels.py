"""Conditions that fit the labels of files."""

from collections.abc import Iterable, Mapping

from keras_musicgan.conditions.pitch import Pitch

MAX_NAMES = 64  # of a label; one with more names the files, not their kind


def conditions_from_labels(labels: Iterable[Mapping[str, str]]) -> list[tuple[str, dict]]:
    """The conditions that labels can be given to, as pairs that `MusicGAN` takes.

    `pitch` becomes a `Pitch` from the lowest to the highest; every other label with 2 to 64 names a `Label` of these.

    Args:
        labels: A dict from label to value for each file.

    Raises:
        ValueError: If a pitch cannot be read.

    Example:
        >>> conditions_from_labels([{"kind": "flute", "pitch": "C4"}, {"kind": "oboe", "pitch": "69"}])
        [('label', {'names': ['flute', 'oboe'], 'name': 'kind'}), ('pitch', {'low': 60, 'high': 69})]
    """
    values: dict[str, set[str]] = {}
    for each in labels:
        for name, value in each.items():
            values.setdefault(name, set()).add(value)
    result: list[tuple[str, dict]] = []
    for name, names in values.items():
        if name == "pitch":
            pitches = [int(Pitch(0, 127).number(each)) for each in names]
            result.append(("pitch", {"low": min(pitches), "high": max(pitches)}))
        elif 1 < len(names) <= MAX_NAMES:
            result.append(("label", {"names": sorted(names), "name": name}))
    return result
