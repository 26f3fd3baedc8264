"""How a discriminator ends: in a score, and in what it has to say about the conditions."""

import keras
from keras import layers, ops

from keras_musicgan.utils.checks import check_choice

HEADS = ("projection", "auxiliary")


def conditioning_head(
    clips, features, conditions_width: int = 0, conditioning: str = "projection", name: str | None = None
) -> keras.Model:
    """Closes a discriminator.

    Args:
        clips: `keras.Input` of encoded clips.
        features: What the network makes of them, `[batch, units]`.
        conditions_width: Numbers in the vector of conditions; 0 for a model without.
        conditioning: How it judges whether a clip is what it was asked to be: by `"projection"` of the features on the
            conditions, which it is told, or by an `"auxiliary"` head, which must tell them.
        name: Name of the model.

    Returns:
        Keras model. Without conditions, from `[batch, ...]` to a logit `[batch, 1]`; by projection, from
        `[clips, conditions]`, the latter `[batch, conditions_width]`, to a logit `[batch, 1]`; with an auxiliary head,
        from `[batch, ...]` to `[batch, 1 + conditions_width]`, the logit and then the conditions.

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
