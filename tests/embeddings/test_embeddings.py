"""Embeddings: known answers, invariances, and responses to planted faults."""

import keras
import numpy as np
import pytest

from keras_musicgan import audio, datasets, embeddings
from keras_musicgan.embeddings import Classifier, LogMelPatches, ModelEmbedding, NoteStatistics, musical_statistics
from keras_musicgan.embeddings.label_network import LabelNetwork
from keras_musicgan.embeddings.log_mel import log_mel_patches, principal_axes
from keras_musicgan.metrics import frechet_distance, log_mel_spectrograms
from keras_musicgan.music.notes import Notes, Track
from keras_musicgan.spectra.log_mel import fitting_n_mels

RATE = 8000


@pytest.fixture(scope="module")
def synthetic_notes():
    """Clips of a second at 8 kHz: 120 as a reference set and 120 others."""
    clips, _ = datasets.make_notes(240, seed=1, sample_rate=RATE, length=RATE)
    return clips[:120], clips[120:]


@pytest.fixture(scope="module")
def drums():
    """Drums of four kinds, and their names."""
    clips, labels = datasets.make_drums(160, seed=2, sample_rate=RATE, length=2048)
    return clips, labels["drum"]


@pytest.fixture(scope="module")
def classifier(drums):
    return Classifier.train(*drums, RATE, label="drum", epochs=8, seed=1)


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


@pytest.mark.backend
def test_any_model_and_function():
    clips = np.random.default_rng(0).uniform(-1, 1, (7, 100, 2)).astype("float32")
    model = keras.Sequential([keras.Input((100, 2)), keras.layers.Dropout(0.9), keras.layers.GlobalMaxPooling1D()])
    for taken in (model, lambda batch: keras.ops.max(batch, axis=1), lambda batch: batch.max(axis=1)):
        embedding = ModelEmbedding(taken, "peak", batch_size=3)
        vectors = embedding.fit(clips, RATE)(clips, RATE)
        np.testing.assert_array_equal(vectors, clips.max(axis=1)[:, None])
        assert embedding.dims == 2 and embedding.name == "peak"
    halves = ModelEmbedding(lambda batch: batch.reshape(len(batch), 2, 50, 2).mean(axis=2), "halves")
    np.testing.assert_allclose(halves(clips, RATE)[:, 1], clips[:, 50:].mean(axis=1), rtol=1e-5)


def test_models_get_clips_at_their_rate():
    time_s = np.arange(44_100) / 44_100
    sine = (0.5 * np.sin(2 * np.pi * 440 * time_s))[None, :, None]

    def crossings(batch):
        return (np.diff(np.sign(batch[..., 0]), axis=1) != 0).sum(axis=1, keepdims=True) / batch.shape[1]

    embedding = ModelEmbedding(crossings, "crossings", sample_rate=16_000)
    assert embedding(sine, 44_100).item() == pytest.approx(2 * 440 / 16_000, rel=0.01)
    assert ModelEmbedding(crossings, "crossings")(sine, 44_100).item() == pytest.approx(2 * 440 / 44_100, rel=0.01)


@pytest.mark.parametrize("shape", [(), (3,), (2, 4), (3, 2, 2, 2), (3, 0)])
def test_models_of_other_shapes(shape):
    embedding = ModelEmbedding(lambda batch: np.zeros(shape), "wrong")
    with pytest.raises(ValueError, match=r"must return \[batch, dims\].*'wrong' with the shape .* for 3 clips"):
        embedding(np.zeros((3, 10, 1)), RATE)


def test_other_objects_and_models_that_return_nan():
    with pytest.raises(TypeError, match="Keras model or callable. Received: model=3"):
        ModelEmbedding(3, "three")
    with pytest.raises(ValueError, match="finite numbers. Received: vectors of 'log'"), np.errstate(divide="ignore"):
        ModelEmbedding(lambda batch: np.log(np.abs(batch[:, :1, 0])), "log")(np.zeros((3, 10, 1)), RATE)


