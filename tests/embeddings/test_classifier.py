import keras
import numpy as np
import pytest

from keras_musicgan import audio, datasets, embeddings
from keras_musicgan.embeddings import Classifier
from keras_musicgan.embeddings.label_network import LabelNetwork

RATE = 8000


@pytest.fixture(scope="module")
def drums():
    """Drums of four kinds, and their names."""
    clips, labels = datasets.make_drums(160, seed=2, sample_rate=RATE, length=2048)
    return clips, labels["drum"]


@pytest.fixture(scope="module")
def classifier(drums):
    return Classifier.train(*drums, RATE, label="drum", epochs=8, seed=1)


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
