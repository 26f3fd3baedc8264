"""The Fréchet distance between two sets of embeddings."""

import numpy as np


def frechet_distance(embeddings_a: np.ndarray, embeddings_b: np.ndarray) -> float:
    """Fréchet distance between the Gaussians fitted to two sets of embeddings: |μa − μb|² + tr(A + B − 2 (A B)^½).

    The trace of the root is the sum of the singular values of Ra Rbᵀ, where A = Raᵀ Ra and B = Rbᵀ Rb are the
    covariances and R comes from a QR decomposition of the centred embeddings. No covariance is formed and no root
    is taken of one, so that sets with fewer embeddings than dimensions are as exact as any other.

    The distance of two finite samples of one distribution is above 0, the more so the fewer they are: compare
    only values computed from equally many embeddings, and take many more than there are dimensions.

    Args:
        embeddings_a: `[n, dims]`, n at least 2, such as `log_mel_statistics` gives.
        embeddings_b: `[m, dims]`, m at least 2.

    Returns:
        The squared distance, at least 0, in the square of the embeddings' unit.

    Raises:
        ValueError: If an array has another shape, fewer than two rows, NaN or infinity, or the dimensions differ.

    Example:
        >>> frechet_distance([[-1.0], [1.0]], [[2.0], [4.0]])
        9.0

    Reference: The Fréchet distance between multivariate normal distributions (Dowson and Landau, 1982); GANs
    trained by a two time-scale update rule converge to a local Nash equilibrium (Heusel et al., 2017).
    """
    mean_a, root_a = _gaussian("embeddings_a", embeddings_a)
    mean_b, root_b = _gaussian("embeddings_b", embeddings_b)
    if len(mean_a) != len(mean_b):
        raise ValueError(
            "Both sets of embeddings must have the same number of dimensions. Received: "
            f"embeddings_a with {len(mean_a)} and embeddings_b with {len(mean_b)}"
        )
    root_of_product = np.linalg.svd(root_a @ root_b.T, compute_uv=False).sum()
    distance = ((mean_a - mean_b) ** 2).sum() + (root_a**2).sum() + (root_b**2).sum() - 2.0 * root_of_product
    return max(float(distance), 0.0)  # rounding may fall below 0


def _gaussian(name, embeddings):
    """Mean `[dims]` and a matrix R `[at most dims, dims]` with covariance Rᵀ R, both float64."""
    embeddings = np.asarray(embeddings, "float64")
    if embeddings.ndim != 2 or len(embeddings) < 2 or not embeddings.shape[1]:
        raise ValueError(
            f"`{name}` must have the shape [n, dims] with n at least 2, for a covariance. Received: "
            f"shape {embeddings.shape}"
        )
    if not np.isfinite(embeddings).all():
        raise ValueError(f"`{name}` must be finite numbers. Received: embeddings with NaN or infinity")
    mean = embeddings.mean(axis=0)
    return mean, np.linalg.qr(embeddings - mean, mode="r") / np.sqrt(len(embeddings) - 1)
