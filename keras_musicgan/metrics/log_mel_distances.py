"""Statistics and distances of clips' log-mel spectrograms."""

import numpy as np

from keras_musicgan.spectra.log_mel import CLIPS_AT_A_TIME, FLOOR_DB, check_clips, log_mel_spectrograms


def log_mel_statistics(clips: np.ndarray, sample_rate: int, n_mels: int = 64) -> np.ndarray:
    """Mean and standard deviation over time of each log-mel band: an embedding of timbre for `frechet_distance`.

    Args:
        clips: Floating-point `[n, samples, channels]`, full scale ±1.
        sample_rate: Rate in Hz.
        n_mels: Bands.

    Returns:
        float32 `[n, 2 * n_mels]` in dB: the means, at least −80, then the standard deviations, at least 0.

    Raises:
        ValueError: As `log_mel_spectrograms` does.

    Example:
        >>> log_mel_statistics(np.zeros((1, 8000, 1)), 8000, n_mels=2).tolist()
        [[-80.0, -80.0, 0.0, 0.0]]
    """
    spectrograms = log_mel_spectrograms(clips, sample_rate, n_mels)
    return np.concatenate([spectrograms.mean(axis=1), spectrograms.std(axis=1)], axis=1)


def nearest_distances(
    clips_a: np.ndarray, clips_b: np.ndarray, sample_rate: int, n_mels: int = 64
) -> tuple[np.ndarray, np.ndarray]:
    """Distance from each clip of one set to the nearest clip of another: 0 for a copy.

    The distance of two clips is the root mean square difference of their log-mel spectrograms in dB. It ignores
    polarity and small shifts in time; clips that differ only in level are as far apart as their levels.

    Args:
        clips_a: Floating-point `[n, samples, channels]`, full scale ±1, such as generated clips.
        clips_b: The same for `[m, samples, channels]` of the same length, such as training clips.
        sample_rate: Rate of both in Hz.
        n_mels: Bands.

    Returns:
        Distances float64 `[n]` in dB, and the index in `clips_b` of the nearest clip, int `[n]`.

    Raises:
        ValueError: As `log_mel_spectrograms` does, or if the lengths differ.

    Example:
        >>> clips = np.random.default_rng(0).uniform(-1, 1, (3, 8000, 1))
        >>> distances, nearest = nearest_distances(clips[[2]], clips, 8000)
        >>> distances.tolist(), nearest.tolist()
        ([0.0], [2])
    """
    clips_a, clips_b = check_clips("clips_a", clips_a), check_clips("clips_b", clips_b)
    if clips_a.shape[1] != clips_b.shape[1]:
        raise ValueError(
            "Both sets of clips must have the same length. Received: "
            f"clips_a with {clips_a.shape[1]} samples and clips_b with {clips_b.shape[1]}"
        )
    a = _above_floor(clips_a, sample_rate, n_mels)
    b = _above_floor(clips_b, sample_rate, n_mels)
    squares_b = np.einsum("nd,nd->n", b, b, dtype="float64")
    nearest = np.concatenate(
        [
            np.argmin(squares_b - 2.0 * (a[first : first + CLIPS_AT_A_TIME] @ b.T).astype("float64"), axis=1)
            for first in range(0, len(a), CLIPS_AT_A_TIME)
        ]
    )
    return np.array([_root_mean_square(one - b[index]) for one, index in zip(a, nearest, strict=True)]), nearest


def pairwise_distances(clips: np.ndarray, sample_rate: int, n_mels: int = 64) -> np.ndarray:
    """Distances of all pairs of clips of a set, in dB as in `nearest_distances`.

    Args:
        clips: Floating-point `[n, samples, channels]`, full scale ±1.
        sample_rate: Rate in Hz.
        n_mels: Bands.

    Returns:
        float64 `[n, n]`, symmetric, with zeros on the diagonal.

    Raises:
        ValueError: As `log_mel_spectrograms` does.
    """
    spectrograms = _above_floor(check_clips("clips", clips), sample_rate, n_mels)
    distances = np.zeros((len(spectrograms), len(spectrograms)))
    for index, one in enumerate(spectrograms):
        distances[index, index + 1 :] = _root_mean_square(spectrograms[index + 1 :] - one)
    return distances + distances.T


def mean_pairwise_distance(clips: np.ndarray, sample_rate: int, n_mels: int = 64) -> float:
    """Mean distance of two clips of a set, in dB as in `nearest_distances`: 0 where all are equal.

    Args:
        clips: Floating-point `[n, samples, channels]`, n at least 2, full scale ±1.
        sample_rate: Rate in Hz.
        n_mels: Bands.

    Raises:
        ValueError: As `log_mel_spectrograms` does, or if there are fewer than two clips.

    Example:
        >>> mean_pairwise_distance(np.zeros((3, 8000, 1)), 8000)
        0.0
    """
    distances = pairwise_distances(clips, sample_rate, n_mels)
    if len(distances) < 2:
        raise ValueError("`clips` must hold at least two clips, for a pair. Received: 1 clip")
    return float(distances[np.triu_indices(len(distances), k=1)].mean())


def _above_floor(clips, sample_rate, n_mels):
    """Log-mel spectrograms as rows `[n, frames * n_mels]` in dB above the floor."""
    return log_mel_spectrograms(clips, sample_rate, n_mels).reshape(len(clips), -1) - FLOOR_DB


def _root_mean_square(differences):
    return np.sqrt(np.square(differences, dtype="float64").mean(axis=-1))
