import keras

from keras_musicgan.networks.specgan import specgan_discriminator, specgan_generator
from keras_musicgan.representations.log_magnitude import LogMagnitude


def magnitudes(frames=64, bins=32, channels=1):
    return LogMagnitude(length=32 * frames, hop_length=32, n_fft=2 * bins, channels=channels, iterations=0)


def test_specgan_is_that_of_the_paper():
    representation = magnitudes(128, 128)
    generator = specgan_generator(representation, 100)
    shapes = [layer.output.shape[1:] for layer in generator.layers if isinstance(layer, keras.layers.Conv2DTranspose)]
    assert shapes == [(8, 8, 512), (16, 16, 256), (32, 32, 128), (64, 64, 64), (128, 128, 1)]
    kernels = 25 * (1024 * 512 + 512 * 256 + 256 * 128 + 128 * 64 + 64)
    assert generator.count_params() == 101 * 16 * 1024 + kernels + 512 + 256 + 128 + 64 + 1
    discriminator = specgan_discriminator(representation)
    shapes = [layer.output.shape[1:] for layer in discriminator.layers if isinstance(layer, keras.layers.Conv2D)]
    assert shapes == [(64, 64, 64), (32, 32, 128), (16, 16, 256), (8, 8, 512), (4, 4, 1024)]
