"""Checks of embeddings and weights that measures of sets share."""

import numpy as np


def check_embedding_sets(patches: bool = False, **sets: np.ndarray) -> list[np.ndarray]:
    """The sets as float64 arrays, or a ValueError unless they are finite real numbers of equally many dimensions.

    Args:
        patches: Whether `[n, patches, dims]` is accepted beside `[n, dims]`.
        **sets: Embeddings by argument name.

    Example:
        >>> check_embedding_sets(reference=[[1, 2], [3, 4]])[0].dtype
        dtype('float64')
    """
    checked = {name: _finite(name, embeddings, patches) for name, embeddings in sets.items()}
    dims = {name: embeddings.shape[-1] for name, embeddings in checked.items()}
    if len(set(dims.values())) > 1:
        received = " and ".join(f"{name} with {n}" for name, n in dims.items())
        raise ValueError(f"All sets of embeddings must have the same number of dimensions. Received: {received}")
    return list(checked.values())


def check_enough(name: str, n: int, minimum: int, reason: str, remedy: str) -> None:
    """Raises ValueError if there are fewer than `minimum` embeddings, from which a number would mislead."""
    if n < minimum:
        raise ValueError(f"`{name}` must hold at least {minimum} embeddings, {reason}. Received: {n}. {remedy}")


def check_varied(name: str, embeddings: np.ndarray) -> None:
    """Raises ValueError if all embeddings `[n, dims]` are equal."""
    if (embeddings == embeddings[0]).all():
        raise ValueError(
            f"`{name}` must hold different embeddings, which set the scale of distances. Received: {len(embeddings)} "
            "equal embeddings. Check that the clips differ and that the embedding responds to the difference."
        )


def check_weights(name: str, weights: np.ndarray | None, n: int, min_positive: int = 1) -> np.ndarray:
    """The weights of `n` items as float64 `[n]`, 1 each for `None`.

    Raises:
        ValueError: If weights have another length, are negative or not finite, or fewer than `min_positive` are
            above 0.
    """
    weights = np.ones(n) if weights is None else np.asarray(weights, "float64")
    if weights.shape != (n,) or not np.isfinite(weights).all() or (weights < 0).any():
        raise ValueError(
            f"`{name}` must be {n} finite numbers of at least 0, one for each item. Received: shape {weights.shape}"
            + (f", {weights.min():g} to {weights.max():g}" if weights.size else "")
        )
    if (weights > 0).sum() < min_positive:
        raise ValueError(f"`{name}` must have {min_positive} or more above 0. Received: {(weights > 0).sum()}")
    return weights


def _finite(name, embeddings, patches):
    embeddings = np.asarray(embeddings)
    if embeddings.ndim not in (2, 3 if patches else 2) or not embeddings.size:
        shape = "[n, dims] or [n, patches, dims]" if patches else "[n, dims]"
        raise ValueError(f"`{name}` must have the shape {shape}, none 0. Received: shape {embeddings.shape}")
    if embeddings.dtype.kind not in "fiu":
        raise ValueError(f"`{name}` must be real numbers. Received: dtype {embeddings.dtype}")
    if not np.isfinite(embeddings).all():
        raise ValueError(
            f"`{name}` must be finite numbers. Received: embeddings with NaN or infinity. Look for clips that are not "
            "finite, or silent where the embedding takes a logarithm."
        )
    return embeddings.astype("float64", copy=False)
