"""Grids of frames and bins that are halved from layer to layer."""

from keras_musicgan.representations import Representation


def halved(representation: Representation, times: int) -> tuple[int, int]:
    """Frames and bins after halving both a number of times.

    Args:
        representation: Its `encoded_shape` must be `(frames, bins, features)`.
        times: Number of halvings.

    Raises:
        TypeError: If the encoded clips are not spectrograms.
        ValueError: If frames or bins are not multiples of `2**times`.

    Example:
        >>> from keras_musicgan.representations import InstantaneousFrequency
        >>> halved(InstantaneousFrequency(length=16_384, n_fft=1024), 4)
        (4, 32)
    """
    shape = spectrogram_shape(representation)
    step = 2**times
    if any(size % step for size in shape[:2]):
        nearest = [max(round(size / step), 1) * step for size in shape[:2]]
        raise ValueError(
            f"{times} halvings need frames and bins that are multiples of {step}. Received: encoded_shape={shape}. "
            f"The nearest are {nearest[0]} frames, set by `length` and `hop_length`, and {nearest[1]} bins, "
            "half of `n_fft`."
        )
    return shape[0] // step, shape[1] // step


def spectrogram_shape(representation: Representation) -> tuple[int, int, int]:
    """Frames, bins and features of encoded clips; a TypeError if they are not spectrograms."""
    shape = representation.encoded_shape
    if len(shape) != 3:
        raise TypeError(
            "These networks need spectrograms, encoded as (frames, bins, features). Received: a "
            f"representation {type(representation).__name__} with encoded_shape={shape}"
        )
    return shape
