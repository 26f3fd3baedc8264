"""Magnitudes in bins or mel bands, above a floor."""

import numpy as np

from keras_musicgan.representations.spectrogram import SpectrogramRepresentation
from keras_musicgan.spectra.mel import MelBands
from keras_musicgan.utils.checks import check_number


class BandedRepresentation(SpectrogramRepresentation):
    """A representation by magnitudes above a floor, in bins or in mel bands.

    Args:
        n_mels: Mel bands in place of bins, or `None`.
        floor_db: Level of a bin, in dB relative to a sine of full scale, below which it counts as silence.
        *args, **kwargs: As for `SpectrogramRepresentation`.
    """

    def __init__(self, *args, n_mels: int | None = None, floor_db: float = -80.0, **kwargs):
        super().__init__(*args, n_bands=n_mels, **kwargs)
        check_number("floor_db", floor_db, below=0)
        self.n_mels = n_mels
        self.floor_db = floor_db
        self.floor = 10.0 ** (floor_db / 20.0)
        self.mel = None if n_mels is None else MelBands(self.sample_rate, self.n_fft, n_mels)

    def band_positions(self, frequencies: np.ndarray) -> np.ndarray:
        """Where frequencies in Hz lie among the bands or bins, the first of which is at 0; between two, a fraction."""
        if self.mel is None:
            return np.asarray(frequencies) * self.n_fft / self.sample_rate
        return np.interp(frequencies, self.mel.centres, np.arange(len(self.mel.centres)))

    def to_bands(self, magnitudes, xp):
        """Magnitudes `[..., bands]` from those of bins `[..., n_fft / 2]`."""
        return magnitudes if self.mel is None else self.mel.band_magnitudes(magnitudes, xp)

    def to_bins(self, magnitudes, xp):
        """The inverse of `to_bands`, approximate for mel bands."""
        return magnitudes if self.mel is None else self.mel.bin_magnitudes(magnitudes, xp)

    def get_config(self):
        """Arguments of the constructor."""
        return {**super().get_config(), "n_mels": self.n_mels, "floor_db": self.floor_db}
