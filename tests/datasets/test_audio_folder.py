import json
import os
import shutil
import sys
import warnings

import numpy as np
import pytest
import soundfile

from keras_musicgan import audio
from keras_musicgan.datasets import DataSpec, NoUsableDataError, audio_folder
from keras_musicgan.representations import PitchSequence
from tests.support.audio_files import spec, write

BAD = {"empty.wav", "text.wav", "truncated.wav", "nan.wav", "nothing.wav", "silent.WAV", "gone.wav", "notes.txt"}


@pytest.mark.parametrize("channels", [1, 2])
def test_files_of_every_kind_rate_and_channels_become_the_models(channels, tmp_path):
    kinds = {
        "wav": (44_100, 2),
        "flac": (96_000, 1),
        "ogg": (48_000, 2),
        "mp3": (22_050, 1),
        "aiff": (11_025, 4),
        "opus": (24_000, 1),
    }
    for ending, (rate, n) in kinds.items():
        tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(2 * rate) / rate)
        options = {"subtype": "OPUS", "format": "OGG"} if ending == "opus" else {}
        write(tmp_path / "a" / f"sine.{ending}", np.stack([tone] * n, axis=1), rate, **options)
    data = audio_folder(tmp_path, spec(16_384, 16_000, channels), held_out=0)
    assert data.n_clips == len(kinds) and not data.skipped
    expected = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(16_384) / 16_000)
    for file, clip in zip(data.files, data.load(), strict=True):
        assert clip.shape == (16_384, channels) and clip.dtype == "float32"
        # Lossy kinds change the signal a little, most where it begins. One sample late would be an error of 0.2.
        first, error = (8192, 0.05) if file.suffix in (".ogg", ".mp3", ".opus") else (500, 2e-4)
        for channel in clip.T:
            np.testing.assert_allclose(channel[first:], expected[first:], atol=error)


def test_bad_files_are_left_out_with_the_reason(audio_files):
    data = audio_folder(audio_files, spec(), batch_size=2)
    assert set(data.skipped) == BAD
    for name, reason in {
        "empty.wav": "empty",
        "text.wav": "libsndfile",
        "truncated.wav": "cut off",
        "nan.wav": "NaN",
        "nothing.wav": "holds none",
        "silent.WAV": "silent",
        "gone.wav": "must exist",
    }.items():
        assert reason in data.skipped[name] and name in data.skipped[name]
    assert data.skipped["notes.txt"] == "not audio"
    assert (data.n_clips, data.held_out.n_clips) == (5, 1)


def test_folders_without_usable_files_are_named(tmp_path, audio_files):
    with pytest.raises(NotADirectoryError, match="nowhere"):
        audio_folder(tmp_path / "nowhere", spec())
    (tmp_path / "none").mkdir()
    with pytest.raises(NoUsableDataError, match="none, which holds none"):
        audio_folder(tmp_path / "none", spec())
    for sub_folder in ("low", "high"):
        shutil.rmtree(audio_files / sub_folder)
    with pytest.raises(NoUsableDataError, match="8 skipped; empty.wav: .*empty"):
        audio_folder(audio_files, spec())


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("clip", "last"),
        ("overlap", 1.0),
        ("overlap", -0.1),
        ("overlap", float("nan")),
        ("normalize", "loud"),
        ("trim_db", 0),
        ("trim_db", -20),
        ("labels", "folders"),
        ("labels", "{a}_{a}"),
        ("labels", "{a b}"),
        ("held_out", 1.0),
        ("held_out", -0.1),
        ("batch_size", 0),
        ("cache_limit", -1),
        ("workers", 0),
    ],
)
def test_wrong_options_are_named(option, value, audio_files):
    options = {"clip": "slices", option: value}
    with pytest.raises(ValueError, match=f"Received: {option}="):
        audio_folder(audio_files, spec(), **options)


def test_what_does_not_fit_is_named(audio_files):
    with pytest.raises(ValueError, match="overlap=0.5 with clip='first'"):
        audio_folder(audio_files, spec(), overlap=0.5)
    with pytest.raises(TypeError, match="audio domain.*PitchSequence"):
        audio_folder(audio_files, DataSpec(PitchSequence()))


