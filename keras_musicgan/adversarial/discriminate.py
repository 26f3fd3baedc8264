"""The probability that clips are real, from a trained discriminator."""

import keras
import numpy as np
from keras import ops

from keras_musicgan.adversarial.conditional_discriminator import ConditionalDiscriminator
from keras_musicgan.adversarial.losses import LOSSES
from keras_musicgan.utils.checks import check_positive_int


def discriminate(gan: keras.Model, x: np.ndarray, batch_size: int = 32, **conditions) -> np.ndarray:
    """Probability that each clip is real, the sigmoid output of the lecture: float32 `[n, 1]` in [0, 1].

    For losses other than `non_saturating` and `least_squares` it ranks clips but is not calibrated. A discriminator
    with minibatch statistics, such as that of `pianoroll`, scores a clip together with its batch.

    Args:
        gan: `MusicGAN`.
        x: Clips as `fit` takes them, `[n, ...]`.
        batch_size: Clips scored at a time.
        **conditions: All conditions of the clips, by name, in a model with conditions.

    Raises:
        ValueError: If there is no clip, the clips do not fit the representation, the batch size is not positive, or a
            condition is missing.
    """
    check_positive_int("batch_size", batch_size)
    if gan.representation.clip_form is not None:
        gan.representation.clip_form.check(x)
    vector = None
    if len(gan.conditions):
        gan.conditions.check_names(conditions)
        vector = gan.conditions(gan.conditions.numbers(conditions, len(x)))
    loss = gan.adversarial_loss if gan.compiled else LOSSES["non_saturating"]()
    probabilities = []
    for first in range(0, len(x), batch_size):
        part = slice(first, first + batch_size)
        discriminator = ConditionalDiscriminator(
            gan.discriminator, gan.conditions, None if vector is None else vector[part], gan.has_auxiliary_head
        )
        scores = discriminator(gan.representation(ops.convert_to_tensor(x[part])), training=False)
        probabilities.append(ops.convert_to_numpy(loss.probability(scores)))
    return np.concatenate(probabilities)
