import numpy as np
import pytest

from keras_musicgan.datasets import compose
from keras_musicgan.metrics import in_scale_rate


def test_synthetic_tunes_are_in_key_in_metre_and_close():
    for tune in compose(30, seed=9):
        assert in_scale_rate(tune.pitch) == 1.0
        melody, chords = tune.of_track(0), tune.of_track(1)
        np.testing.assert_allclose(melody.start[1:], (melody.start + melody.duration)[:-1])
        assert tune.length == 128 and (chords.duration == 4).all()
        last_chord = set(chords.pitch[-3:] % 12)
        assert melody.pitch[-1] % 12 in last_chord and melody.duration[-1] == 2
        strong = melody.start % 2 == 0
        bar_of = {bar: set(chords.pitch[chords.start == 4 * bar] % 12) for bar in range(32)}
        fits = [
            pitch % 12 in bar_of[start // 4]
            for pitch, start in zip(melody.pitch[strong], melody.start[strong], strict=True)
        ]
        assert np.mean(fits) > 0.95
        assert chords.pitch.min() >= 43 and melody.pitch.max() <= 100


def test_synthetic_tunes_depend_on_the_seed_alone():
    few, many = compose(2, seed=4), compose(5, seed=4)
    np.testing.assert_array_equal(few[1].pitch, many[1].pitch)
    assert not np.array_equal(few[0].pitch[:40], few[1].pitch[:40])
    assert len({tuple(tune.pitch[:30]) for tune in compose(100, seed=1)}) == 100
    for name in ("n", "bars"):
        with pytest.raises(ValueError, match=name):
            compose(**{"n": 1, name: 0})
