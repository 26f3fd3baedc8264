"""What all spectrogram representations share: framing, layout, statistics of a dataset."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
from keras import ops

from keras_musicgan.processes import on_first
from keras_musicgan.representations.base import AudioRepresentation, batches_of_clips
from keras_musicgan.representations.waveform import clip_length
from keras_musicgan.spectra.framing import Framing
from keras_musicgan.spectra.log_mel import check_clips
from keras_musicgan.spectra.stft import host_stft, stft
from keras_musicgan.utils.deprecation import rename_members

CLIPS_AT_A_TIME = 8  # the arrays of a thread of `decode` stay in the processor's cache


class SpectrogramRepresentation(AudioRepresentation):
    """A representation of clips by their short-time spectra, `[batch, frames, bins, features]`.

    A subclass defines one or more components of a spectrum, such as magnitude and phase. The features are the first
    component of each channel, then the second of each, and so on. All computations are in float32, whatever the dtype.

    Args:
        duration: Least duration of a clip in seconds. The length is that of `Waveform`.
        sample_rate: Rate in Hz.
        channels: 1 for mono, 2 for stereo.
        length: Samples in a clip, instead of `duration`; any number.
        n_fft: Samples in a frame, even.
        hop_length: Samples from one frame to the next. The number of frames is `length / hop_length`, rounded up.
        window: `"hann"`, `"hamming"`, `"blackman"` or `"gaussian"`.
        n_bands: Bins of encoded clips; by default half of `n_fft`, without the bin at half the sample rate.

    Attributes:
        framing: `spectra.framing.Framing` of the clips.

    Raises:
        ValueError: If an option is unknown or out of range.
    """

    n_components: int

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        rename_members(cls, {"n_forms": "n_components", "forms": "components", "sizes": "magnitudes"})

    def __init__(
        self,
        duration: float = 1.0,
        sample_rate: int = 16000,
        channels: int = 1,
        length: int | None = None,
        n_fft: int = 512,
        hop_length: int = 256,
        window: str = "hann",
        *,
        n_bands: int | None = None,
        **kwargs,
    ):
        length = clip_length(duration, sample_rate) if length is None else length
        # Audio in half precision would have noise 50 dB below the signal.
        super().__init__(length=length, sample_rate=sample_rate, channels=channels, autocast=False, **kwargs)
        self.framing = Framing(length, n_fft, hop_length, window)
        self.n_fft = n_fft
        self.hop_length = hop_length
        self.window = window
        bands = n_fft // 2 if n_bands is None else n_bands
        self.encoded_shape = (self.framing.n_frames, bands, channels * self.n_components)
        self.add_adapted()

    def adapt(self, data: np.ndarray | keras.utils.PyDataset | Iterable) -> None:
        """Computes the statistics of a dataset, which replace earlier ones. They do not depend on the batch size.

        Args:
            data: Floating-point clips `[n, length, channels]`; or a `keras.utils.PyDataset` or another finite
                iterable whose items are batches of clips or tuples that begin with one.

        Raises:
            ValueError: If there are no clips, only silence, or clips of another shape or type, or not finite.
        """
        for name, values in on_first(lambda: self._statistics(data)).items():
            getattr(self, name).assign(np.asarray(values, "float32"))
        self.mark_adapted()

    def _statistics(self, data):
        """`measure` of checked clips."""
        count, peak = 0, 0.0

        def spectra() -> Iterator[np.ndarray]:
            nonlocal count, peak
            for clips in batches_of_clips(data):
                self.check_audio(clips)
                for clip in check_clips("data", np.asarray(ops.convert_to_numpy(clips), "float32")):
                    count, peak = count + 1, max(peak, float(np.abs(clip).max()))
                    yield host_stft(np.ascontiguousarray(clip.T), self.framing)

        statistics = self.measure(spectra())
        if not count:
            raise ValueError("`adapt` needs at least one clip. Received: data without any")
        if not peak:
            raise ValueError(
                f"`adapt` needs clips that sound. Received: {count} clip(s) of silence. Check their source."
            )
        return statistics

    def measure(self, spectra: Iterator[np.ndarray]) -> dict[str, np.ndarray | float]:
        """The statistics of a dataset, by the name of their attribute.

        Args:
            spectra: The spectrum of each clip, complex64 `[channels, frames, n_fft / 2 + 1]`; possibly none.
        """
        raise NotImplementedError

    def components(self, real, imaginary) -> list:
        """The components of spectra, each `[n, frames, bands]`, from two tensors `[n, frames, n_fft / 2 + 1]`."""
        raise NotImplementedError

    def audio(self, components: list):
        """Audio `[n, length]` from `components`, as a tensor."""
        raise NotImplementedError

    def magnitudes(self, components: list):
        """Magnitudes `[n, frames, n_fft / 2]` from `components`, relative to full scale, as a tensor."""
        raise NotImplementedError

    def host_audio(self, components: list[np.ndarray]) -> np.ndarray:
        """As `audio`, on the host."""
        raise NotImplementedError

    def call(self, x):
        """Spectrograms of clips: `[batch, length, channels]` to `[batch, *encoded_shape]`."""
        clips = ops.cast(self.check_audio(x), "float32")
        clips = ops.reshape(ops.transpose(clips, (0, 2, 1)), (-1, self.length))
        components = self.components(*stft(clips, self.framing))
        n_frames, n_bands, _ = self.encoded_shape
        features = [ops.reshape(each, (-1, self.channels, n_frames, n_bands)) for each in components]
        encoded = ops.transpose(ops.concatenate(features, axis=1), (0, 2, 3, 1))
        return ops.cast(encoded, self.compute_dtype)

    def waveform(self, encoded):
        """The audio of encoded clips, as a tensor; float32 `[batch, length, channels]` in [−1, 1]."""
        clips = self.audio(self._split(ops.cast(encoded, "float32"), ops))
        clips = ops.transpose(ops.reshape(clips, (-1, self.channels, self.length)), (0, 2, 1))
        return ops.clip(clips, -1.0, 1.0)

    def power(self, encoded):
        """The power of encoded clips, averaged over channels, as a tensor; float32 `[batch, frames, n_fft / 2]`.

        It is the power that an STFT of their audio has if magnitudes and phases are consistent. It needs no phases,
        so that its gradients lead back to a clip.
        """
        magnitudes = self.magnitudes(self._split(ops.cast(encoded, "float32"), ops))
        return ops.mean(ops.square(ops.reshape(magnitudes, (-1, self.channels, *magnitudes.shape[1:]))), axis=1)

    def _split(self, encoded, xp):
        """The components of encoded clips, each `[n, frames, bands]`."""
        n_frames, n_bands, n_features = self.encoded_shape
        encoded = xp.transpose(encoded, (0, 3, 1, 2))
        return [
            xp.reshape(encoded[:, first : first + self.channels], (-1, n_frames, n_bands))
            for first in range(0, n_features, self.channels)
        ]

    def decode(self, encoded: np.ndarray) -> np.ndarray:
        """The audio of encoded clips, float32 `[n, length, channels]` in [−1, 1]."""
        encoded = np.asarray(encoded, "float32")
        if encoded.shape[1:] != self.encoded_shape:
            raise ValueError(
                f"Encoded clips must have the shape [n, {', '.join(map(str, self.encoded_shape))}] (frames, bins, "
                f"features). Received: shape {encoded.shape}"
            )
        audio = np.empty((len(encoded), self.length, self.channels), "float32")

        def decode_batch(first):
            batch = slice(first, first + CLIPS_AT_A_TIME)
            clips = self.host_audio(self._split(encoded[batch], np)).reshape(-1, self.channels, self.length)
            np.clip(np.moveaxis(clips, 1, 2), -1.0, 1.0, out=audio[batch])

        with ThreadPoolExecutor(os.cpu_count()) as threads:  # NumPy, SciPy and Numba release the interpreter's lock
            list(threads.map(decode_batch, range(0, len(encoded), CLIPS_AT_A_TIME)))
        return audio

    def compute_output_shape(self, input_shape):
        """The batch, then `encoded_shape`."""
        return (input_shape[0], *self.encoded_shape)

    def get_config(self):
        """Arguments of the constructor."""
        return {**super().get_config(), "n_fft": self.n_fft, "hop_length": self.hop_length, "window": self.window}

    def _facts(self):
        return [*super()._facts(), f"n_fft={self.n_fft}", f"hop_length={self.hop_length}", f"window={self.window!r}"]
