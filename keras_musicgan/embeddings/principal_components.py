"""Vectors reduced to the directions in which a reference set varies most."""

from dataclasses import dataclass

import numpy as np

MIN_VARIANCE = 1e-9  # of a direction, relative to the first one's; what is below is rounding


@dataclass(frozen=True)
class PrincipalComponents:
    """A reduction fitted to a reference set: centred, projected, and divided by one number.

    Attributes:
        mean: Of the reference set, float64 `[inputs]`.
        components: Orthonormal rows float64 `[dims, inputs]`, by falling variance. The largest entry of each, by
            amount, is positive.
        scale: What projections are divided by: the root of their mean variance.
        explained: Share in (0, 1] of the reference set's variance that the projections keep.
    """

    mean: np.ndarray
    components: np.ndarray
    scale: float
    explained: float

    def __call__(self, vectors: np.ndarray) -> np.ndarray:
        """float64 `[n, dims]` of vectors `[n, inputs]`; over the reference set their mean variance is 1."""
        return (vectors - self.mean) @ (self.components.T / self.scale)


def principal_components(vectors: np.ndarray, dims: int) -> PrincipalComponents:
    """Fits a reduction to a reference set.

    It does not whiten: the last directions of a reference set are those of which it says least, and whitened they
    would count as much as the first.

    Args:
        vectors: The reference set, `[n, inputs]`.
        dims: Number of directions to keep, at most `inputs`.

    Raises:
        ValueError: If the set holds `dims` vectors or fewer, or varies in fewer directions.

    Example:
        >>> reduction = principal_components(np.array([[0.0, 5.0], [2.0, 5.0], [4.0, 5.0]]), dims=1)
        >>> reduction.components.tolist(), reduction.explained
        ([[1.0, 0.0]], 1.0)
        >>> reduction(np.array([[3.0, 7.0]])).tolist()
        [[0.5]]

    Reference: On lines and planes of closest fit to systems of points in space (Pearson, 1901).
    """
    vectors = np.asarray(vectors, "float64")
    n, inputs = vectors.shape
    if n <= dims:
        raise ValueError(
            f"A reference set must have at least {dims + 1} patches for {dims} dimensions. Received: {n}. "
            "Give more music or take fewer dimensions."
        )
    mean = vectors.mean(axis=0)
    centred = vectors - mean
    if n < inputs:  # the smaller of the two problems with the same solution
        variances, sides = np.linalg.eigh(centred @ centred.T)
        directions = sides.T @ centred
    else:
        variances, sides = np.linalg.eigh(centred.T @ centred)
        directions = sides.T
    variances, directions = variances[::-1] / (n - 1), directions[::-1][:dims]
    n_varied = int((variances > MIN_VARIANCE * max(variances[0], 1e-12)).sum())
    if n_varied < dims:
        raise ValueError(
            f"A reference set must vary in at least {dims} directions for {dims} dimensions. Received: {n} patches "
            f"that vary in {n_varied}{', all of them equal' if not n_varied else ''}. Give music that differs more "
            "or take fewer dimensions."
        )
    components = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    largest = np.abs(components).argmax(axis=1)
    components *= np.sign(components[np.arange(dims), largest])[:, None]
    kept = variances[:dims]
    return PrincipalComponents(mean, components, float(np.sqrt(kept.mean())), float(kept.sum() / variances.sum()))
