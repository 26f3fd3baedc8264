"""Checks that networks and augmentations fit the representation and the conditions."""

from collections.abc import Sequence

import keras

from keras_musicgan.adversarial.augmentations import Augmentation
from keras_musicgan.representations import Representation, Waveform
from keras_musicgan.utils.errors import concise


def check_networks(
    generator: keras.layers.Layer,
    discriminator: keras.layers.Layer,
    representation: Representation,
    input_dim: int,
    conditions_width: int,
) -> bool:
    """Builds both networks if necessary and checks their inputs and outputs.

    Args:
        generator: From `[batch, input_dim]` to encoded clips.
        discriminator: From encoded clips, or `[clips, conditions]`, to scores, with or without predicted conditions.
        representation: The representation of clips.
        input_dim: Length of the vector of latents and conditions.
        conditions_width: Length of the vector of conditions; 0 for none.

    Returns:
        Whether the discriminator has an auxiliary head that predicts the conditions, which it then does not take.

    Raises:
        ValueError: If an input or output has another shape, or the discriminator ends in a sigmoid.
    """
    clip_shape = tuple(representation.encoded_shape)
    generated = output_shape("generator", generator, (input_dim,))
    if generated != clip_shape:
        raise ValueError(
            f"The generator must return encoded clips of the representation's shape {clip_shape}. "
            f"Received: a generator that returns {generated}. Change its last layer or the representation."
        )
    # A network that takes clips alone must predict their conditions.
    has_auxiliary_head = bool(conditions_width) and len(getattr(discriminator, "inputs", None) or (1, 2)) == 1
    taken: tuple | list = clip_shape
    expected: tuple[int, ...] = (1,)
    required = "one score per clip, a shape of (1,), as a logit without sigmoid"
    remedy = "End it with `keras.layers.Dense(1)`."
    if has_auxiliary_head:
        expected = (1 + conditions_width,)
        required = f"one score per clip and its conditions, a shape of {expected}, or take [clips, conditions]"
        remedy = "End it with `keras_musicgan.networks.conditioning_head`."
    elif conditions_width:
        taken = [clip_shape, (conditions_width,)]
    scores = output_shape("discriminator", discriminator, taken)
    if scores != expected:
        raise ValueError(
            f"The discriminator must return {required}. Received: a discriminator that returns {scores}. {remedy}"
        )
    last = getattr(discriminator, "layers", [None])[-1]
    if getattr(last, "activation", None) is keras.activations.sigmoid:
        raise ValueError(
            "The discriminator must end in a logit: the loss applies the sigmoid, and `discriminate` returns the "
            f"probability. Received: a last layer {last.name!r} with activation 'sigmoid'. Remove the activation."
        )
    return has_auxiliary_head


def check_augmentable(representation: Representation, augmentations: Sequence[Augmentation]) -> None:
    """Raises ValueError if there are augmentations and the representation is not `Waveform`."""
    if augmentations and not isinstance(representation, Waveform):
        raise ValueError(
            "`augmentations` change raw waveforms. Received: "
            f"{[augmentation.name for augmentation in augmentations]} for a model whose representation is "
            f"{type(representation).__name__}. Leave them out."
        )


def output_shape(role: str, network: keras.layers.Layer, input_shape: tuple | list) -> tuple:
    """Shape of a network's output for one clip; builds the network if necessary.

    Args:
        role: `"generator"` or `"discriminator"`, for the message.
        network: The network.
        input_shape: Shape of one clip's input, or a list of the shapes of several inputs.

    Raises:
        ValueError: If the network rejects such an input.
    """
    several = isinstance(input_shape, list)
    inputs = [keras.KerasTensor((None, *shape)) for shape in (input_shape if several else [input_shape])]
    try:
        return tuple(network(inputs if several else inputs[0]).shape)[1:]
    except ValueError as error:
        raise ValueError(
            f"The {role} must take inputs of shape {input_shape} per clip. "
            f"Received: one that rejects them: {concise(error)}"
        ) from error
