import os
import shutil

import keras
import numpy as np
import pytest
import soundfile

import keras_musicgan as km
from keras_musicgan import audio
from keras_musicgan.datasets import DataSpec, NoUsableDataError, audio_folder
from keras_musicgan.representations import PitchSequence, Waveform

BAD = {"empty.wav", "text.wav", "truncated.wav", "nan.wav", "nothing.wav", "silent.WAV", "gone.wav"}


def spec(length=1024, sample_rate=8000, channels=1):
    return DataSpec(Waveform(length=length, sample_rate=sample_rate, channels=channels))


def write(path, samples, rate=8000, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate, **{"subtype": "FLOAT" if path.suffix == ".wav" else None, **options})


def counting_files(n_files, n_samples):
    """Sample `k` of file `j` is `(j · n_samples + k) / 10⁵`, from which each sample says where it is from."""
    return {f"{j}.wav": np.arange(j * n_samples, (j + 1) * n_samples) / 1e5 for j in range(n_files)}


def origins(clips, n_samples):
    """File and place of the first sample of each clip of `counting_files`."""
    return np.divmod(np.rint(clips[:, 0, 0] * 1e5).astype(int), n_samples)


def epoch_of(data):
    """The batches of the next epoch as one array."""
    data.on_epoch_begin()
    clips = np.concatenate([data[index][0] for index in range(len(data))])
    data.on_epoch_end()
    return clips


@pytest.fixture
def opened(monkeypatch):
    """List that grows by every file that libsndfile opens."""
    files, soundfile_class = [], soundfile.SoundFile

    def counted(file, *args, **kwargs):
        files.append(file)
        return soundfile_class(file, *args, **kwargs)

    monkeypatch.setattr(soundfile, "SoundFile", counted)
    return files


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
    assert (data.n_clips, data.held_out.n_clips) == (5, 1)


def test_folders_without_usable_files_are_named(tmp_path, audio_files):
    with pytest.raises(NotADirectoryError, match="nowhere"):
        audio_folder(tmp_path / "nowhere", spec())
    (tmp_path / "none").mkdir()
    with pytest.raises(NoUsableDataError, match="none, which holds none"):
        audio_folder(tmp_path / "none", spec())
    for sub_folder in ("low", "high"):
        shutil.rmtree(audio_files / sub_folder)
    with pytest.raises(NoUsableDataError, match="7 skipped; empty.wav: .*empty"):
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


def test_labels_come_from_folders_names_and_tables(audio_files, tmp_path):
    def labels_of(labels):
        data = audio_folder(audio_files, spec(), clip="slices", held_out=0, labels=labels)
        assert data.n_clips == 24 and all(values.shape == (24,) for values in data.labels.values())
        files = [data.files[file].stem for file in data.file_of_clip]
        return files, data.labels, data.skipped

    files, labels, skipped = labels_of("folder")
    assert labels["folder"].tolist() == ["low" if name[0] in "abc" else "high" for name in files]
    assert "sub-folder" in skipped["text.wav"]
    files, labels, skipped = labels_of("{note}_{number}")
    assert [f"{note}_{number}" for note, number in zip(labels["note"], labels["number"], strict=True)] == files
    assert "does not fit the pattern" in skipped["silent.WAV"]
    files, labels, _ = labels_of("{height}/*_{number}")
    assert set(labels) == {"height", "number"} and set(labels["height"]) == {"low", "high"}
    table = tmp_path / "labels.csv"
    rows = ["low/a_1.wav,1", "low/b_2.wav,2", "low/c_3.wav,3", "high/d_4.wav,4", "high/e_5.wav,5", "high/f_6.wav,6"]
    table.write_text("\n".join(["\ufefffile,pitch", *rows, "low/x_9.wav,9", "text.wav,"]))
    files, labels, skipped = labels_of(table)
    assert labels["pitch"].tolist() == [name[-1] for name in files]
    assert "not there" in skipped["low/x_9.wav"] and "nothing in column 'pitch'" in skipped["text.wav"]
    assert "no row for it" in skipped["nan.wav"]


def test_files_whose_labels_are_missing_everywhere_are_an_error(audio_files, tmp_path):
    with pytest.raises(NoUsableDataError, match="none of 13 files.*does not fit"):
        audio_folder(audio_files, spec(), labels="{a}-{b}")
    (tmp_path / "labels.csv").write_text("file,pitch\nelsewhere.wav,1\n")
    with pytest.raises(NoUsableDataError, match="not there"):
        audio_folder(audio_files, spec(), labels=tmp_path / "labels.csv")
    flat = tmp_path / "flat"
    write(flat / "x.wav", np.ones(10))
    with pytest.raises(NoUsableDataError, match="sub-folder"):
        audio_folder(flat, spec(), labels="folder")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "an empty file"),
        (b"name,pitch\na,1\n", "'name', 'pitch'"),
        (b"file\nlow/a_1.wav\n", "'file'"),
        (b"file,pitch,pitch\nlow/a_1.wav,1,2\n", "'pitch', 'pitch'"),
        (b"file,\nlow/a_1.wav,1\n", "'file', ''"),
        (b"file,pitch\nlow/a_1.wav,1\nlow/a_1.wav,2\n", "two of 'low/a_1.wav'"),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_broken_tables_are_named(content, message, audio_files, tmp_path):
    table = tmp_path / "labels.csv"
    table.write_bytes(content)
    with pytest.raises(ValueError, match=message) as error:
        audio_folder(audio_files, spec(), labels=table)
    assert "labels.csv" in str(error.value)
    table.unlink()
    with pytest.raises(FileNotFoundError, match="labels.csv"):
        audio_folder(audio_files, spec(), labels=table)


