import librosa
import numpy as np
import pytest
import scipy.linalg

from keras_musicgan import metrics


def planted(n, mean, factor, seed=0):
    """Embeddings `[n, dims]` whose mean is exactly `mean` and whose covariance is exactly factor factorᵀ."""
    sample = np.random.default_rng(seed).standard_normal((n, factor.shape[1]))
    q, _ = np.linalg.qr(sample - sample.mean(axis=0))  # columns of mean 0, orthonormal
    return mean + q * np.sqrt(n - 1) @ factor.T


def clips_of(kind, n=4, samples=8000, channels=1, seed=0):
    rng = np.random.default_rng(seed)
    if kind == "noise":
        return rng.uniform(-0.9, 0.9, (n, samples, channels)).astype("float32")
    frequencies = rng.uniform(200, 3000, (n, 1, channels))
    return (0.5 * np.sin(2 * np.pi * frequencies * np.arange(samples)[:, None] / 8000)).astype("float32")


def test_frechet_distance_of_planted_gaussians():
    scale_a, scale_b = np.array([1.0, 2.0, 0.5, 3.0]), np.array([2.0, 2.0, 0.1, 1.0])
    shift = np.array([0.0, 1.0, -2.0, 0.5])
    a = planted(50, np.zeros(4), np.diag(scale_a), seed=1)
    b = planted(80, shift, np.diag(scale_b), seed=2)
    expected = (shift**2).sum() + ((scale_a - scale_b) ** 2).sum()
    assert metrics.frechet_distance(a, b) == pytest.approx(expected, rel=1e-12)
    assert metrics.frechet_distance(b, a) == pytest.approx(expected, rel=1e-12)
    assert metrics.frechet_distance(a, a + 3.0) == pytest.approx(4 * 9.0, rel=1e-12)
    assert metrics.frechet_distance(a, 2.0 * a) == pytest.approx((scale_a**2).sum(), rel=1e-12)


def test_frechet_distance_is_that_of_scipy():
    rng = np.random.default_rng(3)
    a = rng.standard_normal((300, 12)) @ rng.standard_normal((12, 12)) + rng.standard_normal(12)
    b = rng.exponential(size=(200, 12)) @ rng.standard_normal((12, 12))
    cov_a, cov_b = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = scipy.linalg.sqrtm(cov_a @ cov_b).real
    expected = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(cov_a + cov_b - 2 * root)
    assert metrics.frechet_distance(a, b) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("shape", [(2, 1), (300, 20), (129, 128)])
def test_frechet_distance_of_equal_sets_is_zero(shape):
    embeddings = 100.0 + 30.0 * np.random.default_rng(0).standard_normal(shape)
    reordered = embeddings[::-1]
    assert metrics.frechet_distance(embeddings, embeddings) == pytest.approx(0, abs=1e-9)
    assert metrics.frechet_distance(embeddings, reordered) == pytest.approx(0, abs=1e-9)
    assert metrics.frechet_distance(embeddings.astype("float32"), embeddings.astype("float32")) < 1e-9


def planted_pair(n, dims, exponent, seed=0):
    """Two sets whose covariances A and T A T do not commute, and their distance: the trace of the root is that of T A.

    The eigenvalues of A and T spread over `exponent` powers of ten.
    """
    rng = np.random.default_rng(seed)

    def positive(powers):
        axes, _ = np.linalg.qr(rng.standard_normal((dims, dims)))
        return (axes * 10.0 ** -np.linspace(0, powers, dims)) @ axes.T

    root, transport, shift = positive(exponent / 2), positive(exponent), 0.1 * rng.standard_normal(dims)
    a, b = planted(n, 0.0, root, seed + 1), planted(n, shift, (root @ transport).T, seed + 2)
    traces = (root**2).sum() + ((root @ transport) ** 2).sum() - 2 * (root * (transport @ root)).sum()
    return a, b, (shift**2).sum() + traces


@pytest.mark.parametrize("exponent", [0.5, 2, 4, 8])
@pytest.mark.parametrize("dims", [3, 40, 200])
def test_frechet_distance_in_closed_form_however_singular_the_covariances(dims, exponent):
    a, b, expected = planted_pair(2 * dims + 2, dims, exponent)
    assert metrics.frechet_distance(a, b) == pytest.approx(expected, rel=1e-7)
    assert metrics.frechet_distance(b, a) == pytest.approx(expected, rel=1e-7)
    assert metrics.frechet_distance(3 * a, 3 * b) == pytest.approx(9 * expected, rel=1e-7)
    assert metrics.frechet_distance(a[::-1], b[::-1]) == pytest.approx(expected, rel=1e-7)


def test_frechet_distance_of_small_differences_between_nearly_singular_sets():
    """Differences are measured where the roots of a product of covariances would give only noise."""
    axes, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((64, 64)))
    a = planted(500, np.zeros(64), axes * 10.0 ** -np.linspace(0, 7, 64), seed=5)
    expected = 1e-4**2 * np.trace(np.cov(a, rowvar=False))
    assert metrics.frechet_distance(a, (1 + 1e-4) * a) == pytest.approx(expected, rel=1e-6, abs=0)


def test_frechet_distance_in_a_subspace():
    """Three Gaussian dimensions, turned into a subspace of fifteen, are as far apart as before."""
    rng = np.random.default_rng(4)
    a, b = rng.standard_normal((20, 3)), 2.0 + rng.standard_normal((30, 3)) * [1, 2, 3]
    into, _ = np.linalg.qr(rng.standard_normal((15, 3)))
    assert metrics.frechet_distance(a @ into.T, b @ into.T) == pytest.approx(metrics.frechet_distance(a, b), rel=1e-9)
    collapsed = np.tile(into[:, 0], (16, 1))
    spread = planted(40, into[:, 0] + 2.0, np.eye(15))
    assert metrics.frechet_distance(collapsed, spread) == pytest.approx(15 * 4.0 + 15.0, rel=1e-9)


def test_frechet_distance_of_patches_is_that_of_their_rows():
    a, b = np.random.default_rng(0).standard_normal((2, 30, 4, 6))
    rows = metrics.frechet_distance(a.reshape(-1, 6), b.reshape(-1, 6))
    assert metrics.frechet_distance(a, b) == pytest.approx(rows, rel=1e-12)


def test_frechet_distance_names_what_is_wrong():
    good = np.random.default_rng(0).standard_normal((5, 3))
    for bad in (good[0], good[:, :0], good[None, None]):
        with pytest.raises(ValueError, match=r"`embeddings_b` must have the shape \[n, dims\].*Received: shape"):
            metrics.frechet_distance(good, bad)
    with pytest.raises(ValueError, match=r"`embeddings_b` must hold at least 4 .* Received: 3.*kernel_distance"):
        metrics.frechet_distance(good, good[:3])
    with pytest.raises(ValueError, match="embeddings_a with 3 and embeddings_b with 2"):
        metrics.frechet_distance(good, good[:, :2])
    with pytest.raises(ValueError, match="must be real numbers.*complex"):
        metrics.frechet_distance(good, good * 1j)
    with pytest.raises(ValueError, match="must differ.*equal embeddings"):
        metrics.frechet_distance(np.ones((5, 3)), np.zeros((5, 3)))
    for value in (np.nan, np.inf):
        bad = good.copy()
        bad[2, 1] = value
        with pytest.raises(ValueError, match="`embeddings_a` must be finite"):
            metrics.frechet_distance(bad, good)


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
