import librosa
import numpy as np
import pytest

from keras_musicgan import metrics


def clips_of(kind, n=4, samples=8000, channels=1, seed=0):
    rng = np.random.default_rng(seed)
    if kind == "noise":
        return rng.uniform(-0.9, 0.9, (n, samples, channels)).astype("float32")
    frequencies = rng.uniform(200, 3000, (n, 1, channels))
    return (0.5 * np.sin(2 * np.pi * frequencies * np.arange(samples)[:, None] / 8000)).astype("float32")


@pytest.mark.parametrize(("sample_rate", "n_fft"), [(8000, 512), (16000, 1024)])
@pytest.mark.parametrize("samples", [4096, 8001])
def test_log_mel_is_that_of_librosa(sample_rate, n_fft, samples):
    clips = np.concatenate([clips_of("noise", 2, samples), clips_of("sines", 2, samples)])
    clips[1, samples // 2 :] *= 1e-3
    clips[3] = 0
    got = metrics.log_mel_spectrograms(clips, sample_rate)
    for clip, spectrogram in zip(clips, got, strict=True):
        power = librosa.feature.melspectrogram(
            y=clip[:, 0], sr=sample_rate, n_fft=n_fft, hop_length=n_fft // 4, n_mels=64, norm=None
        )
        full_scale = n_fft * (librosa.filters.get_window("hann", n_fft) ** 2).sum() / 4
        expected = librosa.power_to_db(power, ref=full_scale, amin=1e-12, top_db=None)
        np.testing.assert_allclose(spectrogram.T, np.maximum(expected, -80.0), atol=2e-3)
    assert got.dtype == "float32" and (got[3] == -80).all()


def test_log_mel_is_on_an_absolute_scale():
    centre = librosa.mel_frequencies(66, fmax=4000)[30]
    sine = np.sin(2 * np.pi * centre * np.arange(8000) / 8000)[None, :, None]
    loud = metrics.log_mel_spectrograms(sine, 8000)[0, 10:-10]
    assert (loud.argmax(axis=1) == 29).all() and -1.5 < loud.max() < 0
    power = (10 ** (loud / 10)).sum(axis=1)
    np.testing.assert_allclose(10 * np.log10(power), 0, atol=0.05)
    soft = metrics.log_mel_spectrograms(0.1 * sine, 8000)[0, 10:-10]
    np.testing.assert_allclose(soft[:, 29], loud[:, 29] - 20, atol=1e-3)


@pytest.mark.parametrize("samples", [1, 100, 511, 8000])
def test_a_clip_alone_measures_as_in_a_batch(samples):
    clips = clips_of("noise", 35, samples, channels=2)
    together = metrics.log_mel_statistics(clips, 8000)
    assert together.shape == (35, 128)
    for index in (0, 20, 34):
        alone = metrics.log_mel_statistics(clips[[index]], 8000)
        np.testing.assert_allclose(alone[0], together[index], atol=1e-3)


def test_statistics_are_those_of_the_spectrogram():
    clips = clips_of("noise", 2)
    clips[0, 4000:] = 0
    spectrograms = metrics.log_mel_spectrograms(clips, 8000, n_mels=20).astype("float64")
    got = metrics.log_mel_statistics(clips, 8000, n_mels=20)
    np.testing.assert_allclose(got[:, :20], spectrograms.mean(axis=1), rtol=1e-5)
    np.testing.assert_allclose(got[:, 20:], spectrograms.std(axis=1), rtol=1e-4)
    assert got[0, 20:].min() > 20 > 10 > got[1, 20:].max()


def test_channels_add_by_power():
    mono = clips_of("noise", 2)
    opposite = np.concatenate([mono, -mono], axis=2)
    one_sided = np.concatenate([mono, 0 * mono], axis=2)
    expected = metrics.log_mel_spectrograms(mono, 8000)
    np.testing.assert_allclose(metrics.log_mel_spectrograms(opposite, 8000), expected, atol=1e-4)
    half = np.maximum(expected - 10 * np.log10(2), -80)
    np.testing.assert_allclose(metrics.log_mel_spectrograms(one_sided, 8000), half, atol=1e-4)


def test_planted_copies_are_found():
    training = np.concatenate([clips_of("sines", 40, seed=1), clips_of("noise", 40, seed=2)])
    fresh = clips_of("sines", 40, seed=3)
    fresh[[5, 36]] = training[[77, 12]]
    fresh[8] = -training[3]
    distances, nearest = metrics.nearest_distances(fresh, training, 8000)
    assert distances.shape == nearest.shape == (40,)
    assert nearest[[5, 36, 8]].tolist() == [77, 12, 3] and (distances[[5, 36, 8]] == 0).all()
    assert np.delete(distances, [5, 36, 8]).min() > 0.1


def test_nearest_distances_are_those_of_all_pairs():
    a, b = clips_of("noise", 3, seed=1), clips_of("sines", 5, seed=2)
    rows = [metrics.log_mel_spectrograms(clips, 8000).astype("float64") for clips in (a, b)]
    all_pairs = np.sqrt(((rows[0][:, None] - rows[1][None]) ** 2).mean(axis=(2, 3)))
    distances, nearest = metrics.nearest_distances(a, b, 8000)
    np.testing.assert_allclose(distances, all_pairs.min(axis=1), rtol=1e-5)
    np.testing.assert_array_equal(nearest, all_pairs.argmin(axis=1))
    rows = metrics.log_mel_spectrograms(b, 8000).astype("float64")
    within = [np.sqrt(((rows[i] - rows[j]) ** 2).mean()) for i in range(5) for j in range(i)]
    assert metrics.mean_pairwise_distance(b, 8000) == pytest.approx(np.mean(within), rel=1e-5)


def test_distance_of_levels_is_their_difference():
    noise = clips_of("noise", 1)
    assert metrics.mean_pairwise_distance(np.concatenate([noise, 0.5 * noise]), 8000) == pytest.approx(6.02, abs=0.01)
    assert metrics.mean_pairwise_distance(np.repeat(noise, 3, axis=0), 8000) == 0.0


@pytest.mark.parametrize(
    ("clips", "message"),
    [
        (np.zeros((2, 8000)), "shape"),
        (np.zeros((0, 8000, 1)), "shape"),
        (np.zeros((2, 8000, 1), "int16"), "int16.*as_audio"),
        (np.full((2, 8000, 1), np.nan), "finite"),
    ],
)
def test_clips_that_cannot_be_measured_are_named(clips, message):
    good = np.zeros((2, 8000, 1))
    for measure in (metrics.log_mel_statistics, metrics.log_mel_spectrograms, metrics.mean_pairwise_distance):
        with pytest.raises(ValueError, match=message):
            measure(clips, 8000)
    with pytest.raises(ValueError, match=f"`clips_b`.*{message}"):
        metrics.nearest_distances(good, clips, 8000)


def test_wrong_options_are_named():
    good = np.zeros((2, 8000, 1))
    with pytest.raises(ValueError, match="clips_b with 7000"):
        metrics.nearest_distances(good, good[:, :7000], 8000)
    with pytest.raises(ValueError, match="at least two clips"):
        metrics.mean_pairwise_distance(good[:1], 8000)
    with pytest.raises(ValueError, match="sample_rate"):
        metrics.log_mel_statistics(good, 0)
    with pytest.raises(ValueError, match="n_mels=1000 at a sample rate of 8000"):
        metrics.log_mel_statistics(good, 8000, n_mels=1000)
