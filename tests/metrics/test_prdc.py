import numpy as np
import pytest

from keras_musicgan import metrics
from tests.support.embeddings import distances, normal


def naive_prdc(generated, reference, k):
    def radii(items):
        return np.sort(distances(items, items), axis=1)[:, k]  # the item itself comes first

    between = distances(generated, reference)
    inside = between < radii(reference)
    return {
        "density": inside.sum() / (k * len(generated)),
        "coverage": inside.any(axis=0).mean(),
        "precision": inside.any(axis=1).mean(),
        "recall": (between < radii(generated)[:, None]).any(axis=0).mean(),
    }


@pytest.mark.parametrize("k", [1, 3, 5])
def test_prdc_is_that_of_all_pairs(small_blocks, k):
    generated, reference = normal(60, 3, 1, 0.5, 0.7), normal(45, 3, 2)
    expected = naive_prdc(generated, reference, k)
    assert metrics.prdc(generated, reference, k).measures() == pytest.approx(expected)
    for name, value in expected.items():
        assert getattr(metrics, name)(generated, reference, k) == pytest.approx(value)


@pytest.mark.parametrize("origin", [0.0, 1e4])
def test_equal_sets_are_perfect(origin):
    embeddings = normal(300, 8) + origin
    measures = metrics.prdc(embeddings, embeddings[::-1]).measures()
    assert measures == {"density": 1.0, "coverage": 1.0, "precision": 1.0, "recall": 1.0}


def test_samples_of_one_distribution_have_the_expected_measures():
    measures = metrics.prdc(normal(1500, 4, 1), normal(1500, 4, 2)).measures()
    assert measures["density"] == pytest.approx(1, abs=0.1)
    assert measures["coverage"] == pytest.approx(1 - 2.0**-5, abs=0.02)


def test_planted_modes_are_measured():
    """The generator has two of four distant modes, and one of its own."""
    modes = np.array([[0, 0], [100, 0], [0, 100], [100, 100], [300, 300]])
    reference = modes[np.arange(400) % 4] + normal(400, 2, 1)
    generated = modes[np.array([0, 1, 4])[np.arange(300) % 3]] + normal(300, 2, 2)
    measures = metrics.prdc(generated, reference).measures()
    assert measures["precision"] == pytest.approx(2 / 3, abs=0.03)
    assert measures["recall"] == pytest.approx(1 / 2, abs=0.03)
    assert 0.4 < measures["coverage"] <= 0.5
    far = metrics.prdc(generated + 1e4, reference).measures()
    assert far == {"density": 0.0, "coverage": 0.0, "precision": 0.0, "recall": 0.0}


def test_weights_count_items_as_often():
    generated, reference = normal(40, 3, 1, 0.5), normal(30, 3, 2)
    found = metrics.prdc(generated, reference)
    ones = found.measures(np.full(40, 3), np.full(30, 0.5))
    assert ones == pytest.approx(found.measures())
    drawn = np.random.default_rng(0).integers(0, 40, 40)
    weighted = found.measures(np.bincount(drawn, minlength=40))
    expected = {
        "density": found.n_balls[drawn].mean() / 5,
        "coverage": (found.n_inside > 0).mean(),
        "precision": (found.n_balls[drawn] > 0).mean(),
        "recall": found.recalled.mean(),
    }
    assert weighted == pytest.approx(expected)
    only = np.eye(30)[int(found.n_inside.argmax())]
    assert found.measures(None, only)["density"] == pytest.approx(found.n_inside.max() * 30 / (40 * 5))
    for weights in (np.ones(39), np.zeros(40), np.full(40, np.nan), -np.ones(40)):
        with pytest.raises(ValueError, match="`weights_generated` must (be 40 finite numbers|have 1 or more above 0)"):
            found.measures(weights)
