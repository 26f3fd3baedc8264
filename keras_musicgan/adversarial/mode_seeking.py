"""Mode seeking: clips of one condition must differ as much as their latents do.

A generator that is scored clip by clip may ignore its latents. The term is added to its loss, with a weight.

Reference: Mode seeking generative adversarial networks for diverse image synthesis (Mao et al., 2019).
"""

from keras import ops

from keras_musicgan import backends

EPSILON = 1e-3


def in_pairs(conditions):
    """Conditions `[batch, width]` of which the second half repeats the first, so that two clips of a pair share one.

    The halves are those of the batch on all devices. Neighbours keep their different conditions, since the minibatch
    deviation compares them.
    """
    n_rows = ops.shape(conditions)[0]
    rows, first = backends.rows_of_all_devices(conditions)
    half = ops.shape(rows)[0] // 2
    paired = ops.concatenate([rows[:half], rows[:half], rows[2 * half :]], axis=0)
    return paired[first : first + n_rows]


def mode_seeking_loss(clips, latents):
    """One divided by how far the clips of a pair are apart for the distance of their latents, on average; a scalar.

    Args:
        clips: Encoded clips `[batch, ...]`; those of the first half and those of the second are pairs.
        latents: Their latents `[batch, latent_dim]`.
    """
    ratios = _distances(clips) / _distances(latents)
    n_pairs = ops.maximum(ops.cast(ops.shape(ratios)[0], "float32"), 1.0)
    return 1.0 / (ops.sum(ratios) / n_pairs + EPSILON)


def _distances(rows):
    """Mean absolute differences of the two of each pair, `[batch // 2]` float32."""
    rows, _ = backends.rows_of_all_devices(ops.cast(rows, "float32"))
    half = ops.shape(rows)[0] // 2
    return ops.mean(ops.abs(rows[:half] - rows[half : 2 * half]), axis=tuple(range(1, len(rows.shape))))