@pytest.mark.data
@pytest.mark.slow
def test_orchestra_notes(philharmonia):
    import librosa

    data = audio_folder(
        philharmonia, spec(16_384, 16_000), labels="{instrument}_{note}_{length}_*", trim_db=40, normalize="peak"
    )
    assert data.n_clips + data.held_out.n_clips == 2842
    assert list(data.skipped) == ["saxophone/saxophone_Fs3_15_fortissimo_normal.mp3", "README.md"]
    assert set(data.labels["instrument"]) == {"clarinet", "flute", "french-horn", "oboe", "saxophone", "trombone"}
    chosen = np.flatnonzero((data.labels["instrument"] == "clarinet") & (data.labels["note"] == "A4"))[:8]
    for clip in data.load(chosen):
        estimated = np.median(librosa.yin(clip[:8000, 0], fmin=200, fmax=900, sr=16_000))
        assert abs(1200 * np.log2(estimated / 440)) < 50


@pytest.mark.data
def test_loops_and_drums_of_several_rates_in_stereo(sonic_pi):
    rates = {soundfile.info(file).samplerate for file in sonic_pi.glob("*.flac")}
    assert {44_100, 96_000, 192_000} <= rates
    data = audio_folder(sonic_pi, spec(16_384, 16_000, channels=2), clip="slices", overlap=0.5)
    assert len(data.files) + len(data.held_out.files) == 195 and data.skipped == {"README.md": "not audio"}
    for index in range(0, data.n_clips, 500):
        file = data.files[data.file_of_clip[index]]
        samples, rate = soundfile.read(file, dtype="float32", always_2d=True)
        whole = audio.to_channels(audio.resample(samples, rate, 16_000), 2)
        first = 8192 * (index - np.flatnonzero(data.file_of_clip == data.file_of_clip[index])[0])
        expected = np.clip(whole[first : first + 16_384], -1, 1)
        np.testing.assert_allclose(data.load([index])[0][: len(expected)], expected, atol=1e-5)


@pytest.mark.data
def test_spoken_digits(spoken_digits):
    data = audio_folder(spoken_digits, spec(8192, 8000), labels="{digit}_{speaker}_{index}", held_out=0.2)
    assert (data.n_clips, data.held_out.n_clips) == (2400, 600) and not data.skipped
    for name, n_values in {"digit": 10, "speaker": 6, "index": 50}.items():
        values, counts = np.unique([*data.labels[name], *data.held_out.labels[name]], return_counts=True)
        assert len(values) == n_values and (counts == 3000 // n_values).all()


def test_a_file_too_short_for_one_sample_at_the_new_rate_is_skipped(tmp_path):
    write(tmp_path / "tiny.wav", np.array([0.5, -0.5]), 192_000)
    write(tmp_path / "good.wav", np.random.default_rng(0).uniform(-0.5, 0.5, 5000), 8000)
    data = audio_folder(tmp_path, spec(512, 8000), held_out=0)
    assert list(data.skipped) == ["tiny.wav"] and "a sample at 8000 Hz" in data.skipped["tiny.wav"]


def test_files_that_no_recording_is_are_skipped_and_the_rest_is_used(tmp_path):
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, 5000)
    write(tmp_path / "good.wav", sound)
    write(tmp_path / "overflow.wav", np.stack([np.full(5000, 3e38)] * 2, axis=1), 16_000)
    write(tmp_path / "one_hertz.wav", sound)
    content = bytearray((tmp_path / "one_hertz.wav").read_bytes())
    content[24:28] = (1).to_bytes(4, "little")
    (tmp_path / "one_hertz.wav").write_bytes(bytes(content))
    write(tmp_path / "a.ogg", sound)
    (tmp_path / "chained.ogg").write_bytes(2 * (tmp_path / "a.ogg").read_bytes())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = audio_folder(tmp_path, spec(), held_out=0)
    assert [file.name for file in data.files] == ["a.ogg", "good.wav"] and np.isfinite(data.load()).all()
    for name, reason in {"overflow": "a peak of 3e", "one_hertz": "with 1 Hz", "chained": "another follows"}.items():
        assert any(reason in each and name in each for each in data.skipped.values())


