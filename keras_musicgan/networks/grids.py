"""The shapes that pyramids of layers can make: grids of frames and bins that are halved from level to level."""

from keras_musicgan.representations import Representation


def halved(representation: Representation, times: int) -> tuple[int, int]:
    """Frames and bins after halving both a number of times.

    Args:
        representation: Its `encoded_shape` should be `(frames, bins, features)`.
        times: Halvings.

    Raises:
        TypeError: If the encoded clips are no spectrograms.
        ValueError: If frames or bins are no multiple of `2**times`.

    Example:
        >>> from keras_musicgan.representations import InstantaneousFrequency
        >>> halved(InstantaneousFrequency(length=16_384, n_fft=1024), 4)
        (4, 32)
    """
    shape = representation.encoded_shape
    if len(shape) != 3:
        raise TypeError(
            "These networks make and see spectrograms, encoded as (frames, bins, features). Received: a "
            f"representation {type(representation).__name__} with encoded_shape={shape}"
        )
    step = 2**times
    if any(size % step for size in shape[:2]):
        nearest = [max(round(size / step), 1) * step for size in shape[:2]]
        raise ValueError(
            f"{times} halvings need frames and bins that are multiples of {step}. Received: encoded_shape={shape}. "
            f"The nearest are {nearest[0]} frames, a matter of `length` and `hop_length`, and {nearest[1]} bins, "
            "half of `n_fft`."
        )
    return shape[0] // step, shape[1] // step
