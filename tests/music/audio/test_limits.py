"""Headers that claim what no recording has, and samples that no recording holds."""

import warnings

import numpy as np
import pytest
import soundfile

from keras_musicgan import audio
from keras_musicgan.music.audio import files, limits


def noise(n_samples, channels=1):
    return np.random.default_rng(0).uniform(-0.5, 0.5, (n_samples, channels)).astype("float32")


def replaced(path, place, value, n_bytes=4):
    content = bytearray(path.read_bytes())
    content[place : place + n_bytes] = value.to_bytes(n_bytes, "little")
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("rate", [1, 999, 1_000_001, 2**31 - 1])
def test_rates_of_no_recording_are_refused(rate, tmp_path):
    path = tmp_path / "x.wav"
    soundfile.write(path, noise(100), 8000)
    replaced(path, 24, rate)
    with pytest.raises(audio.AudioError, match=r"from 1,000 to 1,000,000 Hz.*x\.wav"):
        audio.info(path)
    for allowed in (1000, 1_000_000):
        replaced(path, 24, allowed)
        assert audio.info(path) == (100, allowed, 1)


def test_many_channels_are_refused(tmp_path):
    soundfile.write(tmp_path / "64.wav", noise(10, 64), 8000)
    assert audio.read(tmp_path / "64.wav")[0].shape == (10, 64)
    soundfile.write(tmp_path / "65.wav", noise(10, 65), 8000)
    with pytest.raises(audio.AudioError, match="at most 64 channels.*65.wav with 65"):
        audio.read(tmp_path / "65.wav")


def test_more_frames_than_the_bytes_can_hold_are_refused(tmp_path):
    class Claim:
        format, subtype, samplerate, channels, frames = "WAV", "PCM_16", 8000, 2, 26

    limits.check_header(Claim, "x.wav", 104)
    with pytest.raises(audio.AudioError, match="x.wav with 103 bytes for 26 frames"):
        limits.check_header(Claim, "x.wav", 103)
    path = tmp_path / "x.flac"
    soundfile.write(path, noise(5000), 8000)
    content = bytearray(path.read_bytes())
    content[21] |= 0x0F  # the length's upper four bits
    path.write_bytes(bytes(content))
    with pytest.raises(audio.AudioError, match=r"x\.flac with [\d,]+ bytes for 64,4\d\d,\d+,\d+ frames"):
        audio.info(path)


def test_a_minute_of_silence_in_flac_is_allowed(tmp_path):
    soundfile.write(tmp_path / "x.flac", np.zeros(60 * 48_000), 48_000)
    assert audio.info(tmp_path / "x.flac")[0] == 60 * 48_000


@pytest.mark.parametrize("value", [3e38, -3e38, 1001.0, np.inf, -np.inf, np.nan])
def test_samples_of_no_recording_are_refused_without_a_warning(value, tmp_path):
    samples = noise(5000, 2)
    samples[4000] = value
    soundfile.write(tmp_path / "x.wav", samples, 16_000, subtype="FLOAT")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for sample_rate, channels in ((16_000, 2), (8000, 1)):
            with pytest.raises(audio.AudioError, match=r"at most 1,000.*x\.wav, which holds (a peak of|NaN or inf)"):
                list(audio.blocks(tmp_path / "x.wav", sample_rate, channels))
            with pytest.raises(audio.AudioError, match=r"x\.wav"):
                audio.read_part(tmp_path / "x.wav", 0, 5000, sample_rate, channels)
        for function in (audio.as_audio, lambda x: audio.normalize(x, "rms"), lambda x: audio.normalize(x, None)):
            with pytest.raises(audio.AudioError, match="NaN or infinity|a peak of"):
                function(samples.astype("float64") * (1e200 if abs(value) > 1e38 else 1))


def test_loud_floats_are_recordings_too(tmp_path):
    soundfile.write(tmp_path / "x.wav", 1900 * noise(5000), 16_000, subtype="FLOAT")
    assert 900 < np.abs(audio.read(tmp_path / "x.wav")[0]).max() < 1000
    assert audio.as_audio(np.array([True, False])).tolist() == [[1.0], [0.0]]


def test_other_errors_of_a_file_name_it(tmp_path, monkeypatch):
    soundfile.write(tmp_path / "x.wav", noise(100), 8000)
    for error, kind in ((RuntimeError("soxr"), audio.AudioError), (MemoryError(), OSError), (ValueError(), ValueError)):

        def fail(*arguments, error=error):
            raise error

        with monkeypatch.context() as patch, pytest.raises(kind, match=r"x\.wav"):
            patch.setattr(files, "check_peak", fail)
            audio.read(tmp_path / "x.wav")
