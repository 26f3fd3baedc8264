"""The moment of a generated sound that is heard as its beginning, and belongs on the beat."""

import numpy as np

FRAME_SECONDS = 0.005


def attack_sample(clip: np.ndarray, sample_rate: int) -> int:
    """The first sample of the moment at which a clip reaches half of its highest level; 0 for silence.

    A slow attack is heard to begin there, later than where the sound sets in (`audio.find_onset`).

    Args:
        clip: `[samples, channels]`.
        sample_rate: Rate in Hz.

    Example:
        >>> attack_sample(np.concatenate([np.zeros((800, 1)), np.ones((1600, 1))]), 8000)
        800
    """
    frame = max(round(FRAME_SECONDS * sample_rate), 1)
    power = np.square(clip, dtype="float64").mean(axis=1)
    power = np.append(power, np.zeros(-len(power) % frame)).reshape(-1, frame).mean(axis=1)
    return int(np.argmax(power >= 0.25 * power.max(initial=0.0))) * frame if len(power) else 0
