"""Decoded audio in memory and on disk."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from keras_musicgan import audio
from keras_musicgan.datasets import audio_folder
from keras_musicgan.datasets.decoding.memory_cache import MemoryCache
from tests.support.audio_files import epoch_of, spec, write


@pytest.fixture
def opened(monkeypatch):
    """List that grows by every file that libsndfile opens."""
    files, soundfile_class = [], soundfile.SoundFile

    def counted(file, *args, **kwargs):
        files.append(Path(os.fsdecode(file)))
        return soundfile_class(file, *args, **kwargs)

    monkeypatch.setattr(soundfile, "SoundFile", counted)
    return files


def test_after_the_first_decoding_memory_holds_everything(audio_files, opened):
    data = audio_folder(audio_files, spec(), clip="slices", held_out=0)
    assert len(set(opened)) == 10
    opened.clear()
    first, second = epoch_of(data), epoch_of(data)
    assert not opened and not np.array_equal(first, second)


def test_a_cache_on_disk_spares_later_runs_the_decoding(audio_files, tmp_path, opened):
    options = {"clip": "slices", "held_out": 0, "cache": tmp_path / "cache"}
    first = audio_folder(audio_files, spec(), **options)
    clips = epoch_of(first)
    np.testing.assert_array_equal(clips, epoch_of(audio_folder(audio_files, spec(), clip="slices", held_out=0)))
    opened.clear()
    second = audio_folder(audio_files, spec(), **options)
    np.testing.assert_array_equal(epoch_of(second), clips)
    assert not opened and second.skipped == first.skipped

    changed = audio_files / "low" / "b_2.wav"
    write(changed, np.full(5000, 0.25))
    third = audio_folder(audio_files, spec(), **options)
    assert set(opened) == {changed}
    of_changed = third.file_of_clip == third.files.index(changed)
    assert of_changed.sum() == 4 and np.all(third.load()[of_changed] == 0.25)
    opened.clear()
    entries = sorted((tmp_path / "cache").glob("*.f32"))
    assert len(entries) == 6 and not list((tmp_path / "cache").glob(".*"))
    entries[0].write_bytes(entries[0].read_bytes()[:-4])
    entries[1].with_suffix(".json").write_text("not JSON")
    np.testing.assert_array_equal(audio_folder(audio_files, spec(), **options).load(), third.load())
    assert len(set(opened)) == 2
    opened.clear()
    audio_folder(audio_files, spec(sample_rate=16_000), **options)
    assert len(set(opened)) == 10  # all but those that are empty, cut off or not there


@pytest.mark.parametrize("on_disk", [False, True])
@pytest.mark.parametrize("clip", ["slices", "random"])
def test_what_is_beyond_the_limit_gives_the_same_batches(on_disk, clip, tmp_path, opened):
    rng = np.random.default_rng(0)
    for name, rate in {"a.wav": 8000, "b.flac": 44_100, "c.ogg": 48_000, "d.mp3": 44_100, "e.wav": 96_000}.items():
        write(tmp_path / "audio" / name, rng.uniform(-0.5, 0.5, (rate, 2)), rate)
    options = {"clip": clip, "held_out": 0, "batch_size": 3, "normalize": "peak"}
    data = audio_folder(tmp_path / "audio", spec(), **options)
    epochs = [epoch_of(data) for _ in range(2)]
    for limit in (0, 50_000, 100_000):  # of 160,000 bytes
        cache = tmp_path / f"cache_{limit}" if on_disk else None
        waiting = 0 if on_disk or not limit else (4 + 2) * 3 * 4096  # the batches of the queue and of two threads
        streamed = audio_folder(tmp_path / "audio", spec(), cache=cache, cache_limit=limit + waiting, **options)
        for epoch in epochs:
            opened.clear()
            np.testing.assert_allclose(epoch_of(streamed), epoch, atol=2e-5)
            assert len(set(opened)) == {0: 5, 50_000: 4, 100_000: 2}[limit]
        if on_disk:
            assert sum(file.stat().st_size for file in cache.glob("*.f32")) == limit // 4 * 4
            opened.clear()
            again = audio_folder(tmp_path / "audio", spec(), cache=cache, cache_limit=limit, **options)
            assert not opened
            np.testing.assert_allclose(epoch_of(again), epochs[0], atol=2e-5)


def test_a_larger_limit_fills_the_cache_on_disk_up(audio_files, tmp_path, opened):
    options = {"held_out": 0, "cache": tmp_path / "cache", "clip": "slices"}
    audio_folder(audio_files, spec(), cache_limit=50_000, **options)
    opened.clear()
    data = audio_folder(audio_files, spec(), **options)
    assert len(set(opened)) == 4  # all but the two that were whole
    opened.clear()
    epoch_of(data)
    assert not opened


def test_a_first_clip_keeps_no_more_than_itself(tmp_path, opened):
    rng = np.random.default_rng(0)
    for name in "abc":
        write(tmp_path / f"{name}.wav", rng.uniform(-0.5, 0.5, 5000), 8000)
    limit = 3 * 4 * 512  # bytes of three clips
    data = audio_folder(tmp_path, spec(512, 8000), held_out=0, cache=tmp_path / "kept", cache_limit=limit)
    assert data.decoded.complete
    opened.clear()
    data.load()
    assert not opened


def test_what_the_system_failed_to_read_is_tried_again(tmp_path, monkeypatch):
    write(tmp_path / "a.wav", np.random.default_rng(0).uniform(-0.5, 0.5, 5000), 8000)
    write(tmp_path / "b.wav", np.random.default_rng(1).uniform(-0.5, 0.5, 5000), 8000)
    whole = audio.info

    def failing(path):
        if path.name == "a.wav":
            raise OSError("Stale file handle")
        return whole(path)

    with monkeypatch.context() as patch:
        patch.setattr(audio, "info", failing)
        data = audio_folder(tmp_path, spec(512, 8000), held_out=0, cache=tmp_path / "cache")
        assert data.skipped == {"a.wav": "Stale file handle"}
    assert audio_folder(tmp_path, spec(512, 8000), held_out=0, cache=tmp_path / "cache").n_clips == 2


def noise(n_samples, seed=0):
    return np.random.default_rng(seed).uniform(-0.5, 0.5, n_samples)


@pytest.mark.parametrize("ending", ["f32", "json"])
def test_bytes_of_the_cache_that_changed_are_decoded_anew(ending, tmp_path, opened):
    for name in "ab":
        write(tmp_path / "audio" / f"{name}.wav", noise(5000, ord(name)))
    options = {"clip": "slices", "held_out": 0, "cache": tmp_path / "cache"}
    clips = audio_folder(tmp_path / "audio", spec(), **options).load()
    entry = sorted((tmp_path / "cache").glob(f"*.{ending}"))[0]
    content = bytearray(entry.read_bytes())
    place = 4000 if ending == "f32" else content.index(b"5000")
    content[place] ^= 1
    entry.write_bytes(bytes(content))
    opened.clear()
    np.testing.assert_array_equal(audio_folder(tmp_path / "audio", spec(), **options).load(), clips)
    assert len(set(opened)) == 1
    opened.clear()
    audio_folder(tmp_path / "audio", spec(), **options)
    assert not opened


def test_a_smaller_limit_keeps_what_is_there_and_reads_the_rest_from_the_files(tmp_path, opened):
    for name in "ab":
        write(tmp_path / "audio" / f"{name}.flac", noise(5000, ord(name)))
    options = {"clip": "slices", "held_out": 0, "cache": tmp_path / "cache"}
    clips = audio_folder(tmp_path / "audio", spec(), **options).load()
    small = audio_folder(tmp_path / "audio", spec(), cache_limit=24_000, **options)
    np.testing.assert_allclose(small.load(), clips, atol=1e-6)
    assert sorted(path.stat().st_size for path in (tmp_path / "cache").glob("*.f32")) == [20_000, 20_000]
    opened.clear()
    audio_folder(tmp_path / "audio", spec(), cache_limit=24_000, **options)
    audio_folder(tmp_path / "audio", spec(), **options)
    assert not opened


def test_files_that_seek_to_another_place_are_decoded_from_their_beginning(tmp_path, monkeypatch):
    write(tmp_path / "a.flac", noise(50_000))
    seek = soundfile.SoundFile.seek
    monkeypatch.setattr(
        soundfile.SoundFile, "seek", lambda self, place, whence=0: seek(self, max(0, place - 5), whence)
    )
    options = {"clip": "slices", "held_out": 0}
    streamed = audio_folder(tmp_path, spec(), cache_limit=0, **options)
    np.testing.assert_allclose(streamed.load(), audio_folder(tmp_path, spec(), **options).load(), atol=1e-6)


@pytest.mark.parametrize("limit", [0, 10**6])
def test_what_goes_or_changes_in_an_epoch_is_named(limit, tmp_path):
    path = tmp_path / "audio" / "a.wav"
    options = {"clip": "slices", "held_out": 0, "cache": tmp_path / "cache", "cache_limit": limit}
    write(path, noise(5000))
    data = audio_folder(tmp_path / "audio", spec(), **options)
    victims = [path] if not limit else list((tmp_path / "cache").glob("*.f32"))
    (victim,) = victims
    content = victim.read_bytes()
    if not limit:
        write(path, noise(2000))
    else:
        victim.write_bytes(content[:8000])
    with pytest.raises((audio.AudioError, OSError), match=r"must stay as it is while it is in use.*a\.wav"):
        data.load()
    victim.unlink()
    with pytest.raises(OSError, match=r"a\.wav"):
        data.load()
    if limit:
        victim.write_bytes(np.full(5000, np.nan, "<f4").tobytes())
        with pytest.raises(audio.AudioError, match=r"a\.wav, changed"):
            data.load()


def test_another_file_of_the_same_length_in_its_place_is_named(tmp_path):
    write(tmp_path / "a.wav", noise(5000))
    data = audio_folder(tmp_path, spec(), held_out=0, cache_limit=0)
    data.load()
    write(tmp_path / "new", noise(5000)[::-1], format="WAV")
    os.replace(tmp_path / "new", tmp_path / "a.wav")
    with pytest.raises(audio.AudioError, match=r"must stay as it is while it is in use.*a\.wav, changed"):
        data.load()


def test_a_cache_that_cannot_be_written_is_named_and_no_file_blamed(tmp_path, monkeypatch):
    write(tmp_path / "audio" / "a.wav", noise(5000))

    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("keras_musicgan.datasets.decoding.disk_cache.replacing", full)
    with pytest.raises(OSError, match=r"cache='.*kept': No space left"):
        audio_folder(tmp_path / "audio", spec(), cache=tmp_path / "kept")
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="cache='.*file'"):
        audio_folder(tmp_path / "audio", spec(), cache=tmp_path / "file")


def test_too_many_open_files_are_no_fault_of_a_file(tmp_path, monkeypatch):
    write(tmp_path / "a.wav", noise(5000))

    def failing(path):
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(audio, "info", failing)
    with pytest.raises(OSError, match=r"a\.wav: Too many open files"):
        audio_folder(tmp_path, spec())


def test_memory_does_not_depend_on_a_promised_length():
    cache = MemoryCache(2)
    blocks = [np.full((1000, 2), index, "float32") for index in range(5)]
    for _ in cache.keeping(Path("a"), iter(blocks), 2**60):
        pass
    np.testing.assert_array_equal(cache.read(Path("a"), 0, 5000), np.concatenate(blocks))
    for _ in cache.keeping(Path("b"), iter(blocks), 2500):
        pass
    np.testing.assert_array_equal(cache.read(Path("b"), 1900, 600), np.concatenate(blocks)[1900:2500])
