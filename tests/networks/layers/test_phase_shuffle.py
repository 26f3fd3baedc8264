import numpy as np
import pytest
from keras import ops

from keras_musicgan.networks.layers import (
    PhaseShuffle,
)
from tests.support.harness import check_layer


@pytest.mark.backend
def test_phase_shuffle_moves_every_clip_and_reflects_at_the_ends():
    ramp = np.tile(np.arange(20, dtype="float32")[None, :, None], (400, 1, 2))
    outputs = ops.convert_to_numpy(PhaseShuffle(2, seed=1)(ramp, training=True))
    padded = np.pad(ramp[0], ((2, 2), (0, 0)), mode="reflect")
    shifts = [padded[first : first + 20] for first in range(5)]
    counts = [sum(np.array_equal(clip, shift) for clip in outputs) for shift in shifts]
    assert sum(counts) == 400 and min(counts) > 50
    np.testing.assert_array_equal(ops.convert_to_numpy(PhaseShuffle(2)(ramp, training=False)), ramp)
    check_layer(PhaseShuffle(2), ramp, (400, 20, 2))


@pytest.mark.backend
def test_phase_shuffle_names_what_is_wrong():
    with pytest.raises(ValueError, match="radius=-1"):
        PhaseShuffle(-1)
    with pytest.raises(ValueError, match="longer than radius=2"):
        PhaseShuffle(2).build((None, 2, 1))