@pytest.mark.parametrize("ending", ["au", "caf", "aifc", "w64", "rf64", "wave", "snd"])
def test_more_endings_are_read(ending, tmp_path):
    kind = {"wave": "WAV", "snd": "AU", "aifc": "AIFF"}.get(ending, ending.upper())
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, (1024, 1))
    write(tmp_path / f"x.{ending}", sound, format=kind, subtype="PCM_16")
    np.testing.assert_allclose(audio_folder(tmp_path, spec()).load()[0], sound, atol=1 / 32_000)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have names of text only")
@pytest.mark.parametrize("cached", [False, True])
def test_names_that_are_no_text_are_read(cached, tmp_path):
    folder = tmp_path / "audio" / os.fsdecode(b"\xe9tude")
    write(tmp_path / "a.wav", np.full(2000, 0.5))
    folder.mkdir(parents=True)
    os.rename(tmp_path / "a.wav", folder / os.fsdecode(b"caf\xe9.wav"))
    (folder / os.fsdecode(b"bad\xff.wav")).write_text("no audio")
    for _ in range(2):
        options = {"cache": tmp_path / "cache"} if cached else {}
        data = audio_folder(tmp_path / "audio", spec(), labels="folder", held_out=0, **options)
        assert data.n_clips == 1 and list(data.skipped) == [os.fsdecode(b"\xe9tude/bad\xff.wav")]
        np.testing.assert_array_equal(data.load()[0], np.full((1024, 1), 0.5))
        json.dumps(data.skipped).encode()


def click(first, n=4000):
    """A struck sound that begins at a sample, behind noise 40 dB below it."""
    noise = np.random.default_rng(0).normal(0, 0.003, first + n)
    noise[first:] += 0.5 * np.exp(-np.arange(n) / 400) * np.sin(np.arange(n) / 2)
    return noise


def test_clips_begin_at_the_onset_and_at_full_level_if_the_recipe_or_the_caller_says_so(tmp_path):
    for index, first in enumerate((0, 900, 2500)):
        write(tmp_path / f"{index}.wav", click(first))
    prepared = DataSpec(spec().representation, recipe={"batch_size": 3, "trim": "onset", "normalize": "peak"})
    clips = audio_folder(tmp_path, prepared, held_out=0).load()
    np.testing.assert_allclose(np.abs(clips).max(axis=(1, 2)), 1)
    assert (np.abs(clips[:, :80]).max(axis=(1, 2)) > 0.5).all(), "within 10 ms"
    kept = audio_folder(tmp_path, prepared, held_out=0, trim="none", normalize="none").load()
    assert np.abs(kept[2]).max() < 0.02, "noise before the sound"
    np.testing.assert_array_equal(audio_folder(tmp_path, spec(), held_out=0).load(), kept)
    asked = audio_folder(tmp_path, spec(), held_out=0, trim="onset", normalize="peak").load()
    np.testing.assert_array_equal(asked, clips)


def test_a_sound_that_is_cut_off_fades_out_and_others_do_not(tmp_path):
    for name, n in (("long", 4000), ("short", 1024)):
        write(tmp_path / f"{name}.wav", 0.5 * np.ones(n))
    options = {"held_out": 0, "normalize": "none"}
    long, short = audio_folder(tmp_path, spec(), trim="onset", **options).load()
    assert long[-1] == 0 and long[-40] == pytest.approx(0.25, abs=0.01) and (long[:-80] == 0.5).all()
    assert (short == 0.5).all()
    assert (audio_folder(tmp_path, spec(), trim="level", **options).load() == 0.5).all()


def test_a_late_onset_is_found_over_blocks_and_a_cache_of_another_trimming_is_not_used(tmp_path):
    write(tmp_path / "in" / "late.wav", click(100_000), 8000)
    for trim in ("onset", "none", "onset"):
        (clip,) = audio_folder(tmp_path / "in", spec(), held_out=0, cache=tmp_path / "cache", trim=trim).load()
        assert (np.abs(clip[:80]).max() > 0.2) == (trim == "onset")


@pytest.mark.parametrize("name", ["trim", "normalize", "clip"])
def test_unknown_ways_to_prepare_files_are_refused(name, tmp_path):
    write(tmp_path / "a.wav", click(0))
    with pytest.raises(ValueError, match=f"{name}.*onse"):
        audio_folder(tmp_path, spec(), **{name: "onse"})
