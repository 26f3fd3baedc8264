"""VGGish's front end: from samples at 16 kHz to log-mel examples.

Reference: CNN architectures for large-scale audio classification (Hershey et al., 2017).
"""

import numpy as np

from keras_musicgan.spectra.framing import sliding_frames
from keras_musicgan.spectra.windows import window

SAMPLE_RATE = 16000
WINDOW = 400  # samples: 25 ms
HOP = 160  # samples: 10 ms
N_FFT = 512
N_MELS = 64
LOWEST_HZ = 125.0
HIGHEST_HZ = 7500.0
OFFSET = 0.01  # added before the logarithm
EXAMPLE_FRAMES = 96
EXAMPLE_SAMPLES = WINDOW + (EXAMPLE_FRAMES - 1) * HOP
CLIPS_AT_A_TIME = 16  # bounds the memory that complex spectra take


def log_mel_examples(samples: np.ndarray, hop_frames: int = EXAMPLE_FRAMES) -> np.ndarray:
    """Examples of 96 frames, 10 ms apart, of 64 log-mel bands between 125 and 7,500 Hz.

    Frames are windows of 25 ms; frames and examples lie wholly inside the clip. A clip of fewer than 15,600 samples is
    filled up with zeros to one example, where the published program omits it.

    Args:
        samples: Floating-point `[n, samples]` at 16 kHz, full scale ±1.
        hop_frames: Frames from one example to the next.

    Returns:
        float32 `[n, examples, 96, 64]`, natural logarithms, at least log(0.01).

    Example:
        >>> examples = log_mel_examples(np.zeros((1, 32000)))
        >>> examples.shape, round(float(examples.max()), 3)
        ((1, 2, 96, 64), -4.605)
    """
    samples = np.asarray(samples, "float64")
    samples = np.pad(samples, ((0, 0), (0, max(EXAMPLE_SAMPLES - samples.shape[1], 0))))
    batches = [samples[first : first + CLIPS_AT_A_TIME] for first in range(0, len(samples), CLIPS_AT_A_TIME)]
    spectrograms = np.concatenate([_log_mel(batch) for batch in batches])
    starts = range(0, spectrograms.shape[1] - EXAMPLE_FRAMES + 1, hop_frames)
    return np.stack([spectrograms[:, start : start + EXAMPLE_FRAMES] for start in starts], axis=1)


def mel_matrix() -> np.ndarray:
    """Weights float64 `[257, 64]` from magnitudes to bands: triangles that are straight in mel, not in Hz."""
    bins = _mel(np.linspace(0.0, SAMPLE_RATE / 2, N_FFT // 2 + 1))[:, None]
    edges = np.linspace(_mel(LOWEST_HZ), _mel(HIGHEST_HZ), N_MELS + 2)
    below, centre, above = edges[:-2], edges[1:-1], edges[2:]
    matrix = np.maximum(0.0, np.minimum((bins - below) / (centre - below), (above - bins) / (above - centre)))
    matrix[0] = 0.0  # the offset of the samples does not count
    return matrix


def _mel(hz):
    return 1127.0 * np.log(1.0 + hz / 700.0)


def _log_mel(samples):
    """`[n, frames, 64]` of `[n, samples]`."""
    frames = sliding_frames(samples, WINDOW, HOP) * window("hann", WINDOW)
    magnitudes = np.abs(np.fft.rfft(frames, N_FFT))
    return np.log(magnitudes @ mel_matrix() + OFFSET).astype("float32")
