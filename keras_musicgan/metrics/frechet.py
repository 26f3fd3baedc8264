"""The Fréchet distance between two sets of embeddings."""

import numpy as np

from keras_musicgan.metrics.embedding_checks import check_embedding_sets, check_enough

EPSILON = np.finfo("float64").eps
ROUNDING = 1e-7  # largest relative error of the distance that the faster method may have
REMEDY = "Take more clips, an embedding of fewer dimensions, or `kernel_distance`, which has no bias."


def frechet_distance(embeddings_a: np.ndarray, embeddings_b: np.ndarray) -> float:
    """Fréchet distance between the Gaussians fitted to two sets of embeddings: |μa − μb|² + tr(A + B − 2 (A B)^½).

    The trace of the root is the sum of the roots of the eigenvalues of the symmetric Lᵀ B L, where A = L Lᵀ. Where
    rounding would matter, because a covariance is nearly singular or the distance is small against the covariances,
    it is the sum of the singular values of Ra Rbᵀ instead, with A = Raᵀ Ra and B = Rbᵀ Rb from QR decompositions of the
    centred embeddings: slower, but exact for singular covariances too.

    The distance of two finite samples of one distribution is above 0, and the higher the fewer they are: compare only
    values of equally many embeddings, and take many more embeddings than dimensions. `frechet_infinity` extrapolates
    to infinitely many.

    Args:
        embeddings_a: `[n, dims]`, or `[n, patches, dims]`, every patch of which is an embedding; more embeddings than
            dimensions.
        embeddings_b: The same for the other set, with equally many dimensions.

    Returns:
        The squared distance, at least 0, in the square of the embeddings' unit.

    Raises:
        ValueError: If an array has another shape, NaN or infinity, not more embeddings than dimensions, or the
            dimensions differ, or if all embeddings of both sets are constant.

    Example:
        >>> frechet_distance([[-1.0], [1.0]], [[2.0], [4.0]])
        9.0

    Reference: The Fréchet distance between multivariate normal distributions (Dowson and Landau, 1982); GANs
    trained by a two time-scale update rule converge to a local Nash equilibrium (Heusel et al., 2017).
    """
    sets = check_embedding_sets(patches=True, embeddings_a=embeddings_a, embeddings_b=embeddings_b)
    a, b = (embeddings.reshape(-1, embeddings.shape[-1]) for embeddings in sets)
    for name, embeddings in (("embeddings_a", a), ("embeddings_b", b)):
        n, dims = embeddings.shape
        check_enough(name, n, dims + 1, f"more than their {dims} dimensions, for a covariance", REMEDY)
    if (a == a[0]).all() and (b == b[0]).all():
        raise ValueError(
            "Embeddings must differ within a set, for Gaussians to be fitted. Received: equal embeddings throughout "
            "`embeddings_a` and throughout `embeddings_b`. Check that the clips and their embeddings differ."
        )
    mean_a, mean_b = a.mean(axis=0), b.mean(axis=0)
    a, b = a - mean_a, b - mean_b
    for centred in (a, b):
        centred /= np.sqrt(len(centred) - 1)
    apart = ((mean_a - mean_b) ** 2).sum() + np.vdot(a, a) + np.vdot(b, b)
    root, rounding = _trace_of_root(a, b)
    if not 2.0 * rounding <= ROUNDING * (apart - 2.0 * root):
        root = _exact_trace_of_root(a, b)
    return max(float(apart - 2.0 * root), 0.0)  # rounding may fall below 0


def _trace_of_root(a, b):
    """Trace of (A B)^½ for A = aᵀ a and B = bᵀ b, and a bound on its rounding error."""
    from scipy.linalg import cholesky, eigvalsh
    from scipy.linalg.blas import dtrmm

    cov_a = a.T @ a
    off = EPSILON * np.linalg.norm(cov_a) * np.vdot(b, b)  # of each eigenvalue
    try:
        factor = cholesky(cov_a.T, overwrite_a=True, check_finite=False)  # Lᵀ
        rotated = dtrmm(1.0, factor, b.T)  # (b L)ᵀ; B itself is not needed
        eigenvalues = eigvalsh(rotated @ rotated.T, driver="evd", overwrite_a=True, check_finite=False)
    except np.linalg.LinAlgError:  # singular
        return 0.0, np.inf
    return np.sqrt(np.maximum(eigenvalues, 0.0)).sum(), (off / (2.0 * np.sqrt(np.maximum(eigenvalues, off)))).sum()


def _exact_trace_of_root(a, b):
    """Trace of (aᵀ a bᵀ b)^½ without the product of an array with itself, which would lose small values."""
    root_a, root_b = (np.linalg.qr(part, mode="r") for part in (a, b))
    return np.linalg.svd(root_a @ root_b.T, compute_uv=False).sum()
