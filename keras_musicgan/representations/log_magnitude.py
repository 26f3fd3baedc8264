"""SpecGAN's representation: how loud each bin is, and nothing about phase."""

import numpy as np
from keras import ops

from keras_musicgan.representations.spectrogram import SpectrogramRepresentation, decibels
from keras_musicgan.spectra.griffin_lim import griffin_lim, host_griffin_lim
from keras_musicgan.spectra.log_magnitude import linear_magnitudes, log_magnitudes
from keras_musicgan.spectra.mel import MelBands
from keras_musicgan.spectra.phase import magnitude
from keras_musicgan.spectra.phase_gradient import phase_gradient_heap_integration, time_integrated_phase
from keras_musicgan.utils.checks import check_choice, check_number, check_positive_int
from keras_musicgan.utils.registration import serializable

INVERSIONS = ("pghi", "griffin_lim")
RANGE = 3.0  # standard deviations to either side of the mean that are kept
MIN_DEVIATION = 0.1  # of log magnitudes, about 1 dB: what is always silent is not blown up
GRAPH_ITERATIONS = 32  # of `waveform` where `decode` needs none


@serializable
class LogMagnitude(SpectrogramRepresentation):
    """Log magnitudes, `[batch, frames, bins, channels]` in [−1, 1].

    In each bin the mean of the data that `adapt` saw is 0, and ±1 lies three standard deviations from it, where values
    are cut off. Before `adapt`, −1 is silence and 1 a sine of full scale.

    `decode` finds phases to the magnitudes. `waveform` does so with Griffin-Lim whatever the `inversion`: its phases
    begin turning as fast as the magnitudes tell.

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
        inversion: Where the phases of `decode` begin: `"pghi"` (phase gradient heap integration) or `"griffin_lim"`
            (as `waveform` does it).
        iterations: Iterations of fast Griffin-Lim that follow. `"pghi"` can do without, at a 0.

    Raises:
        ValueError: If an option is unknown or out of range.

    Example:
        >>> LogMagnitude(length=64_000, n_fft=1024).encoded_shape
        (250, 512, 1)

    References: Adversarial audio synthesis (Donahue, McAuley and Puckette, 2019); A noniterative method for
    reconstruction of phase from STFT magnitude (Průša, Balazs and Søndergaard, 2017); A fast Griffin-Lim algorithm
    (Perraudin, Balazs and Søndergaard, 2013).
    """

    n_components = 1

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
        inversion: str = "pghi",
        iterations: int = 32,
        **kwargs,
    ):
        super().__init__(duration, sample_rate, channels, length, n_fft, hop_length, window, n_bands=n_mels, **kwargs)
        check_number("floor_db", floor_db, below=0)
        check_choice("inversion", inversion, INVERSIONS)
        if iterations != 0 or inversion == "griffin_lim":
            check_positive_int("iterations", iterations)
        self.n_mels = n_mels
        self.floor_db = floor_db
        self.inversion = inversion
        self.iterations = iterations
        self.floor = decibels(floor_db)
        self.mel = None if n_mels is None else MelBands(sample_rate, n_fft, n_mels)
        half = np.full(self.encoded_shape[1], 0.5 * log_magnitudes(np.ones(()), self.floor, np))
        self.mean = self.add_statistic("mean", half)
        self.deviation = self.add_statistic("deviation", half / RANGE)

    def measure(self, spectra):
        """Mean and standard deviation of log magnitudes in each bin or band."""
        count, total, total_squares = 0, 0.0, 0.0
        for spectrum in spectra:
            log_magnitude = self._log_magnitudes(np.abs(spectrum[..., :-1]), np).astype("float64")
            count += log_magnitude.shape[0] * log_magnitude.shape[1]
            total = total + log_magnitude.sum(axis=(0, 1))
            total_squares = total_squares + np.square(log_magnitude).sum(axis=(0, 1))
        if not count:
            return {}
        mean = total / count
        variance = np.maximum(total_squares / count - np.square(mean), MIN_DEVIATION**2)
        return {"mean": mean, "deviation": np.sqrt(variance)}

    def components(self, real, imaginary):
        """Log magnitude."""
        log_magnitude = self._log_magnitudes(magnitude(real[..., :-1], imaginary[..., :-1]), ops)
        return [ops.clip((log_magnitude - self.mean) * (1.0 / (RANGE * self.deviation)), -1.0, 1.0)]

    def audio(self, components):
        """Audio by Griffin-Lim."""
        magnitudes = self.magnitudes(components)
        phases = time_integrated_phase(ops.log(magnitudes + self.floor), self.framing)
        return griffin_lim(magnitudes, phases, self.framing, self.iterations or GRAPH_ITERATIONS)

    def magnitudes(self, components):
        """Magnitudes."""
        return self._magnitudes(components, ops.convert_to_tensor, ops)

    def host_audio(self, components):
        """Audio by the inversion that is asked for, on the host."""
        magnitudes = self._magnitudes(components, ops.convert_to_numpy, np)
        if self.inversion == "pghi":
            phases = phase_gradient_heap_integration(magnitudes, self.framing)
        else:
            phases = time_integrated_phase(np.log(magnitudes + np.float32(self.floor)), self.framing, np)
        return host_griffin_lim(magnitudes, phases, self.framing, self.iterations)

    def _log_magnitudes(self, magnitudes, xp):
        if self.mel is not None:
            magnitudes = self.mel.band_magnitudes(magnitudes, xp)
        return log_magnitudes(magnitudes, self.floor, xp)

    def _magnitudes(self, components, read, xp):
        values = RANGE * read(self.deviation) * components[0] + read(self.mean)
        magnitudes = linear_magnitudes(values, self.floor, xp)
        return magnitudes if self.mel is None else self.mel.bin_magnitudes(magnitudes, xp)

    def get_config(self):
        """Configuration to rebuild the representation from."""
        names = ("n_mels", "floor_db", "inversion", "iterations")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
