"""Audio and MIDI files as sound."""

from pathlib import Path

import numpy as np

from keras_musicgan.music import audio, midi
from keras_musicgan.music.synthesizer import render

MIDI_ENDINGS = (".mid", ".midi", ".kar")
RENDERED_RATE = 44_100


def read_pieces(*paths: str | Path) -> list[tuple[np.ndarray, int]]:
    """Reads audio files, and renders MIDI files with the synthesizer at the highest rate of the audio.

    Args:
        *paths: The files; those with an ending of `MIDI_ENDINGS` are MIDI.

    Returns:
        List of float32 `[samples, channels]` and sample rate in Hz; without audio, rendered at 44,100 Hz.

    Raises:
        FileNotFoundError: If a file does not exist.
        AudioError: If one is not whole audio.
        MidiError: If one is not whole MIDI.

    Example:
        >>> import tempfile
        >>> from keras_musicgan.music.notes import Notes
        >>> path = f"{tempfile.mkdtemp()}/tune.mid"
        >>> midi.write(path, Notes([0.0], [1.0], [60], tempo=60.0))
        >>> ((samples, rate),) = read_pieces(path)
        >>> samples.shape[1], rate
        (1, 44100)
    """
    found = {path: audio.read(path) for path in paths if not is_midi(path)}
    rate = max((rate for _, rate in found.values()), default=RENDERED_RATE)
    for path in paths:
        if path not in found:
            found[path] = render(midi.read(path), rate), rate
    return [found[path] for path in paths]


def is_midi(path: str | Path) -> bool:
    """Whether a file is MIDI by its ending."""
    return Path(path).suffix.lower() in MIDI_ENDINGS