@pytest.mark.backend
def test_classifier_learns_and_is_saved(classifier, drums, tmp_path):
    clips, _ = drums
    assert classifier.name == "classifier-drum" and classifier.labels == ("hat", "kick", "snare", "tom")
    assert 0.9 <= classifier.held_out_accuracy <= 1
    fresh, fresh_labels = datasets.make_drums(40, seed=9, sample_rate=RATE, length=2048)
    assert classifier.accuracy(fresh, fresh_labels["drum"], RATE) >= 0.9
    probabilities = classifier.probabilities(clips, RATE)
    assert probabilities.shape == (160, 4) and probabilities.min() >= 0
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(classifier.probabilities(clips[[5]], RATE)[0], probabilities[5], atol=1e-5)
    vectors = classifier.fit(clips, RATE)(clips, RATE)
    assert vectors.shape == (160, 1, 128) and classifier.dims == 128
    # The last layer takes the vectors of the embedding.
    kernel, bias = classifier.network.head.get_weights()
    logits = vectors[:, 0] @ kernel + bias
    expected = np.exp(logits - logits.max(axis=1, keepdims=True))
    np.testing.assert_allclose(probabilities, expected / expected.sum(axis=1, keepdims=True), atol=1e-4)
    classifier.save(tmp_path / "folder" / "drums.keras")
    copy = Classifier.load(tmp_path / "folder" / "drums.keras")
    assert (copy.name, copy.labels, copy.held_out_accuracy) == (
        "classifier-drum",
        classifier.labels,
        classifier.held_out_accuracy,
    )
    np.testing.assert_array_equal(copy.probabilities(clips, RATE), probabilities)
    assert [file.name for file in (tmp_path / "folder").iterdir()] == ["drums.keras"]


def test_classifier_takes_clips_of_other_rates(classifier, drums):
    clips, _ = drums
    faster = np.stack([audio.resample(clip, RATE, 16_000) for clip in clips])
    assert np.abs(classifier.probabilities(faster, 16_000) - classifier.probabilities(clips, RATE)).mean() < 0.02


@pytest.mark.backend
def test_classifier_follows_from_its_seed(drums):
    clips, labels = drums

    def weights():
        return Classifier.train(clips[:60], labels[:60], RATE, epochs=2, seed=3).network.get_weights()

    first = weights()
    keras.utils.set_random_seed(99)
    assert all(np.array_equal(one, other) for one, other in zip(first, weights(), strict=True))
    assert not np.array_equal(*(LabelNetwork("ab", "kind", RATE, seed=seed).get_weights()[0] for seed in (3, 4)))


def test_held_out_clips_may_be_given(drums):
    clips, labels = drums
    # All labels of the held-out clips are wrong, so that the accuracy shows whether these were measured.
    wrong = np.roll(np.unique(labels), 1)[np.searchsorted(np.unique(labels), labels[120:])]
    classifier = Classifier.train(clips[:120], labels[:120], RATE, held_out=(clips[120:], wrong), epochs=8)
    assert classifier.held_out_accuracy < 0.2


@pytest.mark.parametrize(
    ("labels", "options", "message"),
    [
        (["a"] * 12, {}, "at least two labels. Received: only 'a'"),
        (["a"] * 8 + ["b"] * 4, {}, "at least 5 clips of each label. Received: 4 of 'b'"),
        (["a"] * 6 + ["b"] * 5, {}, r"one label for each of 12 clips. Received: shape \(11,\)"),
        (["a"] * 6 + ["b"] * 6, {"held_out": 1.0}, "`held_out` must be a number .*above 0 and below 1"),
        (["a"] * 6 + ["b"] * 6, {"held_out": 0.0}, "`held_out` must be a number .*above 0 and below 1"),
        (["a"] * 6 + ["b"] * 6, {"epochs": 0}, "`epochs` must be a positive integer"),
        (["a"] * 6 + ["b"] * 6, {"held_out": (np.zeros((1, 2048, 1)), ["c"])}, "trained on, a, b. Received: 'c'"),
    ],
)
def test_bad_labels_are_named(drums, labels, options, message):
    with pytest.raises(ValueError, match=message):
        Classifier.train(drums[0][:12], labels, RATE, **options)


