import numpy as np
import pytest

from keras_musicgan import metrics


def test_inception_score_counts_classes():
    sure = np.eye(10)[np.arange(1000) % 10]
    assert metrics.inception_score(sure) == pytest.approx(10)
    assert metrics.inception_score(sure[np.arange(1000) // 10 % 4]) == pytest.approx(4)
    assert metrics.inception_score(np.full((50, 10), 0.1)) == 1
    assert metrics.inception_score(np.tile(sure[0], (50, 1))) == 1


def test_inception_score_and_entropy_are_those_of_the_definition():
    probabilities = np.random.default_rng(0).dirichlet(np.full(5, 0.3), 200)
    mean = probabilities.mean(axis=0)
    divergences = [sum(p * np.log(p / m) for p, m in zip(row, mean, strict=True) if p) for row in probabilities]
    assert metrics.inception_score(probabilities) == pytest.approx(np.exp(np.mean(divergences)))
    assert metrics.inception_score(probabilities.astype("float32")) == pytest.approx(np.exp(np.mean(divergences)))
    assert metrics.class_entropy(probabilities) == pytest.approx(-(mean * np.log2(mean)).sum())
    assert metrics.inception_score(probabilities[::-1]) == pytest.approx(metrics.inception_score(probabilities))


def test_class_entropy_in_bits():
    assert metrics.class_entropy(np.eye(8)) == 3
    assert metrics.class_entropy(np.full((8, 8), 1 / 8)) == 3
    one = metrics.class_entropy(np.tile(np.eye(8)[2], (20, 1)))
    assert one == 0 and not np.signbit(one)
    assert metrics.class_entropy(np.eye(3)[[0, 0, 1, 2]]) == pytest.approx(1.5)


@pytest.mark.parametrize("measure", [metrics.inception_score, metrics.class_entropy])
def test_bad_probabilities_are_named(measure):
    good = np.eye(4)
    assert measure(good) > 1
    with pytest.raises(ValueError, match="at least 4 clips, one for each class. Received: 3"):
        measure(good[:3])
    for bad in (good[0], good[:, :1], good[:0], good[None]):
        with pytest.raises(ValueError, match=r"shape \[n, classes\].*Received: shape"):
            measure(bad)
    for bad in (5 * good, good - 0.5, np.where(good, np.nan, 0), np.full((4, 4), np.inf)):
        with pytest.raises(ValueError, match="sum to 1.*softmax"):
            measure(bad)
