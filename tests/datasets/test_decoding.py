"""Decoded audio in memory and on disk."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from keras_musicgan import audio
from keras_musicgan.datasets import audio_folder
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
