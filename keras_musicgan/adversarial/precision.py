"""The precisions in which a model trains, by the names of Keras's dtype policies."""

PRECISION_NAMES = ("float32", "mixed_bfloat16")


def check_precision(name: str) -> None:
    """Raises ValueError for a policy under which a model cannot train.

    The gradients of `mixed_float16` need a loss scale. Keras keeps one in the only optimizer of a model, and changes it
    by the gradients of the only loss.
    """
    if name == "mixed_float16":
        raise ValueError(
            "A MusicGAN trains in float32 or under `mixed_bfloat16`: two optimizers cannot share a loss scale. "
            "Received: dtype policy 'mixed_float16'. Take 'mixed_bfloat16', which needs none."
        )
