"""How diverse real music is, in the measure by which generated music is judged."""

import keras
import numpy as np

from keras_musicgan.callbacks.collapse_monitor import heard
from keras_musicgan.datasets import Batches
from keras_musicgan.metrics import diagnose

N = 64  # clips that are compared, at most


def diversity_of(data: Batches, model: keras.Model) -> float | None:
    """The `output_diversity` in dB that `CollapseMonitor` would tell of held-out clips, or `None` for fewer than two.

    Args:
        data: Dataset; its held-out part is heard as the model represents it.
        model: `MusicGAN` for these data.
    """
    if data.held_out is None or data.held_out.n_clips < 2:
        return None
    clips = data.held_out.load(np.arange(min(N, data.held_out.n_clips)))
    encoded = keras.ops.convert_to_numpy(model.representation(clips))
    return diagnose(*heard(model.representation, encoded)).measures["output_diversity"]
