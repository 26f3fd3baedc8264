"""A sampled instrument: recordings, each for a range of keys and velocities."""

import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MAX_NAME = 19  # characters in a SoundFont
MIN_LOOP = 32  # samples in a SoundFont


@dataclass(frozen=True, eq=False)
class Zone:
    """A recording and the notes that play it.

    Attributes:
        samples: float32 `[samples, channels]` in [−1, 1], of one or two channels; begins with the onset.
        keys: Lowest and highest MIDI pitch.
        root: MIDI pitch at which it sounds as recorded, others transpose it; `None` if none does.
        velocities: Lowest and highest MIDI velocity.
        loop: First sample of the part that repeats while the note is held, and the sample after its last; `None` for a
            recording that ends by itself.
        decay_db: Decibels per second by which the note falls from the first sample of the loop on.
        cut_group: Zones of one group, a number above 0, cut each other off; 0 for none.

    Raises:
        ValueError: If a range leaves 0 to 127, or a loop the recording.
    """

    samples: np.ndarray
    keys: tuple[int, int]
    root: int | None = None
    velocities: tuple[int, int] = (1, 127)
    loop: tuple[int, int] | None = None
    decay_db: float = 0.0
    cut_group: int = 0

    def __post_init__(self):
        for name, (low, high) in (("keys", self.keys), ("velocities", self.velocities)):
            if not 0 <= low <= high <= 127:
                raise ValueError(f"`{name}` of a zone must be a range in 0 to 127. Received: {name}={(low, high)}")
        if self.samples.ndim != 2 or self.samples.shape[1] not in (1, 2) or not len(self.samples):
            raise ValueError(
                "`samples` of a zone must have the shape [samples, channels], with one or two channels. "
                f"Received: shape {self.samples.shape}"
            )
        if self.loop is not None:
            start, stop = self.loop
            if not 0 <= start <= stop - MIN_LOOP <= len(self.samples) - MIN_LOOP:
                raise ValueError(
                    f"`loop` of a zone must hold at least {MIN_LOOP} of its {len(self.samples)} samples. "
                    f"Received: loop={self.loop}"
                )


@dataclass(frozen=True, eq=False)
class Instrument:
    """Zones that are played as one instrument.

    Attributes:
        name: Its name.
        zones: The zones.
        release_seconds: Time in which a note falls by 60 dB after its end; `None` if recordings always play to their
            end, as those of drums.
        is_drums: Whether keys stand for the drums of General MIDI.
    """

    name: str
    zones: tuple[Zone, ...]
    release_seconds: float | None = 0.3
    is_drums: bool = False


def ranges_around(points: Sequence[int], low: int, high: int) -> list[tuple[int, int]]:
    """Ranges from `low` to `high` without a gap, one around each point, that meet halfway between points.

    Args:
        points: Whole numbers in ascending order.
        low: First number of the first range.
        high: Last number of the last range.

    Example:
        >>> ranges_around([60, 62, 66], 48, 78)
        [(48, 61), (62, 64), (65, 78)]
    """
    lasts = [(left + right) // 2 for left, right in itertools.pairwise(points)]
    return list(zip([low, *(last + 1 for last in lasts)], [*lasts, high], strict=True))


def unique_names(names: Sequence[str], longest: int = MAX_NAME) -> list[str]:
    """Names as different ones of at most `longest` printable ASCII characters.

    Example:
        >>> unique_names(["Flöte", "Flote", "A very long name of a sound"])
        ['Flote', 'Flote 2', 'A very long name of']
    """
    taken: dict[str, None] = {}  # in order, and found at once
    counts: dict[str, int] = {}
    for name in names:
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        plain = "".join(filter(str.isprintable, plain))[:longest].strip() or "sound"
        unique = plain
        while unique in taken:
            counts[plain] = counts.get(plain, 1) + 1
            end = f" {counts[plain]}"
            unique = plain[: longest - len(end)].strip() + end
        taken[unique] = None
    return list(taken)
