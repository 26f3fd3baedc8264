import keras
import numpy as np
from keras import ops

from keras_musicgan.networks.gansynth import gansynth_discriminator, gansynth_generator
from keras_musicgan.representations.instantaneous_frequency import InstantaneousFrequency
from keras_musicgan.representations.log_magnitude import LogMagnitude


def magnitudes(frames=64, bins=32, channels=1):
    return LogMagnitude(length=32 * frames, hop_length=32, n_fft=2 * bins, channels=channels, iterations=0)


def test_gansynth_has_the_resolutions_of_the_paper():
    representation = InstantaneousFrequency(length=65_536, n_fft=2048, hop_length=512)
    generator = gansynth_generator(representation, 256 + 61)
    discriminator = gansynth_discriminator(representation, 61)
    resolutions = {(2, 16): 256, (4, 32): 256, (8, 64): 256, (16, 128): 256, (32, 256): 128, (64, 512): 64}
    resolutions[128, 1024] = 32
    for network, fewest in [(generator, 1), (discriminator, 1)]:
        seen = {}
        for layer in network.layers:
            if isinstance(layer, keras.layers.Conv2D) and layer.kernel_size == (3, 3):
                seen.setdefault(tuple(layer.output.shape[1:3]), []).append(layer.filters)
        assert seen.keys() == resolutions.keys()
        assert all(len(filters) >= fewest for filters in seen.values())
    assert all(seen[grid][0] == filters for grid, filters in resolutions.items())
    assert discriminator.output_shape == (None, 62)


def test_a_collapse_shows_in_the_features():
    discriminator = gansynth_discriminator(magnitudes(), channels=(8, 4, 4))
    clip = np.random.default_rng(0).uniform(-1, 1, (1, 64, 32, 1)).astype("float32")
    alone = ops.convert_to_numpy(discriminator(clip))
    others = np.random.default_rng(1).uniform(-1, 1, (3, 64, 32, 1)).astype("float32")
    np.testing.assert_allclose(ops.convert_to_numpy(discriminator(np.repeat(clip, 4, axis=0)))[:1], alone, atol=1e-6)
    among_others = ops.convert_to_numpy(discriminator(np.concatenate([clip, others])))[:1]
    assert np.abs(among_others - alone).max() > 1e-4
