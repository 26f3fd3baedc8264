"""The diversity of held-out music, as measured for generated music."""

import keras
import numpy as np

from keras_musicgan.callbacks.collapse_monitor import to_clips
from keras_musicgan.datasets import Batches
from keras_musicgan.metrics import diagnose

MAX_CLIPS = 64


def held_out_diversity(data: Batches, model: keras.Model) -> float | None:
    """The `output_diversity` in dB of held-out clips, as `CollapseMonitor` measures it, or `None` for fewer than two.

    Args:
        data: Dataset; its held-out part is encoded and decoded by the model's representation.
        model: `MusicGAN` for these data.
    """
    if data.held_out is None or data.held_out.n_clips < 2:
        return None
    clips = data.held_out.load(np.arange(min(MAX_CLIPS, data.held_out.n_clips)))
    encoded = keras.ops.convert_to_numpy(model.representation(clips))
    return diagnose(*to_clips(model.representation, encoded)).measures["output_diversity"]