def test_files_without_a_classifier_are_named(classifier, tmp_path):
    with pytest.raises(ValueError, match="among those it was trained on, hat, kick, snare, tom. Received: 'gong'"):
        classifier.indices(["kick", "gong"])
    with pytest.raises(ValueError, match="ending .keras"):
        classifier.save(tmp_path / "drums.h5")
    with pytest.raises(FileNotFoundError, match="none.keras"):
        Classifier.load(tmp_path / "none.keras")
    (tmp_path / "broken.keras").write_bytes(b"no archive")
    with pytest.raises(ValueError, match="that loads. Received: .*broken.keras"):
        Classifier.load(tmp_path / "broken.keras")
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(tmp_path / "other.keras")
    with pytest.raises(ValueError, match="Received: .*other.keras with Sequential"):
        Classifier.load(tmp_path / "other.keras")


def test_statistics_of_a_known_piece(two_tracks):
    found = musical_statistics(two_tracks)
    # C major: C three times, D once, E and F twice, G once.
    assert found["pitch_classes"][[0, 2, 4, 5, 7]] == pytest.approx(np.array([3, 1, 2, 2, 1]) / 9)
    # The highest notes: 72 74 76 77 77 72.
    np.testing.assert_allclose(found["melodic_intervals"], [0.2, 0.6, 0, 0.2, 0])
    assert found["mean_pitch"] == pytest.approx((72 + 74 + 76 + 77 + 77 + 48 + 52 + 55 + 72) / 9)
    assert found["rising_share"] == pytest.approx(3 / 4)
    assert found["range_semitones"] == 29 and found["silent_share"] == 0
    assert found["notes_per_beat"] == pytest.approx(9 / 8)
    assert found["polyphony"] == pytest.approx((4 + 24 + 4) / 8)
    assert found["onsets_in_bar"] == pytest.approx(np.array([5, 3, 1, 0, 0]) / 9)
    assert found["note_lengths"] == pytest.approx(np.array([0, 2, 3, 0, 4]) / 9)


def test_intervals_between_notes_that_sound_together():
    # C4 for 4 beats; E4 over its first two, B4 over its last one; F#5 after all of them.
    notes = Notes(start=[0, 0, 3, 4], duration=[4, 2, 1, 1], pitch=[60, 64, 71, 78])
    np.testing.assert_allclose(musical_statistics(notes)["harmonic_intervals"], [0, 2 / 3, 0, 1 / 3])
    fifth_and_octave = Notes(start=[0, 0, 0], duration=[1, 1, 1], pitch=[60, 67, 72])
    np.testing.assert_allclose(musical_statistics(fifth_and_octave)["harmonic_intervals"], [1 / 3, 0, 2 / 3, 0])


def test_onsets_in_the_bars_of_a_metre():
    waltz = Notes(np.arange(12) * 0.75, np.full(12, 0.5), np.full(12, 60), time_signatures=((0.0, 3, 4),))
    np.testing.assert_allclose(musical_statistics(waltz)["onsets_in_bar"], [0.25, 0, 0.25, 0.5, 0])
    triplets = Notes(np.arange(12) / 3, np.full(12, 0.3), np.full(12, 60))
    np.testing.assert_allclose(musical_statistics(triplets)["onsets_in_bar"], np.array([1, 3, 0, 0, 8]) / 12)
    jig = Notes(np.arange(6) / 2, np.full(6, 0.5), np.full(6, 60), time_signatures=((0.0, 6, 8),))
    np.testing.assert_allclose(musical_statistics(jig)["onsets_in_bar"], np.array([1, 5, 0, 0, 0]) / 6)


