"""GANSynth's representation: how loud each bin is, and how fast its phase turns."""

import math

import numpy as np
from keras import ops

from keras_musicgan.checks import check_number
from keras_musicgan.registration import serializable
from keras_musicgan.representations.spectrogram import SpectrogramRepresentation, decibels
from keras_musicgan.spectra.mel import MelBands
from keras_musicgan.spectra.phase import held_phase, magnitude, phase_steps
from keras_musicgan.spectra.stft import host_istft


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
        >>> silence = np.zeros((1, 16384, 1), "float32")
        >>> representation.decode(ops.convert_to_numpy(representation(silence))).any()
        np.False_

    Reference: GANSynth: adversarial neural audio synthesis (Engel et al., 2019).
    """

    n_forms = 2

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
        super().__init__(
            duration, sample_rate, channels, length, n_fft, hop_length, window, n_bands=n_mels, **kwargs
        )
        check_number("floor_db", floor_db, below=0)
        self.n_mels = n_mels
        self.floor_db = floor_db
        self.floor = decibels(floor_db)
        self.mel = None if n_mels is None else MelBands(sample_rate, n_fft, n_mels)
        self.peak = self.add_statistic("peak", 1.0)

    def measure(self, spectra):
        """The magnitude of the loudest bin."""
        power = (_power(one) if self.mel is None else self.mel.bands(_power(one), np) for one in spectra)
        return {"peak": math.sqrt(max((float(one.max()) for one in power), default=0.0))}

    def forms(self, real, imaginary):
        """Log magnitude and instantaneous frequency."""
        real, imaginary = real[..., : self.n_fft // 2], imaginary[..., : self.n_fft // 2]
        size = magnitude(real, imaginary)
        turns = phase_steps(held_phase(real, imaginary, size > self.floor)) / np.pi
        if self.mel is not None:
            turns = self.mel.loudest(turns, size)
            size = ops.sqrt(self.mel.bands(ops.square(size), ops))
        level = ops.log(size + self.floor) - math.log(self.floor)
        return [2.0 * level / self._range(ops) - 1.0, turns]

    def spectrum(self, forms):
        """Real and imaginary part."""
        return self._spectrum(forms, ops)

    def host_audio(self, forms):
        """Audio of log magnitude and instantaneous frequency."""
        real, imaginary = self._spectrum(forms, np)
        spectra = np.empty(real.shape, "complex64")
        spectra.real, spectra.imag = real, imaginary
        return host_istft(spectra, self.framing)
