"""How loud a note is played, by its name: pianissimo to fortissimo, soft to loud, or the number of a velocity."""

import re
from collections.abc import Sequence

# MIDI velocities as notation programs play the signs; words as regular expressions.
VELOCITY_OF_WORDS = {
    "ppp|softest": 16,
    "pp|pianissimo|very ?soft": 33,
    "p|piano|soft|quiet": 49,
    "mp|mezzo ?piano": 64,
    "mf|mezzo ?forte|medium|mid|middle|normal": 80,
    "f|forte|loud|hard": 96,
    "ff|fortissimo|very ?(loud|hard)": 112,
    "fff|loudest|hardest": 126,
}
LOUDNESS_NAMES = "velocity|velocities|vel|dynamics?|loudness|intensity"  # of conditions


def is_loudness(name: str) -> bool:
    """Whether a condition's name says that it is the loudness of a note.

    Example:
        >>> [is_loudness(name) for name in ("velocity", "note_dynamics", "brightness")]
        [True, True, False]
    """
    return re.search(rf"(^|_)({LOUDNESS_NAMES})($|_)", name.lower()) is not None


def dynamics(names: Sequence[str], condition: str = "") -> dict[str, int] | None:
    """The MIDI velocity of each name, from the softest to the loudest, if all are names of a loudness.

    Args:
        names: Names of a label's values.
        condition: Name of the label; numbers stand for velocities only where it `is_loudness`.

    Returns:
        Dict from name to velocity in ascending order; `None` for other names, a single one, or two of one loudness.

    Example:
        >>> dynamics(["loud", "medium", "soft"])
        {'soft': 49, 'medium': 80, 'loud': 96}
        >>> dynamics(["025", "127"], "velocity"), dynamics(["025", "127"], "instrument")
        ({'025': 25, '127': 127}, None)
    """
    velocities = {name: _velocity(name, condition) for name in names}
    of_all = {name: velocity for name, velocity in velocities.items() if velocity is not None}
    if len(of_all) < max(len(names), 2) or len(set(of_all.values())) < len(of_all):
        return None
    return dict(sorted(of_all.items(), key=lambda pair: pair[1]))


def _velocity(name, condition):
    if name.isdecimal() and is_loudness(condition):
        return int(name) if 1 <= int(name) <= 127 else None
    words = re.sub("[^a-z]+", " ", name.lower()).strip()
    return next((velocity for each, velocity in VELOCITY_OF_WORDS.items() if re.fullmatch(each, words)), None)
