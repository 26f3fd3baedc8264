import numpy as np
import pytest

from keras_musicgan import metrics


def test_pitch_entropy_in_bits():
    assert metrics.pitch_entropy(np.arange(60, 68)) == 3
    assert metrics.pitch_entropy([60.4, 59.6, 60]) == 0
    assert metrics.pitch_entropy([np.nan, np.nan]) == 0
    assert metrics.pitch_entropy([60, 60, np.nan, np.nan]) == 1
    assert not np.signbit(metrics.pitch_entropy([60, 60]))
    for bad in ([60.0], 60.0, [[60.0, 61.0]]):
        with pytest.raises(ValueError, match=r"`pitch` must have the shape \[n\]"):
            metrics.pitch_entropy(bad)
    with pytest.raises(ValueError, match="infinity"):
        metrics.pitch_entropy([60, np.inf])
    with pytest.warns(DeprecationWarning, match="`pitch_entropy: heard` is called `pitch`"):
        assert metrics.pitch_entropy(heard=[60, 72]) == 1
