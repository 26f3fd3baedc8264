"""Log-mel patches: known answers, invariances, and responses to planted faults."""

import numpy as np
import pytest

from keras_musicgan import datasets
from keras_musicgan.embeddings import LogMelPatches, NoteStatistics
from keras_musicgan.embeddings.log_mel import log_mel_patches, principal_axes
from keras_musicgan.metrics import frechet_distance, log_mel_spectrograms
from keras_musicgan.spectra.log_mel import fitting_n_mels

RATE = 8000


@pytest.fixture(scope="module")
def synthetic_notes():
    """Clips of a second at 8 kHz: 120 as a reference set and 120 others."""
    clips, _ = datasets.make_notes(240, seed=1, sample_rate=RATE, length=RATE)
    return clips[:120], clips[120:]


def rows(vectors):
    return vectors.reshape(-1, vectors.shape[2])


@pytest.mark.parametrize("n", [20, 200])  # fewer than there are inputs, and more
def test_principal_axes_are_singular_vectors(n):
    rng = np.random.default_rng(n)
    vectors = rng.normal(0, 1, (n, 50)) @ np.diag(0.9 ** np.arange(50)) @ rng.normal(0, 1, (50, 50)) + 3
    mean, axes, explained = principal_axes(vectors, 6)
    _, values, expected = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    scale = np.sqrt((values[:6] ** 2).mean() / (n - 1))
    signs = np.sign((axes.T * expected[:6]).sum(axis=1))
    np.testing.assert_allclose(axes, (signs[:, None] * expected[:6]).T / scale, atol=1e-9)
    assert explained == pytest.approx((values[:6] ** 2).sum() / (values**2).sum())
    projected = (vectors - mean) @ axes
    assert projected.var(axis=0, ddof=1).mean() == pytest.approx(1)
    assert (np.diff(projected.var(axis=0)) < 0).all()
    # Signs follow from the axes alone: the largest entry is positive.
    assert (axes[np.abs(axes).argmax(axis=0), np.arange(6)] > 0).all()
    np.testing.assert_allclose(principal_axes(vectors[::-1], 6)[1], axes, atol=1e-8)


def test_patches_are_means_over_four_frames():
    clips = np.random.default_rng(0).normal(0, 0.1, (3, 2 * RATE, 1))
    spectrograms = log_mel_spectrograms(clips, RATE)
    patches = log_mel_patches(clips, RATE).reshape(3, 2, 15, 64)
    n_steps = spectrograms.shape[1] // 4
    for step in range(15):
        np.testing.assert_allclose(
            patches[:, 0, step], spectrograms[:, 4 * step : 4 * step + 4].mean(axis=1), rtol=1e-5
        )
        frame = 4 * (n_steps - 15 + step)
        np.testing.assert_allclose(patches[:, 1, step], spectrograms[:, frame : frame + 4].mean(axis=1), rtol=1e-5)


@pytest.mark.parametrize(("seconds", "expected"), [(0.05, 1), (1.0, 1), (1.4, 1), (1.5, 2), (4.0, 4)])
@pytest.mark.parametrize("rate", [8000, 16_000, 44_100, 48_000])
def test_number_of_patches(seconds, expected, rate):
    patches = log_mel_patches(np.full((2, round(seconds * rate), 1), 0.1), rate)
    n_steps = {8000: 15, 16_000: 15, 44_100: 21, 48_000: 11}[rate]  # of 64, 46 and 85 ms
    assert patches.shape == (2, expected, n_steps * 64)


