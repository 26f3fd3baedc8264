"""The part of a file that a clip is."""

import numpy as np
import pytest

from keras_musicgan import audio
from keras_musicgan.datasets import audio_folder
from tests.support.audio_files import counting_files, epoch_of, origins, spec, write


def test_stereo_keeps_its_sides_and_mono_is_their_mean(tmp_path):
    left, right = np.random.default_rng(0).uniform(-0.5, 0.5, (2, 1024))
    write(tmp_path / "x.wav", np.stack([left, right], axis=1))
    stereo = audio_folder(tmp_path, spec(channels=2)).load()
    np.testing.assert_allclose(stereo[0], np.stack([left, right], axis=1), atol=1e-7)
    mono = audio_folder(tmp_path, spec()).load()
    np.testing.assert_allclose(mono[0, :, 0], (left + right) / 2, atol=1e-7)
    write(tmp_path / "x.wav", np.stack([left, right, 0.5 - left], axis=1), 16_000)
    front = audio_folder(tmp_path, spec(512, 8000, 2)).load()
    expected = audio.resample(np.stack([left, right], axis=1).astype("float32"), 16_000, 8000)
    np.testing.assert_allclose(front[0], expected, atol=1e-6)


@pytest.mark.parametrize(
    ("overlap", "starts"), [(0.0, [0, 100, 200]), (0.5, [0, 50, 100, 150, 200, 250]), (0.99, None)]
)
def test_slices_are_the_right_samples(overlap, starts, tmp_path):
    starts = range(251) if starts is None else starts
    n_samples = 350
    for name, samples in counting_files(2, n_samples).items():
        write(tmp_path / name, samples)
    data = audio_folder(tmp_path, spec(100), clip="slices", overlap=overlap, held_out=0)
    files, first = origins(data.load(), n_samples)
    np.testing.assert_array_equal(files, np.repeat([0, 1], len(starts)))
    np.testing.assert_array_equal(first, np.tile(starts, 2))
    np.testing.assert_array_equal(data.file_of_clip, files)
    np.testing.assert_allclose(np.diff(data.load()[:, :, 0]), 1e-5, atol=1e-6)


def test_random_crops_lie_inside_their_file_and_are_new_every_epoch(tmp_path):
    for name, samples in counting_files(5, 350).items():
        write(tmp_path / name, samples)
    options = {"clip": "random", "held_out": 0, "batch_size": 5, "seed": 3}
    data = audio_folder(tmp_path, spec(100), **options)
    assert data.n_clips == 15
    seen = []
    for _ in range(60):
        clips = epoch_of(data)
        np.testing.assert_allclose(np.diff(clips[:, :, 0]), 1e-5, atol=1e-6)
        files, first = origins(clips, 350)
        assert sorted(files) == sorted([*range(5)] * 3) and first.max() <= 250
        seen.append(first)
    assert len(set(np.concatenate(seen))) > 200 and np.concatenate(seen).min() < 5 < 245 < np.concatenate(seen).max()
    again = audio_folder(tmp_path, spec(100), **options)
    again.epoch = 59
    np.testing.assert_array_equal(origins(epoch_of(again), 350)[1], seen[-1])


def test_short_files_are_filled_up_with_zeros(tmp_path):
    samples = np.random.default_rng(0).uniform(-0.5, 0.5, 300)
    write(tmp_path / "x.wav", samples)
    for clip in ("first", "slices", "random"):
        (clips,) = audio_folder(tmp_path, spec(), clip=clip).load()
        np.testing.assert_allclose(clips[:300, 0], samples, atol=1e-7)
        assert not clips[300:].any()


def test_normalization_is_of_each_clip(tmp_path):
    rng = np.random.default_rng(0)
    write(tmp_path / "x.wav", np.concatenate([rng.uniform(-0.2, 0.2, 1024), rng.uniform(-0.02, 0.02, 1024)]))
    write(tmp_path / "short.wav", rng.uniform(-0.02, 0.02, 300))
    options = {"clip": "slices", "held_out": 0}
    peaks = np.abs(audio_folder(tmp_path, spec(), normalize="peak", **options).load()).max(axis=(1, 2))
    np.testing.assert_allclose(peaks, 1, atol=1e-6)
    clips = audio_folder(tmp_path, spec(), normalize="rms", **options).load()
    levels = [np.sqrt(np.mean(clip[clip != 0] ** 2)) for clip in clips]
    np.testing.assert_allclose(levels, 0.1, atol=1e-4)


def test_silence_at_both_ends_is_trimmed(tmp_path):
    rng = np.random.default_rng(0)
    sound = rng.uniform(-0.5, 0.5, 2560)
    hiss = rng.uniform(-0.0005, 0.0005, 5120)
    write(tmp_path / "x.wav", np.concatenate([hiss, sound, 0 * sound, sound, hiss]))
    data = audio_folder(tmp_path, spec(), clip="slices", trim_db=40, held_out=0)
    np.testing.assert_allclose(data.load()[:, :, 0].ravel(), [*sound, *(0 * sound), *sound][: 7 * 1024], atol=1e-7)
    assert data.n_clips == 7  # of 7,680 samples
    assert audio_folder(tmp_path, spec(), clip="slices", trim_db=90, held_out=0).n_clips == 17
