"""The diversity of held-out music, as measured for generated music."""

import keras

from keras_musicgan.datasets import Batches
from keras_musicgan.evaluation.diversity import data_diversity

MAX_CLIPS = 64


def held_out_diversity(data: Batches, model: keras.Model) -> float | None:
    """The `output_diversity` in dB of held-out clips, as `CollapseMonitor` measures it, or `None` for fewer than two.

    Args:
        data: Dataset; its held-out part is encoded and decoded by the model's representation.
        model: `MusicGAN` for these data.
    """
    return None if data.held_out is None else data_diversity(data.held_out, model, MAX_CLIPS).get("data_diversity")
