"""The last layers of a discriminator: a score, conditioned or with predicted conditions."""

import keras
from keras import layers, ops

from keras_musicgan.utils.checks import check_choice

HEADS = ("projection", "auxiliary")


def conditioning_head(
    clips, features, conditions_width: int = 0, conditioning: str = "projection", name: str | None = None
) -> keras.Model:
    """Completes a discriminator.

    Args:
        clips: `keras.Input` of encoded clips.
        features: The network's features of them, `[batch, units]`.
        conditions_width: Length of the vector of conditions; 0 for none.
        conditioning: `"projection"` of the features on the conditions, which the model takes as an input, or an
            `"auxiliary"` head, which predicts them.
        name: Name of the model.

    Returns:
        Keras model. Without conditions, from clips to a logit `[batch, 1]`; with projection, from
        `[clips, conditions]`, the latter `[batch, conditions_width]`, to a logit `[batch, 1]`; with an auxiliary head,
        from clips to `[batch, 1 + conditions_width]`, the logit and then the predicted conditions.

    Raises:
        ValueError: If `conditioning` is unknown.

    Reference: cGANs with Projection Discriminator (Miyato and Koyama, 2018); Conditional Image Synthesis with
    Auxiliary Classifier GANs (Odena, Olah and Shlens, 2017).
    """
    check_choice("conditioning", conditioning, HEADS)
    if not conditions_width:
        return keras.Model(clips, layers.Dense(1)(features), name=name)
    if conditioning == "auxiliary":
        return keras.Model(clips, layers.Dense(1 + conditions_width)(features), name=name)
    conditions = keras.Input((conditions_width,), name="conditions")
    direction = layers.Dense(features.shape[-1], use_bias=False)(conditions)
    score = layers.Dense(1)(features) + ops.sum(features * direction, axis=-1, keepdims=True)
    return keras.Model([clips, conditions], score, name=name)
