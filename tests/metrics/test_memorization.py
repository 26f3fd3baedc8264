import numpy as np
import pytest

from keras_musicgan import metrics
from tests.support.embeddings import distances, normal


def test_planted_copies_are_found_and_nothing_else():
    training, held_out, generated = normal(500, 16, 1), normal(200, 16, 2), normal(300, 16, 3)
    planted = np.random.default_rng(4).choice(300, 40, replace=False)
    sources = np.random.default_rng(5).choice(500, 40)
    near = np.sort(distances(held_out, training).min(axis=1))
    clean = distances(generated, training).min(axis=1) < near[1]
    generated[planted[:20]] = training[sources[:20]]
    generated[planted[20:]] = training[sources[20:]] + 0.01 * normal(20, 16, 6)
    found = metrics.find_copies(generated, training, held_out)
    expected = clean.copy()
    expected[planted] = True
    np.testing.assert_array_equal(found.is_copy, expected)
    np.testing.assert_array_equal(found.nearest[planted], sources)
    assert (found.distances[planted[:20]] == 0).all() and found.threshold == pytest.approx(near[1])
    assert found.share == expected.mean()
    assert clean.mean() < 0.03


def test_share_of_copies_of_a_good_generator_is_the_quantile():
    for quantile in (0.01, 0.1, 0.5):
        shares = [
            metrics.find_copies(normal(400, 6, s), normal(300, 6, 100 + s), normal(400, 6, 200 + s), quantile).share
            for s in range(20)
        ]
        assert np.mean(shares) == pytest.approx(quantile, rel=0.25)


def test_exact_copies_are_found_even_if_held_out_items_are_copies_too():
    training = normal(100)
    found = metrics.find_copies(np.concatenate([training[:3], normal(5, seed=2)]), training, training)
    assert found.threshold == 0 and np.flatnonzero(found.is_copy).tolist() == [0, 1, 2]


def test_authenticity_is_that_of_all_pairs(small_blocks):
    training, generated = normal(60, 3, 1), np.concatenate([normal(30, 3, 2), normal(30, 3, 1)[:30] + 0.01])
    to_training, within = distances(generated, training), distances(training, training) + np.diag([np.inf] * 60)
    nearest = to_training.argmin(axis=1)
    expected = (to_training.min(axis=1) > within.min(axis=1)[nearest]).mean()
    assert metrics.authenticity(generated, training) == pytest.approx(expected)
    assert metrics.authenticity(training, training) == 0
    assert 0.4 < metrics.authenticity(normal(1000, 3, 5), normal(1000, 3, 6)) < 0.6


def test_copies_name_wrong_options():
    good = normal(120)
    with pytest.raises(ValueError, match="`held_out` must hold at least 100 .*quantile of 0.01.*Received: 99.*higher"):
        metrics.find_copies(good, good, good[:99])
    for quantile in (0, 0.6, np.nan):
        with pytest.raises(ValueError, match="`quantile` must be"):
            metrics.find_copies(good, good, good, quantile)
    with pytest.raises(ValueError, match="`training` must hold at least 2"):
        metrics.authenticity(good, good[:1])
