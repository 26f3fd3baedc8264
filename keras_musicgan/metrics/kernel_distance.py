"""The kernel distance (squared maximum mean discrepancy) between two sets of embeddings."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from keras_musicgan.metrics.embedding_checks import check_embedding_sets, check_enough, check_varied, check_weights
from keras_musicgan.metrics.embedding_distances import median_distance, rows_at_a_time, squared_distance_blocks
from keras_musicgan.utils.checks import check_choice, check_number

KERNELS = ("gaussian", "polynomial")


@dataclass(frozen=True)
class KernelMatrices:
    """Kernels of all pairs of clips of two sets, for kernel distances of resamples.

    Attributes:
        within_generated: float64 `[n, n]`, kernels of pairs of generated clips, 0 on the diagonal.
        within_reference: float64 `[m, m]`, the same for the reference set.
        between: float64 `[n, m]`, kernels of a generated and a reference clip.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> matrices = kernel_matrices(rng.standard_normal((50, 4)), rng.standard_normal((60, 4)))
        >>> drawn = [np.bincount(rng.integers(0, n, n), minlength=n) for n in (50, 60)]
        >>> abs(matrices.distance(*drawn)) < 0.1
        True
    """

    within_generated: np.ndarray
    within_reference: np.ndarray
    between: np.ndarray

    def distance(
        self, weights_generated: np.ndarray | None = None, weights_reference: np.ndarray | None = None
    ) -> float:
        """The kernel distance with each clip counted as often as its weight says, never paired with itself.

        For a bootstrap, the weight of a clip is the number of times it was drawn; the bandwidth remains that of the
        whole reference set.

        Args:
            weights_generated: At least 0, `[n]`, or `None` for 1 each; at least two above 0.
            weights_reference: The same for the reference set, `[m]`.

        Returns:
            The unbiased estimate, as `kernel_distance` returns it.

        Raises:
            ValueError: If weights have another length, are negative or not finite, or fewer than two are above 0.
        """
        generated = check_weights("weights_generated", weights_generated, len(self.within_generated), min_positive=2)
        reference = check_weights("weights_reference", weights_reference, len(self.within_reference), min_positive=2)
        between = generated @ self.between @ reference / (generated.sum() * reference.sum())
        within = _mean_within(self.within_generated, generated) + _mean_within(self.within_reference, reference)
        return float(within - 2.0 * between)


def kernel_distance(
    generated: np.ndarray, reference: np.ndarray, kernel: str = "gaussian", bandwidth: float | None = None
) -> float:
    """Kernel distance of two sets of embeddings: the unbiased estimate of the squared maximum mean discrepancy.

    It is the sum of the mean kernels of two clips of the same set, minus twice the mean kernel of a clip of each; no
    clip is paired with itself. Its expectation is 0 for two samples of one distribution, however small, and there may
    be fewer embeddings than dimensions, since no Gaussian is fitted. Kernels are computed in blocks: memory is bounded.

    With the kernel `"gaussian"`, exp(−|x − y|² / (2 bandwidth²)), this is the kernel audio distance: it lies in
    [−2, 2] and does not depend on the unit of the embeddings; Chung et al. report it times 100. With `"polynomial"`,
    (x·y / dims + 1)³, it is the kernel Inception distance, which depends on the unit and the origin.

    Args:
        generated: `[n, dims]`, n at least 2, or `[n, patches, dims]` for clips of several patches: the kernel of two
            clips is then the mean over pairs of their patches. Patches of one clip are not independent, so they are
            never paired.
        reference: The same for `m` reference clips. Their number of patches may differ.
        kernel: `"gaussian"` or `"polynomial"`.
        bandwidth: Of the Gaussian kernel, in the unit of the embeddings; `None` for `kernel_bandwidth(reference)`.

    Returns:
        The squared discrepancy. It may fall below 0 by chance where the distributions hardly differ.

    Raises:
        ValueError: If an array has another shape, NaN or infinity, fewer than two clips, or the dimensions differ, if
            the kernel is unknown, or if the bandwidth is not positive, given for a polynomial kernel, or undefined
            because most reference embeddings are equal.

    Example:
        >>> kernel_distance([[0.0], [0.0]], [[0.0], [100.0]], bandwidth=1.0)  # 1 + 0 − 2 · ½
        0.0
        >>> rng = np.random.default_rng(0)
        >>> reference = rng.standard_normal((500, 8))
        >>> kernel_distance(rng.standard_normal((500, 8)) + 1, reference) > 0.1
        True

    Reference: A kernel two-sample test (Gretton et al., 2012); KAD: No more FAD! An effective and efficient evaluation
    metric for audio generation (Chung et al., 2025); Demystifying MMD GANs (Bińkowski et al., 2018).
    """
    a, b, blocks = _prepared(generated, reference, kernel, bandwidth)
    within_generated, within_reference = (
        sum(block.sum() for block in blocks(part, part)) / (len(part) * (len(part) - 1)) for part in (a, b)
    )
    between = sum(block.sum() for block in blocks(a, b)) / (len(a) * len(b))
    return float(within_generated + within_reference - 2.0 * between)


def kernel_matrices(
    generated: np.ndarray, reference: np.ndarray, kernel: str = "gaussian", bandwidth: float | None = None
) -> KernelMatrices:
    """Kernels of all pairs of clips, for kernel distances of many resamples of the same two sets.

    They take 8 (n² + m² + n m) bytes, whatever the number of patches.

    Args:
        generated: `[n, dims]` or `[n, patches, dims]`, as for `kernel_distance`.
        reference: The same for `m` reference clips.
        kernel: `"gaussian"` or `"polynomial"`.
        bandwidth: Of the Gaussian kernel, as for `kernel_distance`.

    Returns:
        `KernelMatrices`; its `distance()` equals `kernel_distance`.

    Raises:
        ValueError: As `kernel_distance` does.
    """
    a, b, blocks = _prepared(generated, reference, kernel, bandwidth)
    return KernelMatrices(*(np.concatenate(list(blocks(*pair))) for pair in ((a, a), (b, b), (a, b))))


def kernel_bandwidth(reference: np.ndarray) -> float:
    """Median distance of two embeddings of a reference set, the default bandwidth of `kernel_distance`.

    Args:
        reference: `[n, dims]`, n at least 2, or `[n, patches, dims]`, every patch of which is an embedding.

    Returns:
        A distance above 0, in the unit of the embeddings.

    Raises:
        ValueError: If the array has another shape, NaN or infinity, fewer than two clips, or half of all pairs of
            embeddings or more are equal.

    Example:
        >>> kernel_bandwidth([[0.0], [1.0], [3.0]])
        2.0
    """
    (reference,) = check_embedding_sets(patches=True, reference=reference)
    _check_pairs("reference", reference)
    rows = reference.reshape(-1, reference.shape[-1])
    check_varied("reference", rows)
    bandwidth = median_distance(rows)
    if not bandwidth:
        raise ValueError(
            "More than half of the pairs of `reference` must differ, for their median distance to be a bandwidth. "
            "Received: a median distance of 0. Check that the clips differ, or give a `bandwidth`."
        )
    return bandwidth


def _check_pairs(name, clips):
    check_enough(name, len(clips), 2, "for a pair", "Take more clips.")


def _prepared(generated, reference, kernel, bandwidth):
    """Both sets as `[n, patches, dims]`, and a function from two sets to blocks of rows of their kernels."""
    check_choice("kernel", kernel, KERNELS)
    sets = check_embedding_sets(patches=True, generated=generated, reference=reference)
    for name, clips in zip(("generated", "reference"), sets, strict=True):
        _check_pairs(name, clips)
    if kernel == "polynomial" and bandwidth is not None:
        raise ValueError(f"A polynomial kernel has no bandwidth. Received: bandwidth={bandwidth!r}")
    if kernel == "gaussian":
        bandwidth = kernel_bandwidth(reference) if bandwidth is None else bandwidth
        check_number("bandwidth", bandwidth, above=0)
    a, b = (clips[:, None] if clips.ndim == 2 else clips for clips in sets)
    return a, b, lambda one, other: _kernel_blocks(one, other, bandwidth)


def _kernel_blocks(a, b, bandwidth) -> Iterator[np.ndarray]:
    """Mean kernels over the patches of clips, a block of rows at a time; 0 for pairs of a clip with itself.

    Args:
        a: `[n, patches, dims]`.
        b: `[m, patches, dims]`; the same object as `a` for pairs within a set.
        bandwidth: Of a Gaussian kernel; `None` for the polynomial one.
    """
    flat_b = b.reshape(-1, b.shape[2])
    step = max(rows_at_a_time(len(flat_b)) // a.shape[1], 1)
    for first in range(0, len(a), step):
        clips = a[first : first + step]
        flat_a = clips.reshape(-1, a.shape[2])
        if bandwidth is None:
            kernels = (flat_a @ flat_b.T / a.shape[2] + 1.0) ** 3
        else:
            squares = np.concatenate([block for _, block in squared_distance_blocks(flat_a, flat_b)])
            kernels = np.exp(squares / (-2.0 * bandwidth**2))
        block = kernels.reshape(len(clips), a.shape[1], len(b), b.shape[1]).mean(axis=(1, 3))
        if a is b:
            rows = np.arange(len(clips))
            block[rows, first + rows] = 0.0
        yield block


def _mean_within(kernels, weights):
    """Weighted mean of the kernels of two different clips."""
    return weights @ kernels @ weights / (weights.sum() ** 2 - (weights**2).sum())
