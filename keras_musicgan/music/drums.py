"""The drums of General MIDI, and the sounds of a kit that are nearest to them."""

import re
from collections.abc import Sequence

import numpy as np

FIRST_DRUM = 35
# General MIDI Level 1 percussion key map (MIDI Manufacturers Association, 1991), pitches 35 to 81.
DRUM_NAMES = (
    *("Acoustic Bass Drum", "Bass Drum 1", "Side Stick", "Acoustic Snare", "Hand Clap", "Electric Snare"),
    *("Low Floor Tom", "Closed Hi-Hat", "High Floor Tom", "Pedal Hi-Hat", "Low Tom", "Open Hi-Hat", "Low-Mid Tom"),
    *("Hi-Mid Tom", "Crash Cymbal 1", "High Tom", "Ride Cymbal 1", "Chinese Cymbal", "Ride Bell", "Tambourine"),
    *("Splash Cymbal", "Cowbell", "Crash Cymbal 2", "Vibraslap", "Ride Cymbal 2", "Hi Bongo", "Low Bongo"),
    *("Mute Hi Conga", "Open Hi Conga", "Low Conga", "High Timbale", "Low Timbale", "High Agogo", "Low Agogo"),
    *("Cabasa", "Maracas", "Short Whistle", "Long Whistle", "Short Guiro", "Long Guiro", "Claves"),
    *("Hi Wood Block", "Low Wood Block", "Mute Cuica", "Open Cuica", "Mute Triangle", "Open Triangle"),
)
# Words of names by kind, as regular expressions; the first kind that matches counts.
KINDS = {
    "kick": "kick ?(drum)?|bass ?drum|bd",
    "rim": "rim ?(shot)?|side ?stick|cross ?stick|rs",
    "snare": "snare ?(drum)?|sd|sn",
    "clap": "(hand ?)?clap|cp",
    "hihat": "((hi|high|open|closed?|pedal) ?)?hat|hh|[co]hh?",
    "tom": "((low|hi|high|mid|floor) ?)?tom|[lmh]t",
    "cymbal": "((crash|ride|splash|china) ?)?cymbal|crash|ride|splash|china|chinese|cy",
    "tambourine": "tambourine|tamb",
    "cowbell": "cow ?bell|cb",
    "vibraslap": "vibra ?slap",
    "bongo": "bongo",
    "conga": "conga",
    "timbale": "timbale",
    "agogo": "agogo",
    "shaker": "shaker|cabasa|maraca|ma",
    "whistle": "whistle",
    "guiro": "guiro",
    "clave": "clave|cl",
    "woodblock": "wood ?block",
    "cuica": "cuica",
    "triangle": "triangle",
    "percussion": "percussion|perc",
}
VARIANTS = {
    "closed": "closed?|pedal|chh?|closed?hat",
    "open": "open|ohh?|openhat",
    "low": "low|lo|floor|lt|(low|floor)tom",
    "mid": "mid|mt|midtom",
    "high": "high|hi|ht|hightom",
    "crash": "crash|crashcymbal",
    "ride": "ride|ridecymbal",
    "splash": "splash|splashcymbal",
    "china": "china|chinese",
    "mute": "mute|muted",
    "short": "short",
    "long": "long",
}
_HANDS, _WOOD, _HISS = ("percussion", "tom"), ("percussion", "rim"), ("percussion", "hihat", "cymbal")
SUBSTITUTES = {  # for a kit without the kind, the nearest first
    "rim": ("clave", "woodblock", "snare"),
    "snare": ("rim", "clap"),
    "clap": ("snare",),
    "hihat": ("shaker", "cymbal"),
    "cymbal": ("hihat",),
    "tambourine": ("shaker", *_HISS),
    "cowbell": ("agogo", *_WOOD),
    "vibraslap": ("percussion",),
    "bongo": ("conga", "timbale", *_HANDS),
    "conga": ("bongo", "timbale", *_HANDS),
    "timbale": ("bongo", "conga", *_HANDS),
    "agogo": ("cowbell", *_WOOD),
    "shaker": ("tambourine", *_HISS),
    "whistle": ("percussion",),
    "guiro": ("percussion",),
    "clave": ("woodblock", *_WOOD),
    "woodblock": ("clave", *_WOOD),
    "cuica": ("percussion",),
    "triangle": ("percussion", "cymbal", "hihat"),
}
EXCLUSIVE = ((42, 44, 46), (71, 72), (73, 74), (78, 79), (80, 81))  # drums of which each cuts off the others


