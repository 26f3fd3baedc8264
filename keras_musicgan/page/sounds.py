"""A clip as a page plays it: FLAC, its first sample to play, its level, and the loop that holds it."""

import base64
import io
from typing import Any

import numpy as np

from keras_musicgan.generation.attack import attack_sample
from keras_musicgan.generation.sustain import sounding_part, sustained_sound
from keras_musicgan.music.audio import SILENCE, resample, to_channels
from keras_musicgan.music.synthesizer import MIX_LEVEL

MIN_RATE, MAX_RATE = 8000, 96000  # Hz, of which every browser can be sure
LEAD_SECONDS = 0.01  # played before the attack: more would be heard as a slow keyboard
LONGEST_LEAD_SECONDS = 0.25  # before the attack; what begins earlier is music, no delay
SINE_RMS = 0.5**0.5  # of amplitude 1


def page_rate(sample_rate: int) -> int:
    """The rate in Hz at which a page plays clips of a rate: the same, or the nearest that every browser takes.

    Example:
        >>> page_rate(16000), page_rate(4000)
        (16000, 8000)
    """
    return min(max(sample_rate, MIN_RATE), MAX_RATE)


def sound_data(clip: np.ndarray, sample_rate: int, f0_hz: float | None = None) -> dict[str, Any]:
    """A clip as a dict that JSON can hold.

    Args:
        clip: float32 `[samples, channels]` in [−1, 1]; of several channels, a page plays the first two.
        sample_rate: Rate in Hz.
        f0_hz: Pitch in Hz of a note, which can be held; `None` for a sound that ends by itself.

    Returns:
        A dict of `flac`, the clip in base64, 16 bits at `page_rate(sample_rate)`; `length`, its samples, which the
        joint of the loop follows; `start`, the first sample to play; `gain`; and `loop`, a dict or `None`: the steady
        part from sample `first` to before `end` repeats once it has been played, at the level of its `end`: `n_joint`
        samples of the joint, then the clip's times exp(`growth` · samples to `end`). From there on the gain changes by
        `decay` from sample to sample.

    Example:
        >>> sine = np.sin(2 * np.pi * 440 * np.arange(8000) / 8000)[:, None]
        >>> sound = sound_data(sine, 8000, 440.0)
        >>> sound["length"], sound["start"], sound["loop"]["end"] <= 8000
        (8000, 0, True)
    """
    rate = page_rate(sample_rate)
    clip = resample(to_channels(clip, min(clip.shape[1], 2)), sample_rate, rate)
    samples = clip
    loop: dict[str, float] | None = None
    lead, _ = sounding_part(clip, rate)
    attack = attack_sample(clip, rate)
    start = max(lead, attack - round(LEAD_SECONDS * rate)) if attack - lead < LONGEST_LEAD_SECONDS * rate else lead
    peak = float(np.abs(clip).max(initial=0.0))
    gain = 2 * MIX_LEVEL / peak if peak > SILENCE else 1.0
    if f0_hz is not None and peak > SILENCE:
        held = sustained_sound(clip, rate, f0_hz)
        gain = MIX_LEVEL * SINE_RMS / held.loudness if held.loudness > SILENCE else gain
        if held.cycle is not None:
            end = held.lead + len(held.begin)
            samples = np.concatenate([clip, held.cycle[: held.n_joint]])
            loop = {"first": int(end - len(held.cycle)), "end": int(end), "n_joint": held.n_joint}
            loop.update(growth=held.growth, decay=held.decay)
            start = min(start, end - 1)
    return {
        "flac": _flac(samples, rate),
        "length": len(clip),
        "start": int(start),
        "gain": round(gain, 4),
        "loop": loop,
    }


def _flac(samples, rate):
    """The base64 of a FLAC file with 16 bits."""
    import soundfile

    numbers = np.rint(np.clip(samples, -1, 1) * 32767).astype("int16")
    buffer = io.BytesIO()
    soundfile.write(buffer, numbers, rate, format="FLAC", subtype="PCM_16", compression_level=1.0)
    return base64.b64encode(buffer.getvalue()).decode()
