import numpy as np
import pytest

from keras_musicgan import plots
from keras_musicgan.music.audio import AudioError
from keras_musicgan.music.compare import compare, describe, resampled


def sine(hz, seconds, rate, amplitude=0.5):
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate)) / rate))[:, None]


def test_numbers_of_a_sine_are_known():
    numbers = describe(sine(1000, 2.0, 16000), 16000)
    assert numbers["duration"] == 2.0
    assert numbers["rms"] == pytest.approx(0.5 / np.sqrt(2), rel=1e-3)
    assert numbers["peak"] == pytest.approx(0.5, rel=1e-3)
    assert numbers["spectral_centroid"] == pytest.approx(1000, rel=0.02)
    assert numbers["silence"] == 0


def test_silence_is_counted_and_has_no_centroid():
    half = np.concatenate([np.zeros((8000, 1)), sine(440, 1.0, 8000)])
    assert describe(half, 8000)["silence"] == pytest.approx(0.5, abs=0.07)
    nothing = describe(np.zeros((8000, 1)), 8000)
    assert (nothing["spectral_centroid"], nothing["silence"], nothing["rms"]) == (None, 1.0, 0.0)
    assert describe(np.ones((3, 1)), 8000)["duration"] == 3 / 8000


def test_comparison_of_any_rate_and_length():
    long, short = sine(440, 2.0, 44100), sine(440, 0.5, 8000)
    numbers = compare(long, 44100, short, 8000)
    assert numbers["correlation"] == pytest.approx(1.0, abs=0.01)
    assert compare(long, 44100, -short, 8000)["correlation"] == pytest.approx(-1.0, abs=0.01)
    assert compare(long, 44100, np.zeros((100, 1)), 8000)["correlation"] is None
    with pytest.raises(AudioError, match="NaN"):
        compare(long, 44100, short * np.nan, 8000)
    assert resampled(short, 8000, 16000).shape == (8000, 1)


def test_integers_do_not_overflow():
    """The notebook's defect: the difference of two int16 signals wrapped around."""
    up, down = np.full((800, 1), 30000, "int16"), np.full((800, 1), -30000, "int16")
    assert compare(up, 8000, down, 8000)["a"]["peak"] == pytest.approx(30000 / 32768)
    figure = plots.comparison(up / 32768, down / 32768, 8000, "a", "b")
    assert figure.axes[2].get_ylim()[1] > 2 * 30000 / 32768
