"""The network of a classifier, with its labels."""

from collections.abc import Sequence

import keras

from keras_musicgan.spectra.log_mel import fitting_n_mels
from keras_musicgan.utils.registration import serializable

WIDTHS = (64, 96, 128)
MOMENTUM = 0.9  # of the moving averages of batch normalization: few clips give few steps


@serializable
class LabelNetwork(keras.Model):
    """From log-mel spectrograms to the probability of each label.

    Three convolutions over time, each with batch normalization and max pooling that halves the frames, then the mean
    over time and a softmax.

    Args:
        labels: The labels, in the order of the probabilities.
        label: Name of the labels, as `"instrument"`.
        sample_rate: Rate of the clips in Hz.
        held_out_accuracy: Accuracy on held-out clips, in [0, 1], or `None` before it is measured.
        seed: Seed of initial weights and dropout.
    """

    def __init__(
        self,
        labels: Sequence[str],
        label: str,
        sample_rate: int,
        held_out_accuracy: float | None = None,
        seed: int = 0,
        **kwargs,
    ):
        super().__init__(**{"dtype": "float32", **kwargs})
        self.labels = tuple(labels)
        self.label = label
        self.sample_rate = sample_rate
        self.held_out_accuracy = held_out_accuracy
        self.seed = seed
        self.n_mels = fitting_n_mels(sample_rate)
        layers, last = keras.layers, {"data_format": "channels_last", "dtype": "float32"}
        body = [keras.Input((None, self.n_mels)), layers.SpatialDropout1D(0.1, seed=seed, dtype="float32")]
        for number, width in enumerate(WIDTHS):
            start = keras.initializers.GlorotUniform(seed + number)
            body += [
                layers.Conv1D(width, 5, padding="same", kernel_initializer=start, **last),
                layers.BatchNormalization(momentum=MOMENTUM, dtype="float32"),
                layers.ReLU(dtype="float32"),
                layers.MaxPooling1D(2, padding="same", **last),
            ]
        self.body = keras.Sequential([*body, layers.GlobalAveragePooling1D(**last)])
        self.dropout = layers.Dropout(0.3, seed=seed + 1, dtype="float32")
        start = keras.initializers.GlorotUniform(seed + len(WIDTHS))
        self.head = layers.Dense(len(self.labels), "softmax", kernel_initializer=start, dtype="float32")
        self.head.build((None, WIDTHS[-1]))
        self.built = True

    def call(self, spectrograms, training=False):
        """Probabilities `[batch, labels]` of spectrograms `[batch, frames, n_mels]`, scaled to about ±1."""
        return self.head(self.dropout(self.body(spectrograms, training=training), training=training))

    def get_config(self):
        """The arguments."""
        return {
            **super().get_config(),
            "labels": list(self.labels),
            "label": self.label,
            "sample_rate": self.sample_rate,
            "held_out_accuracy": self.held_out_accuracy,
            "seed": self.seed,
        }
