"""GANSynth's representation: log magnitude and instantaneous frequency."""

import numpy as np
from keras import ops

from keras_musicgan.representations.banded import BandedRepresentation
from keras_musicgan.spectra.log_magnitude import linear_magnitudes, log_magnitudes
from keras_musicgan.spectra.phase import held_phase, magnitude, phase_steps
from keras_musicgan.spectra.stft import MatrixTransform, host_istft
from keras_musicgan.utils.registration import serializable


@serializable
class InstantaneousFrequency(BandedRepresentation):
    """Log magnitude and instantaneous frequency, `[batch, frames, bins, 2 * channels]`.

    The log magnitudes of all channels come first: −1 is silence, and 1 is the largest magnitude in the data of
    `adapt`, or full scale before `adapt`. Then come their instantaneous frequencies: the change of phase from the frame
    before, divided by π. A steady partial has the same value in all frames and in all bins that it fills. The first
    frame holds the phase itself. Below the floor the phase stands still, so silence is −1 and 0 throughout.

    A mel band has the mean power of its bins and their mean instantaneous frequency, weighted by power; `decode` then
    preserves pitches, but not the waveform.

    Args:
        n_mels: Mel bands in place of bins, or `None`.
        floor_db: Level of a bin, in dB relative to a sine of full scale, below which it counts as silence.
        *args, **kwargs: `duration`, `sample_rate`, `channels`, `length`, `n_fft`, `hop_length` and `window`, as for
            `SpectrogramRepresentation`.

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

    def __init__(self, *args, n_mels: int | None = None, floor_db: float = -80.0, **kwargs):
        super().__init__(*args, n_mels=n_mels, floor_db=floor_db, **kwargs)
        self.peak = self.add_statistic("peak", 1.0)

    def measure(self, spectra):
        """The largest magnitude."""
        peak = 0.0
        for spectrum in spectra:
            peak = max(peak, float(self.to_bands(np.abs(spectrum[..., :-1]), np).max()))
        return {"peak": peak}

    def components(self, real, imaginary):
        """Log magnitude and instantaneous frequency."""
        real, imaginary = real[..., :-1], imaginary[..., :-1]
        magnitudes = magnitude(real, imaginary)
        steps = phase_steps(held_phase(real, imaginary, magnitudes > self.floor))
        if self.mel is not None:
            # The mean direction of the bins' steps, weighted by their power, and of a step of 0 with that of the floor.
            power = ops.square(magnitudes)
            sine = ops.matmul(power * ops.sin(steps), self.mel.matrix)
            cosine = ops.matmul(power * ops.cos(steps), self.mel.matrix)
            steps = ops.arctan2(sine, cosine + self.floor**2)
        log_magnitude = log_magnitudes(self.to_bands(magnitudes, ops), self.floor, ops)
        return [2.0 * log_magnitude / log_magnitudes(self.peak, self.floor, ops) - 1.0, steps / np.pi]

    def audio(self, components):
        """Audio from log magnitude and instantaneous frequency."""
        magnitudes, steps = self._polar(components, ops.convert_to_tensor(self.peak), ops)
        phase = ops.cumsum(steps, axis=1)
        return MatrixTransform(self.framing).istft(magnitudes * ops.cos(phase), magnitudes * ops.sin(phase))

    def magnitudes(self, components):
        """Magnitudes."""
        return self._polar(components, ops.convert_to_tensor(self.peak), ops)[0]

    def host_audio(self, components):
        """As `audio`, on the host."""
        magnitudes, phase = self._polar(components, ops.convert_to_numpy(self.peak), np)
        for frame in range(1, phase.shape[1]):  # several times faster than `cumsum` over an axis that is not the last
            phase[:, frame] += phase[:, frame - 1]
        spectra = np.empty(magnitudes.shape, "complex64")
        np.multiply(magnitudes, np.cos(phase), out=spectra.real)
        np.multiply(magnitudes, np.sin(phase), out=spectra.imag)
        return host_istft(spectra, self.framing)

    def _polar(self, components, peak, xp):
        """Magnitude and change of phase of each bin."""
        log_magnitude, frequency = components
        log_magnitude = (log_magnitude + 1.0) * (0.5 * log_magnitudes(peak, self.floor, xp))
        steps = np.pi * frequency
        if self.mel is not None:
            steps = xp.matmul(steps, self.mel.nearest)
        return self.to_bins(linear_magnitudes(log_magnitude, self.floor, xp), xp), steps
