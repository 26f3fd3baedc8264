import numpy as np
import pytest

from keras_musicgan import datasets
from keras_musicgan.embeddings import NoteStatistics
from keras_musicgan.metrics import frechet_distance
from keras_musicgan.music.notes import Notes


def rows(vectors):
    return vectors.reshape(-1, vectors.shape[2])


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


def test_wrong_pieces(two_tracks):
    for music in (None, two_tracks, np.zeros((2, 8000, 1)), [two_tracks, "C4"]):
        with pytest.raises(TypeError, match="list of `Notes`"):
            NoteStatistics().fit(music)
    with pytest.raises(ValueError, match="at least one piece"):
        NoteStatistics().fit([])
    with pytest.raises(ValueError, match="two pieces that differ. Received: 3 pieces, all equal"):
        NoteStatistics().fit([two_tracks] * 3)
    with pytest.raises(ValueError, match="two pieces that differ. Received: 1 piece"):
        NoteStatistics().fit([two_tracks])