def test_transposing_moves_the_mean_pitch_and_nothing_else():
    (tune,) = datasets.compose(1, seed=4, bars=8)
    higher = Notes(tune.start, tune.duration, tune.pitch + 5, tune.velocity, tune.track, tune.tempo, tune.tracks)
    found, moved = musical_statistics(tune), musical_statistics(higher)
    for name, values in found.items():
        assert np.allclose(values, moved[name]) == (name != "mean_pitch"), name


def test_pieces_without_notes_or_pitches():
    silent = musical_statistics(Notes([], [], [], length=16.0))
    assert silent["silent_share"] == 1
    assert all(not values.any() for name, values in silent.items() if name not in ("silent_share", "mean_pitch"))
    assert silent["mean_pitch"] == 60
    kit = Notes([0, 1], [0.5, 0.5], [36, 38], tracks=(Track("kit", 0, is_drum=True),), length=4.0)
    found = musical_statistics(kit)
    assert found["onsets_in_bar"][[0, 1]] == pytest.approx([0.5, 0.5]) and not found["pitch_classes"].any()
    assert found["silent_share"] == pytest.approx(0.75)


def test_note_statistics_separate_tunes_from_random_notes():
    tunes = datasets.compose(100, seed=1, bars=8)
    rng = np.random.default_rng(0)
    random = [Notes(np.arange(32), np.ones(32), rng.integers(48, 84, 32)) for _ in range(50)]
    embedding = NoteStatistics().fit(tunes[:50])
    vectors = rows(embedding(tunes[:50]))
    assert embedding.name == "note-statistics" and embedding(tunes[:3]).shape == (3, 1, 37)
    assert frechet_distance(vectors, vectors) < 1e-6
    np.testing.assert_allclose(vectors.mean(axis=0), 0, atol=1e-5)
    pitch_classes = vectors[:, :12].var(axis=0, ddof=1).sum()
    assert pitch_classes == pytest.approx(1, abs=1e-4)
    # Tunes never rest: a statistic that does not vary in the reference set is divided by its smallest scale, 0.02.
    assert vectors[:, -1].max() == 0
    half_silent = Notes([0.0], [2.0], [60], length=4.0)
    assert embedding([half_silent])[0, 0, -1] == pytest.approx(0.5 / 0.02)
    near = frechet_distance(vectors, rows(embedding(tunes[50:])))
    far = frechet_distance(vectors, rows(embedding(random)))
    assert far > 10 * near
    np.testing.assert_array_equal(embedding([tunes[5]])[0, 0], vectors[5])


def test_wrong_pieces(two_tracks, synthetic_notes):
    for music in (None, two_tracks, synthetic_notes[0][:2], [two_tracks, "C4"]):
        with pytest.raises(TypeError, match="list of `Notes`"):
            NoteStatistics().fit(music)
    with pytest.raises(ValueError, match="at least one piece"):
        NoteStatistics().fit([])
    with pytest.raises(ValueError, match="two pieces that differ. Received: 3 pieces, all equal"):
        NoteStatistics().fit([two_tracks] * 3)
    with pytest.raises(ValueError, match="two pieces that differ. Received: 1 piece"):
        NoteStatistics().fit([two_tracks])


def test_embeddings_by_name(classifier, tmp_path):
    classifier.save(tmp_path / "drums.keras")
    assert embeddings.get("classifier", tmp_path / "drums.keras").name == "classifier-drum"
    assert [embeddings.get(name).name for name in ("log-mel", "note-statistics")] == [
        "log-mel-pca32",
        "note-statistics",
    ]
    with pytest.raises(ValueError, match="Did you mean 'vggish'"):
        embeddings.get("vgish")
    with pytest.raises(ValueError, match="'vggish' takes a file. Received: file=None"):
        embeddings.get("vggish")
    with pytest.raises(ValueError, match="'log-mel' takes no file. Received: file='a.npz'"):
        embeddings.get("log-mel", "a.npz")
