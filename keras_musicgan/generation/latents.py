"""Latent vectors: random draws, truncation, and paths between them."""

import itertools
import numbers

import numpy as np

from keras_musicgan.utils.checks import check_choice, check_memory, check_positive_int, check_seed

DISTRIBUTIONS = ("normal", "uniform")
METHODS = ("spherical", "linear")
METHOD_OF = {"normal": "spherical", "uniform": "linear"}  # the path that stays in the distribution


def draw(
    n: int, latent_dim: int, distribution: str = "normal", seed: int | None = None, truncation: float | None = None
) -> np.ndarray:
    """Latents drawn with NumPy, the same on every backend.

    Args:
        n: Number of latents.
        latent_dim: Length of each.
        distribution: `"normal"` for N(0, 1) or `"uniform"` for U(−1, 1).
        seed: Seed, an integer of at least 0, or `None`.
        truncation: Largest absolute value; numbers beyond are drawn again. The smaller it is, the more typical and
            alike the results. `None` for no limit.

    Returns:
        float32 `[n, latent_dim]`.

    Raises:
        ValueError: If a number is out of range, or the latents do not fit into the machine's memory.

    Example:
        >>> float(np.abs(draw(100, 8, seed=1, truncation=0.5)).max()) <= 0.5
        True

    Reference: the truncation trick, Large Scale GAN Training for High Fidelity Natural Image Synthesis (Brock,
    Donahue and Simonyan, 2019).
    """
    check_positive_int("n", n)
    check_choice("distribution", distribution, DISTRIBUTIONS)
    check_seed("seed", seed)
    if truncation is not None and not (isinstance(truncation, numbers.Real) and 0 < truncation < float("inf")):
        raise ValueError(
            f"`truncation` must be above 0, such as 0.5 or 2, or None. Received: truncation={truncation!r}"
        )
    check_memory(f"{n} latents", 12.0 * n * latent_dim, "Draw fewer at a time, each time with another seed.")
    rng = np.random.default_rng(seed)

    def drawn(shape):
        return rng.uniform(-1.0, 1.0, shape) if distribution == "uniform" else rng.standard_normal(shape)

    latents = drawn((n, latent_dim))
    if truncation is not None:
        # Below 0.01 redrawing would take too long, and the density is flat.
        if truncation < 0.01:
            return (truncation * rng.uniform(-1.0, 1.0, latents.shape)).astype("float32")
        while (beyond := np.abs(latents) > truncation).any():
            latents[beyond] = drawn(beyond.sum())
    return latents.astype("float32")


def interpolate(latents: np.ndarray, steps: int, method: str = "spherical") -> np.ndarray:
    """A path through latents in equal steps: from the first to the second, on to the third, and so on.

    Args:
        latents: `[n, latent_dim]`, n at least 2.
        steps: Steps from one latent to the next.
        method: `"spherical"` stays on the shell of normal latents; `"linear"` is the straight line, which stays in
            the range of uniform ones.

    Returns:
        float32 `[(n − 1) · steps + 1, latent_dim]`; every `steps`-th is a given one.

    Raises:
        ValueError: If there are fewer than two latents, or if two neighbours are equal or, on a spherical path, point
            in opposite directions.

    Example:
        >>> interpolate(np.array([[1.0, 0.0], [0.0, 1.0]]), 2).round(4).tolist()
        [[1.0, 0.0], [0.707099974155426, 0.707099974155426], [0.0, 1.0]]

    Reference: Sampling Generative Networks (White, 2016).
    """
    latents = np.asarray(latents, "float64")
    check_positive_int("steps", steps)
    check_choice("method", method, METHODS)
    check_memory(f"{steps} steps", 8.0 * steps * latents.size, "Take fewer steps.")
    if latents.ndim != 2 or len(latents) < 2:
        raise ValueError(
            f"A path needs at least two latents, of shape [n, latent_dim]. Received: shape {latents.shape}"
        )
    along = _slerp if method == "spherical" else _lerp
    shares = np.arange(steps)[:, None] / steps
    parts = []
    for number, (start, end) in enumerate(itertools.pairwise(latents)):
        if np.array_equal(start, end):
            raise ValueError(
                f"A path needs neighbours that differ. Received: latents {number} and {number + 1}, which are equal. "
                "Leave one of them out, or draw with another seed."
            )
        parts.append(along(start, end, shares))
    return np.concatenate([*parts, latents[-1:]]).astype("float32")


def _lerp(start, end, shares):
    return start + shares * (end - start)


def _slerp(start, end, shares):
    norms = np.linalg.norm(start) * np.linalg.norm(end)
    cosine = float(np.clip(start @ end / norms, -1.0, 1.0)) if norms else 1.0
    if cosine > 1 - 1e-9:  # on one ray from the origin
        return _lerp(start, end, shares)
    if cosine < -1 + 1e-9:
        raise ValueError(
            "A spherical path needs latents that do not point in opposite directions. Received: such a pair. "
            "Take method='linear', or a third latent between them."
        )
    angle = np.arccos(cosine)
    return (np.sin((1 - shares) * angle) * start + np.sin(shares * angle) * end) / np.sin(angle)
