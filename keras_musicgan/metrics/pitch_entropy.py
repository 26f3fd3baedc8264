"""The entropy of the pitches in a set of clips."""

import numpy as np

from keras_musicgan.utils.deprecation import renamed_arguments


@renamed_arguments(heard="pitch")
def pitch_entropy(pitch: np.ndarray) -> float:
    """Entropy in bits of the pitches of a set of clips, to the nearest semitone: how evenly they spread.

    Clips without a pitch count as one more pitch: a set of noise has 0 bits, and noise among notes raises the entropy
    as another note does. Compare with equally many real clips; small sets have too low an entropy.

    Args:
        pitch: MIDI numbers `[n]`, n at least 2, NaN for clips without a pitch, as `estimate_pitch` returns them.

    Returns:
        Bits in [0, log₂ n]: 0 where all clips have the same pitch.

    Raises:
        ValueError: If the array has another shape, fewer than two pitches, or infinity.

    Example:
        >>> pitch_entropy([60.1, 59.8, 72.0, np.nan])
        1.5

    Reference: GANSynth: Adversarial neural audio synthesis (Engel et al., 2019).
    """
    pitch = np.asarray(pitch, "float64")
    if pitch.ndim != 1 or len(pitch) < 2:
        raise ValueError(f"`pitch` must have the shape [n] with n at least 2. Received: shape {pitch.shape}")
    if np.isinf(pitch).any():
        raise ValueError("`pitch` must be MIDI numbers, or NaN for clips without a pitch. Received: infinity")
    _, counts = np.unique(np.round(pitch), return_counts=True)
    shares = counts / len(pitch)
    return float(abs((shares * np.log2(shares)).sum()))
