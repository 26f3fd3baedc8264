"""How evenly the pitches that are heard spread."""

import numpy as np


def pitch_entropy(heard: np.ndarray) -> float:
    """Entropy in bits of the pitches heard in a set of clips, to the nearest semitone.

    Clips without a pitch count as one more: a set of noise has 0 bits. Compare with the value of equally many real
    clips; that of a small set is too low, and noise among pitches raises it as one more note does.

    Args:
        heard: MIDI numbers `[n]`, n at least 2, NaN where none is heard, such as `estimate_pitch` gives.

    Returns:
        Bits in [0, log₂ n]: 0 where all clips have the same pitch.

    Raises:
        ValueError: If the array has another shape or fewer than two pitches, or infinity.

    Example:
        >>> pitch_entropy([60.1, 59.8, 72.0, np.nan])
        1.5

    Reference: GANSynth: Adversarial neural audio synthesis (Engel et al., 2019).
    """
    heard = np.asarray(heard, "float64")
    if heard.ndim != 1 or len(heard) < 2:
        raise ValueError(f"`heard` must have the shape [n] with n at least 2. Received: shape {heard.shape}")
    if np.isinf(heard).any():
        raise ValueError("`heard` must be MIDI numbers, or NaN where no pitch is heard. Received: infinity")
    _, counts = np.unique(np.round(heard), return_counts=True)
    shares = counts / len(heard)
    return float(abs((shares * np.log2(shares)).sum()))
