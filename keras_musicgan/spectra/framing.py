"""Overlapping frames of clips, and their sum: static shapes for any batch."""

import functools
from dataclasses import dataclass

import numpy as np
from keras import ops

from keras_musicgan.spectra.windows import window
from keras_musicgan.utils.checks import check_positive_int

MIN_SUMSQUARE = 1e-3  # relative to the largest; the inverse would amplify errors where the sum is smaller


@dataclass(frozen=True)
class Framing:
    """Windowed frames of clips of one length.

    Frame `t` is centred on sample `t * hop_length + hop_length / 2`: zeros before and after the clip make each hop
    the middle of one frame. The second half of a frame comes first, so that phases refer to its centre. All bins that
    a partial fills then have the same phase; relative to the first sample, it would change by π from bin to bin.

    Args:
        length: Samples in a clip.
        n_fft: Samples in a frame, even.
        hop_length: Samples from one frame to the next.
        window: Name of the window, one of `windows.WINDOWS`.

    Raises:
        ValueError: If a number is out of range, the window is unknown, or a sample lies under no window.

    Example:
        >>> framing = Framing(length=16384, n_fft=512, hop_length=256)
        >>> framing.n_frames, framing.n_bins
        (64, 257)
    """

    length: int
    n_fft: int
    hop_length: int
    window: str = "hann"

    def __post_init__(self):
        for name in ("length", "n_fft", "hop_length"):
            check_positive_int(name, getattr(self, name))
        if self.n_fft % 2 or self.n_fft < 4:
            raise ValueError(f"`n_fft` must be an even number of at least 4. Received: n_fft={self.n_fft}")
        if self.n_fft > self.length:
            raise ValueError(
                f"`n_fft` must not exceed the {self.length} samples of a clip. Received: n_fft={self.n_fft}. "
                "Take a smaller one or longer clips."
            )
        if self.hop_length > self.n_fft:
            raise ValueError(
                f"`hop_length` must not exceed n_fft={self.n_fft}, or samples between frames would be lost. "
                f"Received: hop_length={self.hop_length}"
            )
        sumsquare = self.window_sumsquare
        if sumsquare.min() < MIN_SUMSQUARE * sumsquare.max():
            raise ValueError(
                f"`hop_length` must make {self.window!r} windows of n_fft={self.n_fft} samples overlap. Received: "
                f"hop_length={self.hop_length}. Take {self.n_fft // 2} or less."
            )

    @property
    def n_frames(self) -> int:
        """Frames of a clip, one for each hop or part of one."""
        return -(-self.length // self.hop_length)

    @property
    def n_bins(self) -> int:
        """Bins of a spectrum, from 0 Hz to half the sample rate."""
        return self.n_fft // 2 + 1

    @property
    def pad_left(self) -> int:
        """Zeros before the clip."""
        return (self.n_fft - self.hop_length) // 2

    @property
    def n_hops(self) -> int:
        """Hops from the beginning of the first frame to the end of the last one."""
        return self.n_frames - 1 + -(-self.n_fft // self.hop_length)

    @property
    def pad_right(self) -> int:
        """Zeros after the clip, which complete the last hop."""
        return self.n_hops * self.hop_length - self.pad_left - self.length

    @property
    def rolled_window(self) -> np.ndarray:
        """The window, float64 `[n_fft]`, second half first."""
        return np.roll(window(self.window, self.n_fft), self.n_fft // 2)

    @property
    def window_sumsquare(self) -> np.ndarray:
        """Sum of the squared windows at each sample of the clip, float64 `[length]`; the inverse divides by it."""
        return _window_sumsquare(self)

    @property
    def segments(self) -> list[tuple[int, int, int]]:
        """Segments of a frame, each within one hop, in order: index of the hop, first sample in it, last + 1."""
        half = self.n_fft // 2
        ends = sorted({*range(self.hop_length, self.n_fft, self.hop_length), half, self.n_fft})
        parts = []
        for begin, end in zip([0, *ends[:-1]], ends, strict=True):
            hop, first = divmod(begin, self.hop_length)
            parts.append((hop, first, first + end - begin))
        middle = ends.index(half) + 1
        return parts[middle:] + parts[:middle]


@functools.lru_cache(maxsize=32)
def _window_sumsquare(framing):
    weights = np.broadcast_to(framing.rolled_window**2, (1, framing.n_frames, framing.n_fft))
    sumsquare = host_overlap_add(weights, framing)[0]
    sumsquare.flags.writeable = False
    return sumsquare


def frames(clips, framing: Framing):
    """Frames of clips without the window, as a tensor: `[n, length]` to `[n, n_frames, n_fft]`."""
    hops = ops.pad(clips, ((0, 0), (framing.pad_left, framing.pad_right)))
    hops = ops.reshape(hops, (-1, framing.n_hops, framing.hop_length))
    parts = [hops[:, hop : hop + framing.n_frames, first:last] for hop, first, last in framing.segments]
    return ops.concatenate(parts, axis=-1)


def overlap_add(frames, framing: Framing):
    """The sum of frames, as a tensor: `[n, n_frames, n_fft]` to `[n, length]`."""
    hops, begin = 0.0, 0
    for hop, first, last in framing.segments:
        end = begin + last - first
        margins = ((0, 0), (hop, framing.n_hops - framing.n_frames - hop), (first, framing.hop_length - last))
        hops, begin = hops + ops.pad(frames[:, :, begin:end], margins), end
    clips = ops.reshape(hops, (-1, framing.n_hops * framing.hop_length))
    return clips[:, framing.pad_left : framing.pad_left + framing.length]


def host_frames(clips: np.ndarray, framing: Framing, rolled_window: np.ndarray) -> np.ndarray:
    """As `frames`, on the host, multiplied by a window with its second half first; float32."""
    padded = np.pad(clips, ((0, 0), (framing.pad_left, framing.pad_right)))
    views = sliding_frames(padded, framing.n_fft, framing.hop_length)[:, : framing.n_frames]
    half = framing.n_fft // 2
    frames = np.empty(views.shape, "float32")
    np.multiply(views[..., half:], rolled_window[:half], out=frames[..., :half])
    np.multiply(views[..., :half], rolled_window[half:], out=frames[..., half:])
    return frames


def host_overlap_add(frames: np.ndarray, framing: Framing) -> np.ndarray:
    """As `overlap_add`, on the host."""
    hops, begin = np.zeros((len(frames), framing.n_hops, framing.hop_length), frames.dtype), 0
    for hop, first, last in framing.segments:
        end = begin + last - first
        hops[:, hop : hop + framing.n_frames, first:last] += frames[:, :, begin:end]
        begin = end
    return hops.reshape(len(frames), -1)[:, framing.pad_left : framing.pad_left + framing.length]


def sliding_frames(samples: np.ndarray, frame_length: int, hop_length: int) -> np.ndarray:
    """Frames wholly inside clips `[..., samples]`, as a view `[..., frames, frame_length]`."""
    return np.lib.stride_tricks.sliding_window_view(samples, frame_length, axis=-1)[..., ::hop_length, :]
