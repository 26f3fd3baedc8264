import numpy as np
import pytest
from keras import ops

from keras_musicgan.networks import residual_discriminator, residual_generator
from keras_musicgan.representations import BarCodes


@pytest.mark.backend
def test_the_pair_fits_the_codes():
    representation = BarCodes(bars=2, n_codes=6, width=8)
    generator = residual_generator(representation, 5, width=16, blocks=3)
    discriminator = residual_discriminator(representation, width=16, blocks=3)
    clips = generator(np.random.default_rng(0).normal(size=(4, 5)))
    assert tuple(clips.shape) == (4, 2, 6) and tuple(discriminator(clips).shape) == (4, 1)
    assert generator.count_params() == 6 * 16 + 3 * 17 * 16 + 4 * 32 + 17 * 12
    assert discriminator.count_params() == 13 * 16 + 3 * 17 * 16 + 18


def test_the_discriminator_sees_that_clips_are_alike():
    representation = BarCodes(bars=2, n_codes=6, width=8)
    discriminator = residual_discriminator(representation, width=16)
    clips = np.random.default_rng(0).normal(size=(4, 2, 6)).astype("float32")
    alone = ops.convert_to_numpy(discriminator(np.repeat(clips[:1], 4, axis=0)))
    assert abs(alone[0, 0] - ops.convert_to_numpy(discriminator(clips))[0, 0]) > 1e-4


@pytest.mark.parametrize("options", [{"width": 0}, {"blocks": -1}])
def test_sizes_are_positive(options):
    with pytest.raises(ValueError, match="must be a positive integer"):
        residual_generator(BarCodes(width=8), 5, **options)
