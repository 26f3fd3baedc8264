"""Where a recorded sound begins."""

import functools

import numpy as np

from keras_musicgan.music.audio.arrays import mono

BEFORE_SECONDS = 0.5  # of the search, counted from where the sound first comes within 20 dB of its peak
AFTER_SECONDS = 1.0
HOP_SECONDS = 0.005
WINDOW_SECONDS = 0.02
LAG = 2  # hops over which the level of a band must rise
N_MELS = 40
RANGE_DB = 30.0  # softer than this below the loudest moment, a band counts as silent
STRENGTH = 0.5  # of an onset, as a share of the greatest
ATTACK_DB = 20.0  # the attack begins this far below the level that it leads to
ATTACK_SECONDS = 0.03  # from the onset by its strength to that level, or back
ENVELOPE_SECONDS = 0.005


def find_onset(samples: np.ndarray, sample_rate: int) -> int:
    """The first sample of a sound, behind silence, noise and breath that precede it.

    It is where the spectrum first rises about as strongly as it ever does, in the mean over 40 mel bands, traced back
    to where that attack begins, 20 dB below the level that it leads to. The search spans 1.5 s around the place where
    the sound first comes within 20 dB of its peak.

    Args:
        samples: Floating-point `[samples, channels]`, not empty.
        sample_rate: Rate in Hz.

    Returns:
        Index of the sample, with an error of about 5 ms; 0 for silence.

    Example:
        >>> silence, click = np.zeros((4000, 1)), np.exp(-np.arange(4000) / 500)[:, None]
        >>> abs(find_onset(np.concatenate([silence, click]), 16_000) - 4000) <= 80
        True

    Reference: A tutorial on onset detection in music signals (Bello et al., 2005); the strength is librosa's spectral
    flux (Böck and Widmer, 2013).
    """
    import librosa

    line = mono(samples).astype("float32")
    level, hop = _envelope(line, sample_rate)
    if not level.max() > 0:
        return 0
    loud = hop * int(np.argmax(level >= level.max() * 10 ** (-ATTACK_DB / 20)))
    first = max(loud - round(BEFORE_SECONDS * sample_rate), 0)
    line = line[first : loud + round(AFTER_SECONDS * sample_rate)]
    level, hop = _envelope(line, sample_rate)

    flux_hop = max(round(HOP_SECONDS * sample_rate), 1)
    n_fft = 2 ** int(np.ceil(np.log2(max(WINDOW_SECONDS * sample_rate, 2))))
    sound = np.concatenate([np.zeros(n_fft, "float32"), line / np.abs(line).max()])  # as if silence came first
    power = np.abs(librosa.stft(sound, n_fft=n_fft, hop_length=flux_hop)) ** 2
    decibels = librosa.power_to_db(_mel_filters(sample_rate, n_fft) @ power, ref=np.max, top_db=RANGE_DB)
    strength = librosa.onset.onset_strength(S=decibels, sr=sample_rate, lag=LAG, center=False)
    place = int(np.argmax(strength >= STRENGTH * strength.max()))
    while place + 1 < len(strength) and strength[place + 1] > strength[place]:
        place += 1

    around = min(max(place * flux_hop - n_fft, 0) // hop, len(level) - 1)
    reach = round(ATTACK_SECONDS * sample_rate / hop)
    begin = max(around - reach, 0)
    top = begin + int(np.argmax(level[begin : around + reach + 1]))
    soft = np.flatnonzero(level[:top] < level[top] * 10 ** (-ATTACK_DB / 20))
    return first + (hop * int(soft[-1] + 1) if len(soft) else 0)


@functools.cache
def _mel_filters(sample_rate, n_fft):
    import librosa

    return librosa.filters.mel(sr=sample_rate, n_fft=n_fft, n_mels=max(min(N_MELS, n_fft // 8), 1))


def _envelope(line, sample_rate):
    """The root mean square of the 5 ms from every millisecond on, and the samples of a millisecond."""
    window, hop = (max(round(seconds * sample_rate), 1) for seconds in (ENVELOPE_SECONDS, 0.001))
    sums = np.concatenate([[0.0], np.cumsum(np.square(line, dtype="float64"))])
    starts = np.arange(0, len(line), hop)
    ends = np.minimum(starts + window, len(line))
    return np.sqrt(np.maximum(sums[ends] - sums[starts], 0) / (ends - starts)), hop
