import wave

import numpy as np
import pytest
import soundfile

from keras_musicgan import audio
from keras_musicgan.files import replacing


def tone(channels=1):
    time = np.arange(2000) / 8000
    return np.stack([0.5 * np.sin(2 * np.pi * 440 * (k + 1) * time) for k in range(channels)], axis=1)


@pytest.mark.parametrize(("subtype", "step"), [("pcm16", 1 / 32768), ("float", 1e-7)])
@pytest.mark.parametrize("channels", [1, 2])
def test_round_trip(subtype, step, channels, tmp_path):
    audio.write_wav(tmp_path / "a" / "x.wav", tone(channels), 8000, subtype)
    samples, rate = audio.read(tmp_path / "a" / "x.wav")
    assert (rate, samples.shape, samples.dtype) == (8000, (2000, channels), "float32")
    np.testing.assert_allclose(samples, tone(channels), atol=step)


def test_python_reads_what_was_written_and_nothing_wraps_around(tmp_path):
    audio.write_wav(tmp_path / "x.wav", np.array([1.5, -1.5, 1.0, 0.0]), 44100)
    with wave.open(str(tmp_path / "x.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 44100)
        samples = np.frombuffer(file.readframes(4), "<i2")
    assert samples.tolist() == [32767, -32767, 32767, 0]


def test_bad_files_are_named(tmp_path):
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "text.wav").write_text("hello")
    soundfile.write(tmp_path / "nan.wav", np.full(10, np.nan), 8000, subtype="FLOAT")
    soundfile.write(tmp_path / "nothing.wav", np.zeros(0), 8000)
    for name, message in {
        "empty.wav": "empty",
        "text.wav": "libsndfile",
        "nan.wav": "NaN",
        "nothing.wav": "shape",
    }.items():
        with pytest.raises(audio.AudioError, match=message) as error:
            audio.read(tmp_path / name)
        assert name in str(error.value)
    with pytest.raises(FileNotFoundError, match="none.wav"):
        audio.read(tmp_path / "none.wav")


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros((2, 2, 2)), np.array([np.inf])])
def test_bad_samples_leave_no_file(samples, tmp_path):
    with pytest.raises(audio.AudioError):
        audio.write_wav(tmp_path / "x.wav", samples, 8000)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="sample_rate"):
        audio.write_wav(tmp_path / "x.wav", tone(), 0)


def test_a_failed_write_keeps_the_old_file(tmp_path):
    target = tmp_path / "x.txt"
    target.write_text("old")
    with pytest.raises(RuntimeError), replacing(target) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert target.read_text() == "old" and list(tmp_path.iterdir()) == [target]
