"""SpecGAN's representation: log magnitudes without phase."""

import numpy as np
from keras import ops

from keras_musicgan.representations.banded import BandedRepresentation
from keras_musicgan.spectra.griffin_lim import griffin_lim, host_griffin_lim
from keras_musicgan.spectra.log_magnitude import linear_magnitudes, log_magnitudes
from keras_musicgan.spectra.phase import magnitude
from keras_musicgan.spectra.phase_gradient import phase_gradient_heap_integration, time_integrated_phase
from keras_musicgan.utils.checks import check_choice, check_positive_int
from keras_musicgan.utils.registration import serializable

INVERSIONS = ("pghi", "griffin_lim")
NORMALIZATIONS = ("standard", "range")
MIN_RANGE = 0.25  # of the widest bin's; otherwise bins that are always soft would be amplified
N_DEVIATIONS = 3.0  # to either side of the mean; values beyond are clipped
MIN_DEVIATION = 0.1  # of log magnitudes, about 1 dB; otherwise bins that are always silent would be amplified
GRAPH_ITERATIONS = 32  # of `waveform` if `decode` needs none


@serializable
class LogMagnitude(BandedRepresentation):
    """Log magnitudes, `[batch, frames, bins, channels]` in [−1, 1].

    By default, 0 in each bin is the mean of the data of `adapt` and ±1 is three standard deviations from it; values
    beyond are clipped. By `normalization="range"`, −1 is silence and 1 the largest magnitude of the bin in the data:
    a generator that ends in tanh then makes true silence, in which most drums end. Before `adapt`, −1 is silence and 1
    a sine of full scale.

    `decode` estimates phases for the magnitudes. `waveform` does so by Griffin-Lim, whatever the `inversion`; it starts
    from phases that are integrated over time alone.

    Args:
        n_mels: Mel bands in place of bins, or `None`.
        floor_db: Level of a bin, in dB relative to a sine of full scale, below which it counts as silence.
        inversion: Initial phases of `decode`: `"pghi"` (phase gradient heap integration) or `"griffin_lim"` (integrated
            over time alone, as those of `waveform`).
        normalization: What of the data becomes ±1 in each bin: by `"standard"` three standard deviations from the mean,
            by `"range"` silence and the largest magnitude.
        iterations: Iterations of fast Griffin-Lim after that; at least 0 for `"pghi"`, 1 for `"griffin_lim"`.
        *args, **kwargs: `duration`, `sample_rate`, `channels`, `length`, `n_fft`, `hop_length` and `window`, as for
            `SpectrogramRepresentation`.

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
        *args,
        n_mels: int | None = None,
        floor_db: float = -80.0,
        inversion: str = "pghi",
        iterations: int = 32,
        normalization: str = "standard",
        **kwargs,
    ):
        super().__init__(*args, n_mels=n_mels, floor_db=floor_db, **kwargs)
        check_choice("inversion", inversion, INVERSIONS)
        check_choice("normalization", normalization, NORMALIZATIONS)
        if iterations != 0 or inversion == "griffin_lim":
            check_positive_int("iterations", iterations)
        self.inversion = inversion
        self.iterations = iterations
        self.normalization = normalization
        half = np.full(self.encoded_shape[1], 0.5 * log_magnitudes(np.ones(()), self.floor, np))
        self.mean = self.add_statistic("mean", half)
        self.deviation = self.add_statistic("deviation", half / N_DEVIATIONS)

    def measure(self, spectra):
        """`mean` and `deviation` of log magnitudes in each bin or band."""
        log_magnitudes = (self._log_magnitudes(np.abs(spectrum[..., :-1]), np) for spectrum in spectra)
        return _range(log_magnitudes) if self.normalization == "range" else _three_deviations(log_magnitudes)

    def components(self, real, imaginary):
        """Log magnitude."""
        log_magnitude = self._log_magnitudes(magnitude(real[..., :-1], imaginary[..., :-1]), ops)
        return [ops.clip((log_magnitude - self.mean) * (1.0 / (N_DEVIATIONS * self.deviation)), -1.0, 1.0)]

    def audio(self, components):
        """Audio by Griffin-Lim."""
        magnitudes = self.magnitudes(components)
        phases = time_integrated_phase(ops.log(magnitudes + self.floor), self.framing)
        return griffin_lim(magnitudes, phases, self.framing, self.iterations or GRAPH_ITERATIONS)

    def magnitudes(self, components):
        """Magnitudes."""
        return self._linear_magnitudes(components, ops.convert_to_tensor, ops)

    def host_audio(self, components):
        """Audio by the chosen inversion, on the host."""
        magnitudes = self._linear_magnitudes(components, ops.convert_to_numpy, np)
        if self.inversion == "pghi":
            phases = phase_gradient_heap_integration(magnitudes, self.framing)
        else:
            phases = time_integrated_phase(np.log(magnitudes + np.float32(self.floor)), self.framing, np)
        return host_griffin_lim(magnitudes, phases, self.framing, self.iterations)

    def _log_magnitudes(self, magnitudes, xp):
        return log_magnitudes(self.to_bands(magnitudes, xp), self.floor, xp)

    def _linear_magnitudes(self, components, convert, xp):
        values = N_DEVIATIONS * convert(self.deviation) * components[0] + convert(self.mean)
        return self.to_bins(linear_magnitudes(values, self.floor, xp), xp)

    def get_config(self):
        """Arguments of the constructor."""
        names = ("inversion", "iterations", "normalization")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def _three_deviations(log_magnitudes):
    """Mean and standard deviation of log magnitudes, each `[channels, frames, bands]`, in each band."""
    count, total, total_squares = 0, 0.0, 0.0
    for values in log_magnitudes:
        values = values.astype("float64")
        count += values.shape[0] * values.shape[1]
        total = total + values.sum(axis=(0, 1))
        total_squares = total_squares + np.square(values).sum(axis=(0, 1))
    if not count:
        return {}
    mean = total / count
    variance = np.maximum(total_squares / count - np.square(mean), MIN_DEVIATION**2)
    return {"mean": mean, "deviation": np.sqrt(variance)}


def _range(log_magnitudes):
    """Mean and deviation by which 0, silence, becomes −1 and the largest value of a band 1."""
    largest = np.max([values.max(axis=(0, 1)) for values in log_magnitudes], axis=0, initial=0.0)
    if not largest.any():
        return {}
    half = np.maximum(largest, MIN_RANGE * largest.max()) / 2
    return {"mean": half, "deviation": half / N_DEVIATIONS}
