"""Files whose end is missing, files that go on after it, and files in which decoders cannot go to a place."""

import os
import sys

import numpy as np
import pytest
import soundfile

from keras_musicgan import audio
from keras_musicgan.music.audio import files, mp3


def noise(n_samples, channels=1, seed=0):
    return np.random.default_rng(seed).uniform(-0.5, 0.5, (n_samples, channels)).astype("float32")


def bursts(rate, seconds, channels=1, seed=0):
    """Noise and tones with silence between, which variable bit rates store in frames of very different sizes."""
    rng = np.random.default_rng(seed)
    n = round(rate * seconds)
    loud = rng.random(200).repeat(n // 200 + 1)[:n] > 0.7
    tone = rng.random(60).repeat(n // 60 + 1)[:n] > 0.6
    sound = 0.4 * rng.standard_normal(n) * loud + 0.3 * np.sin(2 * np.pi * 440 * np.arange(n) / rate) * tone
    return np.stack([sound, sound[::-1]][:channels], axis=1)


@pytest.mark.parametrize("kind", ["au", "caf", "w64", "rf64", "aiff", "wav"])
def test_cut_off_files_of_every_container_are_refused(kind, tmp_path):
    path = tmp_path / f"x.{kind}"
    soundfile.write(path, noise(5000, 2), 8000, format=kind.upper())
    content = path.read_bytes()
    np.testing.assert_allclose(audio.read(path)[0], noise(5000, 2), atol=1 / 32_000)
    path.write_bytes(content[:-4000])
    with pytest.raises(audio.AudioError, match=rf"x\.{kind}, which is cut off"):
        audio.read(path)


def test_au_of_unknown_length_is_read_and_text_is_no_telephone_audio(tmp_path):
    path = tmp_path / "x.au"
    soundfile.write(path, noise(500), 8000)
    content = path.read_bytes()
    path.write_bytes(content[:8] + b"\xff" * 4 + content[12:])
    assert len(audio.read(path)[0]) == 500
    for ending in ("au", "snd"):
        (tmp_path / f"letter.{ending}").write_text("Dear Sir or Madam")
        with pytest.raises(audio.AudioError, match="letter"):
            audio.read(tmp_path / f"letter.{ending}")


@pytest.mark.parametrize("kind", ["ogg", "mp3", "flac"])
@pytest.mark.parametrize("same", [True, False])
def test_one_file_after_another_in_one_is_refused(kind, same, tmp_path):
    contents = []
    for seed in (0, 0 if same else 1):
        soundfile.write(tmp_path / f"{seed}.{kind}", noise(30_000, seed=seed), 22_050)
        contents.append((tmp_path / f"{seed}.{kind}").read_bytes())
        assert len(audio.read(tmp_path / f"{seed}.{kind}")[0]) >= 30_000
    (tmp_path / f"both.{kind}").write_bytes(b"".join(contents))
    with pytest.raises(audio.AudioError, match=rf"both\.{kind}, where another follows"):
        audio.read(tmp_path / f"both.{kind}")


def test_flac_without_its_length_is_read(tmp_path):
    path = tmp_path / "x.flac"
    soundfile.write(path, noise(44_100), 44_100)
    content = bytearray(path.read_bytes())
    content[21] &= 0xF0
    content[22:26] = bytes(4)
    path.write_bytes(bytes(content))
    whole = audio.read(path)[0]
    np.testing.assert_allclose(whole, noise(44_100), atol=1 / 32_000)
    for first, n in ((0, 100), (20_000, 5000), (44_000, 500)):
        np.testing.assert_array_equal(audio.read_part(path, first, n, 44_100, 1), whole[first : first + n])


def test_flac_that_does_not_seek_is_decoded_from_its_beginning(tmp_path, monkeypatch):
    path = tmp_path / "x.flac"
    soundfile.write(path, noise(60_000), 44_100)
    whole = audio.read(path)[0]

    def fail(self, frames, whence=0):
        raise soundfile.LibsndfileError(38)

    monkeypatch.setattr(soundfile.SoundFile, "seek", fail)
    np.testing.assert_array_equal(audio.read_part(path, 50_000, 3000, 44_100, 1), whole[50_000:53_000])


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [16_000, 24_000, 32_000, 48_000])
def test_blocks_and_parts_of_variable_mp3_equal_one_decoding(rate, channels, tmp_path, monkeypatch, capfd):
    path = tmp_path / "x.mp3"
    for level in (0.5, 0.99):
        soundfile.write(path, bursts(rate, 5, channels), rate, bitrate_mode="VARIABLE", compression_level=level)
        whole, _ = soundfile.read(path, dtype="float32", always_2d=True)
        with monkeypatch.context() as patch:
            patch.setattr(files, "BLOCK", 5001)
            np.testing.assert_allclose(np.concatenate(list(audio.blocks(path))), whole, atol=1e-5)
        for first in np.linspace(0, len(whole) - 500, 12).astype(int):
            np.testing.assert_allclose(
                audio.read_part(path, first, 500, rate, channels), whole[first : first + 500], atol=1e-5
            )
    capfd.readouterr()  # libsndfile's decoder of MP3 remarks on the frames before a place


def test_mp3_of_which_only_the_beginning_would_be_read_is_refused(tmp_path):
    path = tmp_path / "x.mp3"
    sound = noise(220_500)[:, 0]
    sound[-44_100:] = 0  # its length is taken from its first frame, so that of the loud beginning is too short
    for name, samples in (("loud", sound), ("silent", sound[::-1])):
        soundfile.write(path, samples, 44_100, bitrate_mode="VARIABLE", compression_level=0.5)
        content = path.read_bytes()
        assert mp3.has_length(path) and mp3.n_samples(path) >= 220_500
        frame = content.index(content[:2], 4)  # the tag with the length fills the first frame
        (tmp_path / f"{name}.mp3").write_bytes(content[frame:])
    for name in ("loud", "silent"):
        try:
            assert len(audio.read(tmp_path / f"{name}.mp3")[0]) >= 220_500
        except audio.AudioError as error:
            assert "loud.mp3 without it" in str(error) and name == "loud"


def test_what_is_no_mp3_is_called_that(tmp_path, capfd):
    for name, content in {
        "text.mp3": b"hello " * 99,
        "tag.mp3": b"ID3\x03\0\0\0\0\2\0" + bytes(256),
        "3.mp3": b"ID3",
    }.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(audio.AudioError, match=f"{name}, which is not MP3 audio$"):
            audio.read(tmp_path / name)
    capfd.readouterr()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have names of text only")
def test_names_need_not_be_text(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.wav")
    soundfile.write(os.fsencode(path), noise(100), 8000)
    assert len(audio.read(path)[0]) == 100
