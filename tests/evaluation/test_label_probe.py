import numpy as np
import pytest

from keras_musicgan.evaluation.label_probe import LabelProbe, chance_agreement


def test_it_tells_classes_that_differ_and_guesses_those_that_do_not():
    rng = np.random.default_rng(0)
    labels = np.repeat(["kick", "hat", "snare"], 40)
    rows = rng.normal(size=(120, 50)) + np.repeat(3 * rng.normal(size=(3, 50)), 40, axis=0)
    probe = LabelProbe(rows[::2], labels[::2])
    assert probe.agreement(rows[1::2], labels[1::2]) == 1.0
    assert probe.agreement(rows[1::2], np.roll(labels[1::2], 20)) == 0.0
    alike = rng.normal(size=(600, 50))
    dealt = rng.permutation(np.resize(labels, 600))
    assert LabelProbe(alike[:300], dealt[:300]).agreement(alike[300:], dealt[300:]) == pytest.approx(1 / 3, abs=0.1)


def test_chance_is_the_share_of_pairs_that_agree():
    assert chance_agreement([0, 1, 2, 3]) == 0.25
    assert chance_agreement(["a", "a", "a", "b"]) == 0.625


def test_one_class_cannot_be_told_from_another():
    with pytest.raises(ValueError, match="at least two classes.*'kick'"):
        LabelProbe(np.zeros((3, 2)), ["kick"] * 3)
