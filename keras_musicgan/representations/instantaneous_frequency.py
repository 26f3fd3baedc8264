"""GANSynth's representation: how loud each bin is, and how fast its phase turns."""

import numpy as np
from keras import ops

from keras_musicgan.representations.spectrogram import SpectrogramRepresentation, decibels
from keras_musicgan.spectra.log_magnitude import linear_magnitudes, log_magnitudes
from keras_musicgan.spectra.mel import MelBands
from keras_musicgan.spectra.phase import held_phase, magnitude, phase_steps
from keras_musicgan.spectra.stft import host_istft, istft
from keras_musicgan.utils.checks import check_number
from keras_musicgan.utils.registration import serializable


@serializable
class InstantaneousFrequency(SpectrogramRepresentation):
    """Log magnitude and instantaneous frequency, `[batch, frames, bins, 2 * channels]`.

    First come the magnitudes of all channels: −1 is silence and 1 the loudest bin of the data that `adapt` saw, or
    full scale before. Then their instantaneous frequencies: the change of phase from the frame before, divided by π;
    a steady partial has the same one in all bins that it fills and in all frames. The first frame holds the phase
    itself. Where a bin is below the floor its phase stands still, so that silence is −1 and 0 throughout.

    With mel bands, a band has the mean power of its bins and the instantaneous frequency of what is loudest in them;
    `decode` then keeps the pitches, but not the waveform.

    Args:
        duration: Seconds that a clip must hold at least, as for `Waveform`.
        sample_rate: Rate in Hz.
        channels: 1 for mono, 2 for stereo.
        length: Samples in a clip, instead of `duration`; any number.
        n_fft: Samples in a frame, even.
        hop_length: Samples from one frame to the next; a clip has one frame for each hop that is begun.
        window: `"hann"`, `"hamming"`, `"blackman"` or `"gaussian"`.
        n_mels: Mel bands in place of bins, or `None`.
        floor_db: Level of a bin, in dB relative to a sine of full scale, below which it counts as silence.

    Raises:
        ValueError: If an option is unknown or out of range.

    Example:
        >>> representation = InstantaneousFrequency()
        >>> representation.encoded_shape
        (64, 256, 2)
        >>> silence = ops.convert_to_numpy(representation(np.zeros((1, 16384, 1), "float32")))
        >>> [round(float(value), 5) for value in (silence[..., 0].max(), silence[..., 1].max())]
        [-1.0, 0.0]

    Reference: GANSynth: adversarial neural audio synthesis (Engel et al., 2019).
    """

    n_components = 2

    def __init__(
        self,
        duration: float = 1.0,
        sample_rate: int = 16000,
        channels: int = 1,
        length: int | None = None,
        n_fft: int = 512,
        hop_length: int = 256,
        window: str = "hann",
        n_mels: int | None = None,
        floor_db: float = -80.0,
        **kwargs,
    ):
        super().__init__(duration, sample_rate, channels, length, n_fft, hop_length, window, n_bands=n_mels, **kwargs)
        check_number("floor_db", floor_db, below=0)
        self.floor_db = floor_db
        self.floor = decibels(floor_db)
        self.n_mels = n_mels
        self.mel = None if n_mels is None else MelBands(sample_rate, n_fft, n_mels)
        self.peak = self.add_statistic("peak", 1.0)

    def measure(self, spectra):
        """The loudest bin or band."""
        peak = 0.0
        for spectrum in spectra:
            magnitudes = np.abs(spectrum[..., :-1])
            if self.mel is not None:
                magnitudes = self.mel.band_magnitudes(magnitudes, np)
            peak = max(peak, float(magnitudes.max()))
        return {"peak": peak}

    def components(self, real, imaginary):
        """Log magnitude and instantaneous frequency."""
        real, imaginary = real[..., :-1], imaginary[..., :-1]
        magnitudes = magnitude(real, imaginary)
        steps = phase_steps(held_phase(real, imaginary, magnitudes > self.floor))
        if self.mel is not None:
            power = ops.square(magnitudes)
            # The mean direction of the bins' steps, each as long as its power: what is loud in a band decides, and a
            # step of 0 as loud as the floor.
            across = ops.matmul(power * ops.sin(steps), self.mel.matrix)
            along = ops.matmul(power * ops.cos(steps), self.mel.matrix)
            steps = ops.arctan2(across, along + self.floor**2)
            magnitudes = self.mel.band_magnitudes(magnitudes, ops)
        log_magnitude, log_peak = (log_magnitudes(each, self.floor, ops) for each in (magnitudes, self.peak))
        return [2.0 * log_magnitude / log_peak - 1.0, steps / np.pi]

    def audio(self, components):
        """Audio of log magnitude and instantaneous frequency."""
        magnitudes, steps = self._polar(components, ops.convert_to_tensor(self.peak), ops)
        phase = ops.cumsum(steps, axis=1)
        return istft(magnitudes * ops.cos(phase), magnitudes * ops.sin(phase), self.framing)

    def magnitudes(self, components):
        """Magnitudes."""
        return self._polar(components, ops.convert_to_tensor(self.peak), ops)[0]

    def host_audio(self, components):
        """The same on the host."""
        magnitudes, phase = self._polar(components, ops.convert_to_numpy(self.peak), np)
        for frame in range(1, phase.shape[1]):  # several times faster than `cumsum` over an axis that is not the last
            phase[:, frame] += phase[:, frame - 1]
        spectra = np.empty(magnitudes.shape, "complex64")
        np.multiply(magnitudes, np.cos(phase), out=spectra.real)
        np.multiply(magnitudes, np.sin(phase), out=spectra.imag)
        return host_istft(spectra, self.framing)

    def _polar(self, components, peak, xp):
        """Magnitude and change of phase of each bin, as tensors or on the host."""
        log_magnitude, steps = components
        log_magnitude = (log_magnitude + 1.0) * (0.5 * log_magnitudes(peak, self.floor, xp))
        magnitudes = linear_magnitudes(log_magnitude, self.floor, xp)
        steps = np.pi * steps
        if self.mel is not None:
            magnitudes = self.mel.bin_magnitudes(magnitudes, xp)
            steps = xp.matmul(steps, self.mel.nearest)
        return magnitudes, steps

    def get_config(self):
        """Configuration to rebuild the representation from."""
        return {**super().get_config(), "n_mels": self.n_mels, "floor_db": self.floor_db}
