import wave

import numpy as np
import pytest
import soundfile

from keras_musicgan import audio
from keras_musicgan.music.audio import files, mp3
from keras_musicgan.utils.files import replacing

KINDS = {"wav": {}, "aiff": {}, "flac": {}, "ogg": {}, "mp3": {}, "opus": {"format": "OGG", "subtype": "OPUS"}}


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
        "nothing.wav": "holds none",
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


def noise(n_samples, channels=1, seed=0):
    return (0.2 * np.random.default_rng(seed).standard_normal((n_samples, channels))).astype("float32")


def sine(frequency, rate, seconds=1.0, level=0.5):
    return (level * np.sin(2 * np.pi * frequency * np.arange(round(rate * seconds)) / rate)).astype("float32")[:, None]


@pytest.fixture(params=KINDS)
def encoded(request, tmp_path):
    """Two seconds of stereo noise in a file of every kind."""
    path = tmp_path / f"noise.{request.param}"
    soundfile.write(path, noise(96_000, 2), 48_000, **KINDS[request.param])
    return path


def test_cut_off_files_of_every_kind_are_named(encoded, capfd):
    assert len(audio.read(encoded)[0]) == audio.info(encoded)[0]
    content = encoded.read_bytes()
    for share in (0.97, 0.5, 0.01):
        encoded.write_bytes(content[: int(share * len(content))])
        with pytest.raises(audio.AudioError, match=encoded.name):
            audio.read(encoded)
    capfd.readouterr()  # libsndfile's decoder of MP3 remarks on it too


def test_sizes_that_say_that_the_size_is_unknown_are_no_error(tmp_path):
    path = tmp_path / "x.wav"
    soundfile.write(path, noise(800), 8000)
    content = path.read_bytes()
    size = content.index(b"data") + 4
    for unknown in (0x7FFFF000, 0x7FFFFFFF, 0xFFFFFFFF):
        path.write_bytes(content[:size] + unknown.to_bytes(4, "little") + content[size + 4 :])
        assert len(audio.read(path)[0]) == 800
    path.write_bytes(content[:size] + (2000).to_bytes(4, "little") + content[size + 4 :])
    with pytest.raises(audio.AudioError, match="cut off"):
        audio.read(path)
    path.write_bytes(content + b"LIST\xff")  # what comes after the samples is not missed
    assert len(audio.read(path)[0]) == 800


def test_mp3_without_a_length_is_read_to_its_end(tmp_path):
    path = tmp_path / "x.mp3"
    soundfile.write(path, noise(44_100), 44_100, bitrate_mode="CONSTANT", compression_level=0.5)
    content = path.read_bytes()
    assert mp3.has_length(path)
    frame = content.index(content[:2], 4)  # the tag with the length fills the first frame
    path.write_bytes(b"ID3\x03\0\0\0\0\x20\0" + bytes(4096) + content[frame:])
    assert not mp3.has_length(path)
    assert audio.info(path)[0] > len(audio.read(path)[0]) >= 44_100


@pytest.mark.parametrize("rate", [8000, 11_025, 44_100, 48_000, 96_000, 192_000])
def test_resampling_keeps_what_fits_and_removes_what_does_not(rate):
    tone = audio.resample(sine(1000, rate), rate, 16_000)
    assert tone.shape == (16_000, 1)
    np.testing.assert_allclose(tone[400:-400], sine(1000, 16_000)[400:-400], atol=1e-4)
    if rate > 20_000:  # 9 kHz would come back as 7 kHz
        assert np.abs(audio.resample(sine(9000, rate), rate, 16_000)[400:-400]).max() < 1e-4
    for wrong in (0, -1, 1.5):
        with pytest.raises(ValueError, match="new_rate"):
            audio.resample(tone, rate, wrong)


def test_channels_are_mixed():
    left, right = sine(440, 8000), sine(550, 8000)
    both = np.concatenate([left, right], axis=1)
    np.testing.assert_allclose(audio.to_channels(both, 1), (left + right) / 2, atol=1e-7)
    np.testing.assert_array_equal(audio.to_channels(left, 2), np.concatenate([left, left], axis=1))
    np.testing.assert_array_equal(audio.to_channels(np.concatenate([both, left], axis=1), 2), both)
    assert audio.to_channels(both, 2) is both


def test_normalization():
    clip = noise(1000, 2)
    assert np.abs(audio.normalize(clip, "peak")).max() == pytest.approx(1)
    quiet = audio.normalize(clip / 50, "rms")
    assert np.sqrt(np.mean(quiet**2)) == pytest.approx(0.1)
    np.testing.assert_allclose(quiet, clip * (quiet[0, 0] / clip[0, 0]), rtol=1e-5)
    click = np.zeros((1000, 1), "float32")
    click[3] = 0.01
    assert np.abs(audio.normalize(click, "rms")).max() == pytest.approx(1)  # an RMS of 0.1 would need 3.2
    np.testing.assert_array_equal(audio.normalize(4 * clip, None), np.clip(4 * clip, -1, 1))
    silence = np.full((10, 1), 1e-5, "float32")
    for how in ("peak", "rms", None):
        np.testing.assert_array_equal(audio.normalize(silence, how), silence)
    with pytest.raises(ValueError, match="'rms'.*Received: how='rm'"):
        audio.normalize(clip, "rm")


@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (48_000, 2), (22_050, 2), (11_025, 1), (16_001, 1)])
def test_blocks_and_parts_equal_the_whole(encoded, rate, channels, monkeypatch):
    samples, own_rate = audio.read(encoded)
    whole = audio.resample(audio.to_channels(samples, channels), own_rate, rate)
    monkeypatch.setattr(files, "BLOCK", 5000)
    blocks = list(audio.blocks(encoded, rate, channels))
    assert rate == 48_000 or max(map(len, blocks)) < 5000
    np.testing.assert_allclose(np.concatenate(blocks), whole, atol=1e-6)
    for first in (0, 1, 4999, len(whole) // 2, len(whole) - 1000, len(whole) - 1):
        part = audio.read_part(encoded, first, 3000, rate, channels)
        np.testing.assert_allclose(part, whole[first : first + 3000], atol=1e-5)
    assert len(audio.read_part(encoded, len(whole) + 5000, 10, rate, channels)) == 0
