import io

import librosa
import numpy as np
from keras_musicgan.notes import Notes, Track

from keras_musicgan import plots


def sine(hz, seconds, rate, amplitude=0.5):
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate))[:, None]


def test_peaks_survive_decimation():
    samples = np.zeros(100_000)
    samples[[7, 50_001, 99_999]] = (0.9, -0.8, 0.7)
    position, low, high = plots.peak_envelope(samples, 500)
    assert len(position) == 500
    assert sorted(high[high > 0]) == [0.7, 0.9] and low.min() == -0.8
    assert len(plots.peak_envelope(samples[:3], 500)[0]) == 3


def test_mel_spectrogram_agrees_with_librosa():
    samples = librosa.chirp(fmin=200, fmax=3000, sr=22050, duration=1.0)
    power = librosa.feature.melspectrogram(y=samples, sr=22050, n_fft=2048, hop_length=512, n_mels=96)
    expected = librosa.power_to_db(power, ref=np.max, top_db=80)
    np.testing.assert_allclose(plots.mel_spectrogram_db(samples, 22050), expected, atol=1e-2)
    assert (plots.mel_spectrogram_db(np.zeros(4000), 8000) == plots.FLOOR_DB).all()


def test_figures_share_one_scale():
    figure = plots.comparison(sine(440, 1, 8000, 0.1), sine(440, 2, 8000, 0.9), 8000, "soft", "loud")
    assert len({axis.get_ylim() for axis in figure.axes[:3]}) == 1
    assert figure.axes[0].get_xlim() == (0, 2.0)
    png = io.BytesIO()
    figure.savefig(png)
    assert png.getvalue()[:4] == b"\x89PNG"
    assert len(plots.spectrograms(np.zeros((3, 8000, 1)), 8000).axes) == 6


def test_piano_rolls_stand_above_the_sound_of_notes():
    notes = Notes([0, 1, 2], [1, 1, 1], [60, 64, 36], track=[0, 1, 2], tracks=(Track(), Track(), Track(is_drum=True)))
    figure = plots.spectrograms(np.zeros((2, 4000, 1)), 8000, pieces=[notes, notes])
    rolls = figure.axes[:2]
    assert len(figure.axes) == 6 and [axis.get_ylabel() for axis in rolls] == ["pitch", "pitch"]
    bars = rolls[0].patches
    assert [(bar.get_x(), bar.get_width(), bar.get_y() + 0.4) for bar in bars] == [(0.0, 0.5, 60.0), (0.5, 0.5, 64.0)]
    assert bars[0].get_facecolor() != bars[1].get_facecolor()
