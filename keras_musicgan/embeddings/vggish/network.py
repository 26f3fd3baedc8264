"""VGGish's network, from log-mel examples to 128 numbers.

Reference: CNN architectures for large-scale audio classification (Hershey et al., 2017).
"""

import keras

from keras_musicgan.embeddings.vggish.front_end import EXAMPLE_FRAMES, N_MELS

# Channels of the layers by name, in groups that each end by halving time and bands.
CONVOLUTIONS = (
    {"conv1": 64},
    {"conv2": 128},
    {"conv3_1": 256, "conv3_2": 256},
    {"conv4_1": 512, "conv4_2": 512},
)
DENSE = {"fc1_1": 4096, "fc1_2": 4096}
DIMS = 128
LAYERS = tuple(name for group in (*CONVOLUTIONS, DENSE, {"fc2": DIMS}) for name in group)


def vggish_network() -> keras.Model:
    """The network from examples `[n, 96, 64]` to `[n, 128]`, without a last ReLU; its weights are 0 until loaded.

    Layers are named as in the published checkpoint, and tensors ordered as in TensorFlow.
    """
    layers = keras.layers
    last, zeros = {"data_format": "channels_last"}, {"kernel_initializer": "zeros", "dtype": "float32"}
    network = keras.Sequential([keras.Input((EXAMPLE_FRAMES, N_MELS)), layers.Reshape((EXAMPLE_FRAMES, N_MELS, 1))])
    for group in CONVOLUTIONS:
        for name, channels in group.items():
            network.add(layers.Conv2D(channels, 3, padding="same", activation="relu", name=name, **last, **zeros))
        network.add(layers.MaxPooling2D(2, **last))
    network.add(layers.Flatten(**last))
    for name, units in DENSE.items():
        network.add(layers.Dense(units, activation="relu", name=name, **zeros))
    network.add(layers.Dense(DIMS, name="fc2", **zeros))
    return network