def test_no_file_is_on_both_sides_of_the_split(tmp_path):
    for name, samples in counting_files(10, 350).items():
        write(tmp_path / name, samples)
    options = {"clip": "slices", "overlap": 0.5, "held_out": 0.3}
    data = audio_folder(tmp_path, spec(100), **options)
    files, held_out = set(origins(data.load(), 350)[0]), set(origins(data.held_out.load(), 350)[0])
    assert len(files) == 7 and len(held_out) == 3 and not files & held_out
    again = audio_folder(tmp_path, spec(100), **options)
    assert again.files == data.files and again.held_out.files == data.held_out.files
    assert audio_folder(tmp_path, spec(100), **options, seed=1).held_out.files != data.held_out.files
    assert audio_folder(tmp_path, spec(100), held_out=0).held_out is None


def test_after_the_first_decoding_memory_holds_everything(audio_files, opened):
    data = audio_folder(audio_files, spec(), clip="slices", held_out=0)
    assert len(set(opened)) == 11
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
    assert len(set(opened)) == 11  # all but the one that is empty and the one that is not there


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


class Recording(km.MusicGAN):
    """Keeps the batches that training sees."""

    def train_step(self, data):
        self.seen.append(keras.ops.convert_to_numpy(data[0]))
        return super().train_step(data)


@pytest.mark.backend
@pytest.mark.parametrize("limit", [0, 2 * 10**9])
def test_training_sees_the_batches_in_order_and_goes_on_where_it_ended(limit, audio_files):
    options = {"clip": "random", "held_out": 0, "batch_size": 4, "cache_limit": limit, "workers": 3}
    plain = audio_folder(audio_files, spec(), **options)
    expected = [epoch_of(plain) for _ in range(4)]

    def seen_by(data, first_epoch, shuffle=False):
        layers = keras.layers
        generator = keras.Sequential([keras.Input((4,)), layers.Dense(1024), layers.Reshape((1024, 1))])
        discriminator = keras.Sequential([keras.Input((1024, 1)), layers.Flatten(), layers.Dense(1)])
        gan = Recording(generator, discriminator, spec().representation, latent_dim=4)
        gan.compile(run_eagerly=True)
        gan.seen = []
        data.epoch = first_epoch
        gan.fit(data, epochs=4, initial_epoch=first_epoch, shuffle=shuffle, verbose=0)
        return np.split(np.concatenate(gan.seen), 4 - first_epoch)

    data = audio_folder(audio_files, spec(), **options)
    assert (data.workers == 3) == (limit == 0)
    np.testing.assert_allclose(seen_by(data, 0), expected, atol=1e-5)
    assert data.epoch == 4
    np.testing.assert_allclose(seen_by(data, 2), expected[2:], atol=1e-5)
    for epoch, shuffled in zip(expected, seen_by(data, 0, shuffle=True), strict=True):
        np.testing.assert_allclose(np.sort(shuffled, axis=None), np.sort(epoch, axis=None), atol=1e-5)


def test_labels_have_one_value_a_clip():
    clips = np.arange(6.0).reshape(6, 1, 1)
    data = km.datasets.Clips(clips, batch_size=2, labels={"pitch": [60, 61, 62, 63, 64, 65]})
    assert data.n_clips == 6 and data.load([4]).item() == data.labels["pitch"][4] - 60
    assert km.datasets.Clips(clips, batch_size=2).labels == {}
    with pytest.raises(ValueError, match="each of the 6 clips.*'pitch' of shape \\(5,\\)"):
        km.datasets.Clips(clips, batch_size=2, labels={"pitch": np.arange(5)})


def test_an_epoch_that_keras_reads_ahead_has_its_own_order(audio_files):
    data = audio_folder(audio_files, spec(), batch_size=2, held_out=0)
    expected = [epoch_of(data) for _ in range(3)]
    data.epoch = 0
    data.on_epoch_end()  # as `fit` does before its first epoch
    for epoch in expected:
        first = data[0][0]  # Keras's threads begin before it says so
        data.on_epoch_begin()
        np.testing.assert_array_equal(first, epoch[:2])
        np.testing.assert_array_equal(data[2][0], epoch[4:])
        data.on_epoch_end()


def test_a_file_that_changes_during_training_is_named(audio_files, tmp_path):
    data = audio_folder(audio_files, spec(), held_out=0, cache_limit=0)
    (audio_files / "low" / "a_1.wav").write_text("gone")
    with pytest.raises(audio.AudioError, match="a_1.wav"):
        epoch_of(data)
    cached = audio_folder(audio_files / "high", spec(), held_out=0, cache=tmp_path / "cache")
    for entry in (tmp_path / "cache").glob("*.f32"):
        os.truncate(entry, 8)
    with pytest.raises(OSError, match="cache must stay as it is"):
        epoch_of(cached)


@pytest.mark.data
def test_orchestra_notes(philharmonia):
    import librosa

    data = audio_folder(
        philharmonia, spec(16_384, 16_000), labels="{instrument}_{note}_{length}_*", trim_db=40, normalize="peak"
    )
    assert data.n_clips + data.held_out.n_clips == 2842
    assert list(data.skipped) == ["saxophone/saxophone_Fs3_15_fortissimo_normal.mp3"]
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
    assert len(data.files) + len(data.held_out.files) == 195 and not data.skipped
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