def drum_name(pitch: int) -> str:
    """The name of a MIDI pitch on the channel of drums.

    Example:
        >>> drum_name(38), drum_name(20)
        ('Acoustic Snare', 'drum 20')
    """
    index = pitch - FIRST_DRUM
    return DRUM_NAMES[index] if 0 <= index < len(DRUM_NAMES) else f"drum {pitch}"


def drum_kind(name: str) -> str | None:
    """The kind of drum that a name stands for, a key of `KINDS`; `None` for other names.

    Example:
        >>> [drum_kind(name) for name in ("BD_808", "openHat", "Ride Bell", "flute")]
        ['kick', 'hihat', 'cymbal', None]
    """
    return next((kind for kind, words in KINDS.items() if _holds(name, words)), None)


def nearest_drums(names: Sequence[str]) -> dict[int, str]:
    """For each drum of General MIDI the nearest of a kit's names.

    A name of the same kind is taken, the one with the same variant (closed, low, crash …) if there is one; without any
    of the kind, one of a related kind.

    Args:
        names: Names of the kit's drums in any spelling.

    Returns:
        Dict from MIDI pitch to name, without the drums for which the kit has nothing; empty if no name is a drum's.

    Example:
        >>> drums = nearest_drums(["kick", "snare", "closed_hat", "open_hat"])
        >>> [drums.get(pitch) for pitch in (36, 39, 42, 46, 56)]
        ['kick', 'snare', 'closed_hat', 'open_hat', None]
    """
    of_kind: dict[str, list[str]] = {}
    for name in names:
        if kind := drum_kind(name):
            of_kind.setdefault(kind, []).append(name)
    nearest = {}
    for pitch, drum in enumerate(DRUM_NAMES, FIRST_DRUM):
        kind = drum_kind(drum) or ""
        for each in (kind, *SUBSTITUTES.get(kind, ())):
            if each in of_kind:
                nearest[pitch] = min(of_kind[each], key=lambda name: _distance(name, drum))
                break
    return nearest


def ringing_seconds(starts: np.ndarray, pitches: np.ndarray) -> np.ndarray:
    """How long each drum rings until one of its exclusive group cuts it off, as a closing hi-hat does the open one.

    Args:
        starts: Onsets in seconds, `[n]`.
        pitches: MIDI pitches, `[n]`.

    Returns:
        Seconds, float64 `[n]`; infinite where nothing cuts the sound off.

    Example:
        >>> ringing_seconds(np.array([0.0, 0.25, 1.0]), np.array([46, 42, 36])).tolist()
        [0.25, inf, inf]
    """
    seconds = np.full(len(starts), np.inf)
    for group in EXCLUSIVE:
        (members,) = np.nonzero(np.isin(pitches, group))
        later = np.append(np.unique(starts[members]), np.inf)
        seconds[members] = later[np.searchsorted(later, starts[members], "right")] - starts[members]
    return seconds


def _distance(name, drum):
    """Variants that only the drum has, then those that only the name has."""
    own, wanted = ({variant for variant, words in VARIANTS.items() if _holds(each, words)} for each in (name, drum))
    return len(wanted - own), len(own - wanted)


def _holds(name, words):
    """Whether a name holds one of the words, in the singular or the plural, with any signs between words."""
    apart = re.sub("([a-z])([A-Z])", r"\1 \2", name)
    apart = re.sub("[^a-z]+", " ", apart.lower())
    return re.search(rf"\b({words})(s|es)?\b", apart) is not None