def test_short_clips_are_filled_up_with_silence():
    noise = np.random.default_rng(0).normal(0, 0.1, (1, RATE // 2, 1))
    short = log_mel_patches(noise, RATE).reshape(15, 64)
    longer = log_mel_patches(np.pad(noise, ((0, 0), (0, RATE // 2), (0, 0))), RATE).reshape(15, 64)
    np.testing.assert_allclose(short[:7], longer[:7], atol=1e-4)
    assert (short[8:] == -80).all() and short[:7].min() > -80


def test_log_mel_depends_on_nothing_but_clip_and_reference(synthetic_notes):
    reference, others = synthetic_notes
    embedding = LogMelPatches().fit(reference, RATE)
    vectors = embedding(others, RATE)
    assert embedding.name == "log-mel-pca32" and embedding.dims == 32
    assert vectors.shape == (120, 1, 32) and vectors.dtype == "float32"
    np.testing.assert_allclose(embedding(others[[7]], RATE)[0], vectors[7], atol=1e-5)
    np.testing.assert_array_equal(LogMelPatches().fit(reference, RATE)(others, RATE), vectors)
    np.testing.assert_allclose(embedding(-others, RATE), vectors, atol=1e-5)
    spectrograms = log_mel_spectrograms(others, RATE, fitting_n_mels(RATE))
    np.testing.assert_array_equal(embedding.embed_spectrograms(spectrograms, RATE), vectors)
    own = rows(embedding(reference, RATE))
    assert own.var(axis=0, ddof=1).mean() == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(own.mean(axis=0), 0, atol=1e-5)
    assert frechet_distance(own, own) < 1e-6
    patches = rows(log_mel_patches(reference, RATE)).astype("float64")
    variances = np.linalg.svd(patches - patches.mean(axis=0), compute_uv=False) ** 2
    assert embedding.explained == pytest.approx(variances[:32].sum() / variances.sum(), rel=1e-5)


def noise_added(clips, level):
    return (clips + np.random.default_rng(0).normal(0, level, clips.shape)).clip(-1, 1)


def low_passed(clips, hz):
    from scipy.signal import butter, sosfilt

    return sosfilt(butter(6, hz, fs=RATE, output="sos"), clips, axis=1)


def shifted_up(clips, octaves):
    """Reads the clips faster: every pitch rises, and the end is silent."""
    places = np.arange(clips.shape[1]) * 2**octaves
    return np.stack([np.interp(places, np.arange(len(clip)), clip[:, 0], right=0)[:, None] for clip in clips])


def repeated(clips, share):
    changed = clips.copy()
    changed[: round(share * len(clips))] = clips[-1]
    return changed


@pytest.mark.parametrize(
    ("fault", "degrees"),
    [
        (noise_added, (0.001, 0.003, 0.01, 0.03, 0.1, 0.3)),
        (low_passed, (3000, 2000, 1000, 500, 250)),
        (shifted_up, (0.1, 0.25, 0.5, 1.0)),
        (repeated, (0.2, 0.4, 0.6, 0.8, 0.95)),
    ],
)
def test_log_mel_distance_rises_with_every_fault(synthetic_notes, fault, degrees):
    reference, others = synthetic_notes
    embedding = LogMelPatches().fit(reference, RATE)
    real = rows(embedding(reference, RATE))
    without = frechet_distance(real, rows(embedding(others, RATE)))
    distances = [frechet_distance(real, rows(embedding(fault(others, degree), RATE))) for degree in degrees]
    assert (np.diff([without, *distances]) > 0).all(), (without, distances)
    assert distances[-1] > 3 * without


def test_reference_sets_of_too_little(synthetic_notes):
    reference, _ = synthetic_notes
    with pytest.raises(ValueError, match="at least 33 patches for 32 dimensions. Received: 32"):
        LogMelPatches().fit(reference[:32], RATE)
    with pytest.raises(ValueError, match="Received: 40 patches that vary in 0, all of them equal"):
        LogMelPatches().fit(np.zeros((40, RATE, 1)), RATE)
    with pytest.raises(ValueError, match="at least 32 directions for 32 dimensions. Received: 50 patches .* in 4"):
        LogMelPatches().fit(np.tile(reference[:5], (10, 1, 1)), RATE)
    with pytest.raises(ValueError, match="`dims` must be a positive integer"):
        LogMelPatches(dims=0)


@pytest.mark.parametrize(
    ("music", "rate", "message"),
    [
        (np.full((2, RATE, 1), np.nan), RATE, "`music` must be finite"),
        (np.zeros((2, RATE)), RATE, r"shape \[n, samples, channels\]"),
        (np.zeros((2, RATE, 1), "int16"), RATE, "floating-point"),
        (np.zeros((2, RATE, 1)), None, "`sample_rate` must be a positive integer"),
        (np.zeros((2, RATE, 1)), 16_000, "rate of its reference set, 8000 Hz. Received: sample_rate=16000"),
    ],
)
def test_wrong_clips(synthetic_notes, music, rate, message):
    embedding = LogMelPatches(8).fit(synthetic_notes[0], RATE)
    with pytest.raises(ValueError, match=message):
        embedding(music, rate)


@pytest.mark.parametrize("embedding", [LogMelPatches(), NoteStatistics()])
def test_embedding_before_fitting(synthetic_notes, two_tracks, embedding):
    music = [two_tracks] if embedding.takes == "notes" else synthetic_notes[0]
    if embedding.takes == "audio":
        with pytest.raises(ValueError, match="must be fitted"):
            _ = embedding.explained
    with pytest.raises(ValueError, match=f"must be fitted .*{embedding.name}.* Call `fit` with real music first"):
        embedding(music, RATE)
